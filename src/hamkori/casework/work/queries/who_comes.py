"""Of who was accepted and is expected: whether that is today, and what is written of when and where."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

from django.db.models import Case, Expression, JSONField, OuterRef, Subquery, When
from django.db.models.functions import JSONObject
from django.utils import timezone

from hamkori.casework.referral.models import ReferralOrigin, ReferralStep
from hamkori.casework.referral.queries.meeting import (
    has_meeting,
    line_replaced,
    line_unread,
    no_meeting,
    person_told_at,
)
from hamkori.casework.referral.rules.card import URGENT
from hamkori.casework.work.queries.no_place import was_for_a_place
from hamkori.casework.work.rules.worklist import COMES


class WhoComes(TypedDict):
    """The same beside a row of Today, under the names of its fields."""

    for_today: bool
    paused: bool
    hour_written: bool
    line_unread: bool
    line_replaced: bool
    no_hour: bool
    told_before: datetime | None


def beside_told() -> dict[str, Expression]:
    """Read beside the origin of a referral: what the person was told last of it, while they are expected."""
    heard = ReferralStep.objects.filter(referral=OuterRef("referral_id"), step_code__in=("tell_person", "warn_person"))
    last = heard.exclude(reason_code="not_reached").order_by("-at").values(said=JSONObject(why="reason_code", at="at"))
    expected = When(referral__state_code="accepted", then=Subquery(last[:1]))
    return {"told_last": Case(expected, default=None, output_field=JSONField())}


def of_who_comes(pair: ReferralOrigin, what: str, at: datetime) -> WhoComes:
    """Of a referral that was read with `beside_expected`, `beside_told` and `paused`, for a row of the sender's."""
    today = what == COMES and is_for_today(pair, at)
    before = what == COMES and person_told_at(pair) is None
    return WhoComes(
        for_today=today,
        paused=what == COMES and pair.paused,  # type: ignore[attr-defined]
        hour_written=has_meeting(pair),
        line_unread=line_unread(pair),
        line_replaced=what == COMES and line_replaced(pair),
        no_hour=today and no_meeting(pair),
        told_before=_told_last(pair.told_last) if before else None,  # type: ignore[attr-defined]
    )


def _told_last(said: dict[str, str] | None) -> datetime | None:
    return datetime.fromisoformat(said["at"]) if said is not None and said["why"] == "told" else None


def is_for_today(pair: ReferralOrigin, at: datetime) -> bool:
    """Whether somebody has a bed or urgent help now, and has to hear of it. What was accepted late in the evening for
    "now" is of the day before once midnight is over.
    """
    one = pair.referral
    near = one.arrival_on is not None and one.arrival_on <= timezone.localdate(at)
    return near and (was_for_a_place(pair) or one.urgency_code == URGENT)
