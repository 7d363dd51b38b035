"""What happened in a case and to its referrals, as the page of the case lists it: the newest first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from hamkori.casework.case.models import Case, CaseStep
from hamkori.casework.case.queries import child_calls
from hamkori.casework.case.queries.coordination import NATIONAL
from hamkori.casework.case.rules.closing import BY_MISTAKE
from hamkori.casework.case.rules.lifecycle import PLACE_STEPS
from hamkori.casework.case.rules.put_back import Word, first_found
from hamkori.casework.case.rules.sides import Side
from hamkori.casework.consent.models import Consent
from hamkori.casework.consent.queries.agreed import Agreed, Changed
from hamkori.casework.consent.queries.consent import Less
from hamkori.casework.referral.models import (
    Referral,
    ReferralOrigin,
    ReferralStep,
)
from hamkori.casework.referral.queries.calls import of_sender, pressed
from hamkori.casework.referral.queries.put_right import Ages, Corrections, every_age
from hamkori.casework.referral.queries.put_right import Changed as Corrected
from hamkori.casework.referral.queries.referrals import by_whom
from hamkori.people.queries import BodyCard


def requests(found: Case) -> dict[UUID, tuple[str, str]]:
    """Every request that the case wrote, also what was thrown away: its id -> its code and service."""
    pairs = ReferralOrigin.objects.filter(case=found).select_related("referral")
    return {pair.referral_id: (pair.referral.code, pair.referral.service_code) for pair in pairs}


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing that happened. `referral` names which request moved; '' for the case itself."""

    step: str
    to_state: str
    reason: str
    side: str
    at: datetime
    by: UUID | None
    referral: str = ""
    service: str = ""
    body: str = ""
    at_body: UUID | None = None
    """Of a step of the case: which organisation `body` is."""
    less: tuple[Less, ...] = ()
    """Of an answer of hers: what it took back of the one before."""
    changed: Changed | None = None
    """Of an answer of hers: what it says that the one before did not, where both are believed."""
    without: tuple[str, ...] = ()
    """Of that: who must get nothing since, by name; '' of one that is not listed now."""
    again: tuple[str, ...] = ()
    """Who may get something again."""
    ages: Ages | None = None
    """Of an age that was corrected or confirmed: before, '' where nothing knows it, and since."""
    facts: tuple[Corrected, ...] = ()
    """The same of what else a summary says."""
    first_at: datetime | None = None
    """Of a slip that was put back: when the place was found that is asked about again."""

    @property
    def found_at(self) -> datetime:
        """Of a place that was found: when."""
        return self.first_at or self.at


CORRECTS = ("facts_changed", "region_changed")
"""Steps with which summaries that were sent say what the case says."""
AGE = "settle_age"
ASKING = "consent_"
"""Before the step of a version of her answers."""


def asking(one: Consent, word: Agreed, bodies: Mapping[UUID, BodyCard], language: str) -> Step:
    """A version of her answers."""
    changed = word.changed.get(one.pk)
    how = one.language_code if one.step_code == "give" else one.how_said_code
    return Step(
        step=f"{ASKING}{one.step_code}",
        to_state="",
        reason=how,
        side="",
        at=one.at,
        by=one.membership_id,
        less=word.less.get(one.pk, ()),
        changed=changed,
        without=named(changed.without, bodies, language) if changed else (),
        again=named(changed.again, bodies, language) if changed else (),
    )


def named(found: Iterable[UUID], bodies: Mapping[UUID, BodyCard], language: str) -> tuple[str, ...]:
    """How these organisations are called, in order; '' of one that is not listed now."""
    return tuple(sorted(name_of(one, bodies, language) for one in found))


def name_of(body: UUID | None, bodies: Mapping[UUID, BodyCard], language: str) -> str:
    """How an organisation is called; '' of none, and of one that is not listed now."""
    return bodies[body].name(language) if body is not None and body in bodies else ""


def called(pair: ReferralOrigin, bodies: Mapping[UUID, BodyCard], language: str) -> list[Step]:
    """The coordinator's calls about one of its referrals, which are no steps of it."""
    one, body = pair.referral, bodies.get(pair.referral.to_organisation_id)
    return [
        Step(
            step="call",
            to_state="",
            reason=pressed(call),
            side=Side.COORDINATOR,
            at=call.at,
            by=None,
            referral=one.code,
            service=one.service_code,
            body=body.name(language) if body else "",
        )
        for call in of_sender(pair)
        if call.side == NATIONAL
    ]


CHILD_CALL = "child_call"
"""What the coordinator recorded about a call to her about the child, which is no step of the case."""


def _plain(step: str, reason: str, at: datetime, *, to: str = "", side: str = "", **more: Any) -> Step:
    """Of the case itself."""
    return Step(step=step, to_state=to, reason=reason, side=side, at=at, **{"by": None, **more})


def steps(
    own: Iterable[CaseStep],
    referrals: Iterable[Referral],
    bodies: Mapping[UUID, BodyCard],
    language: str,
    beside: Iterable[Step],
    corrected: Corrections,
    age: str,
) -> tuple[Step, ...]:
    """What happened to the case and to its requests, newest first. `beside`: her answers, the coordinator's calls.
    `age`: as the case says it now.
    """
    past, own = [*beside], list(own)
    places = sorted((one for one in own if one.step_code in PLACE_STEPS), key=lambda one: one.at)
    words = (Word(one.step_code, one.reason_code, one.organisation_id, one.at) for one in places)
    told = [one for one in own if (one.step_code, one.reason_code) == ("call_off", "reached")]
    first = first_found(words, ((one.organisation_id, one.at) for one in told))
    ages = every_age([step.at for step in own if step.step_code == AGE], corrected.ages, age)
    for step in own:
        aged = ages.get(step.at) if step.step_code == AGE else None
        body = bodies.get(step.organisation_id) if step.organisation_id is not None else None
        whose = body.name(language) if body else ""
        past.append(
            _plain(
                step.step_code,
                step.reason_code,
                step.at,
                to=step.to_code,
                by=step.membership_id,
                ages=aged,
                facts=corrected.facts.get(step.at, ()) if step.step_code in CORRECTS else (),
                body=whose,
                at_body=step.organisation_id,
                first_at=first.get(step.at) if step.step_code in PLACE_STEPS else None,
            )
        )
        past += [_plain(CHILD_CALL, said, at, side=Side.COORDINATOR) for said, at in child_calls.answered(step)]
    by_id = {row.pk: row for row in referrals}
    if by_id:
        for row in ReferralStep.objects.filter(referral__in=list(by_id)).select_related("by"):
            one = by_id[row.referral_id]
            body = bodies.get(one.to_organisation_id)
            past.append(
                Step(
                    step=row.step_code,
                    to_state=row.to_code,
                    reason=row.reason_code,
                    side=row.side_code,
                    at=row.at,
                    by=by_whom(row),
                    referral=one.code,
                    service=one.service_code,
                    body=body.name(language) if body else "",
                )
            )
    return tuple(sorted(past, key=lambda one: one.at, reverse=True))


def opened_first(past: Iterable[Step]) -> datetime | None:
    """Since when the case is open, of what happened, newest first: a closing by mistake has ended nothing."""
    opened = (one for one in past if one.step in ("register", "serve", "reopen") and not one.referral)
    return next((one.at for one in opened if one.reason != BY_MISTAKE), None)
