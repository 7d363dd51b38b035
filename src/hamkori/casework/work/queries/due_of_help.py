"""Rows of Today of help that has begun: whether it goes on after the person's word ended what was agreed (ADR 0138);
and whether a child can stay where an adult was accepted (ADR 0167).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from hamkori.casework.referral.models import ReferralOrigin
from hamkori.casework.referral.queries import calls as called
from hamkori.casework.referral.queries.closed_there import is_reached
from hamkori.casework.referral.queries.doubt import doubted_row
from hamkori.casework.referral.queries.promised import is_wanted
from hamkori.casework.work.queries.due import Due, first_of
from hamkori.casework.work.rules.worklist import DOUBT, GOES_ON


def whether_on(read: Iterable[ReferralOrigin], bodies: Mapping[UUID, str]) -> list[Due]:
    """Of what was sent from one's cases, of whoever works on them: it is the team who asks the person."""
    return [
        Due(
            what=GOES_ON,
            late=False,
            started_at=pair.referral.ended_at,
            case=pair.case.code,
            referral=pair.referral.code,
            service=pair.referral.service_code,
            body=bodies.get(pair.referral.to_organisation_id, ""),
            to=pair.referral.to_organisation_id,
            first=first_of(pair.case),
        )
        for pair in read
        if pair.asks_on and pair.my_kind != "supervisor" and not is_wanted(pair)  # type: ignore[attr-defined]
    ]


def doubted_there(sent: Iterable[ReferralOrigin], bodies: Mapping[UUID, str]) -> list[Due]:
    """Of who is there since a page from before the age was corrected: whether the child can stay nobody has said, until
    a call since then has reached somebody there.
    """
    found = []
    for pair in sent:
        if pair.referral.state_code != "serving" or not doubted_row(pair):
            continue
        calls = called.own(called.of_sender(pair), since=pair.card_corrected_at)  # type: ignore[attr-defined]
        if is_reached(call := called.counting(calls)):
            continue
        one, case = pair.referral, pair.case
        found.append(
            Due(
                what=DOUBT,
                late=False,
                case=case.code,
                referral=one.code,
                service=one.service_code,
                body=bodies.get(one.to_organisation_id, ""),
                to=one.to_organisation_id,
                sex=case.sex_code,
                age_band=case.age_band_code,
                children=case.children_code,
                region=case.region_code,
                risk=case.risk_code,
                first=first_of(case),
                call=call,
                before_call=called.second(calls, call),
                version=one.version,
                supervised=pair.my_kind == "supervisor",  # type: ignore[attr-defined]
            )
        )
    return found
