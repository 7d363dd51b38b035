"""Who was said not to be where they were to be: for a day somebody has to find out at once whether they are safe.

`my_counts` in walls/60_pages.sql counts the same for the rail.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef

from hamkori.casework.case.queries.coordination import REACHED
from hamkori.casework.referral.models import ReferralOrigin, ReferralStep
from hamkori.casework.referral.queries.stopped import stopped
from hamkori.casework.work.queries.no_place import LATELY, PLACE, was_for_a_place


def reached_since() -> Exists:
    """Of a referral's origin: whether a call of its sender's side reached somebody since they said so."""
    calls = ReferralStep.objects.filter(referral=OuterRef("referral_id"), step_code="call", reason_code__in=REACHED)
    return Exists(calls.filter(at__gte=OuterRef("referral__missed_at")))


def is_not_here(pair: ReferralOrigin, at: datetime) -> bool:
    """Of one that waits to be decided: whether whoever accepted said so within the last day, and no call about it
    reached anybody since. The sender's own word calls nobody: whoever said it knows.
    """
    said = pair.referral.missed_at if pair.referral.state_code == "accepted" else None
    return said is not None and said > at - LATELY and not pair.reached  # type: ignore[attr-defined]


def housed(sent: Iterable[ReferralOrigin]) -> set[UUID]:
    """The cases in which a place is accepted where the person is expected, or is."""
    given = (one for one in sent if one.referral.state_code in ("accepted", "serving") and was_for_a_place(one))
    return {one.case_id for one in given if not stopped(one.referral)}


def needs_place_of(pair: ReferralOrigin, elsewhere: Container[UUID]) -> bool:
    """Whether this was the place that the person needs for tonight. `elsewhere`: cases with another one."""
    needs = PLACE in pair.case.need_tonight_codes and pair.case_id not in elsewhere
    return needs and was_for_a_place(pair)
