"""Of a referral of whom somebody is looked for: whether a place for tonight is missing as well."""

from __future__ import annotations

from collections.abc import Container, Iterable
from uuid import UUID

from hamkori.casework.referral.models import ReferralOrigin
from hamkori.casework.referral.queries.stopped import stopped
from hamkori.casework.work.queries.no_place import PLACE, was_for_a_place


def housed(sent: Iterable[ReferralOrigin]) -> set[UUID]:
    """The cases in which a place is accepted where the person is expected, or is."""
    given = (one for one in sent if one.referral.state_code in ("accepted", "serving") and was_for_a_place(one))
    return {one.case_id for one in given if not stopped(one.referral)}


def needs_place_of(pair: ReferralOrigin, elsewhere: Container[UUID]) -> bool:
    """Whether this was the place that the person needs for tonight. `elsewhere`: cases with another one."""
    needs = PLACE in pair.case.need_tonight_codes and pair.case_id not in elsewhere
    return needs and was_for_a_place(pair)
