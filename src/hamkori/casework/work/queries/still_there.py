"""Somebody slept where no organisation has accepted them, with people they know or in a hotel: whether they still do.

Asked once, calmly, from the morning after it was said that they are there (ADR 0138).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db.models import Case as Either
from django.db.models import Exists, JSONField, OuterRef, Q, Subquery, When
from django.db.models.functions import JSONObject
from django.utils import timezone

from hamkori.casework.case.models import CaseStep
from hamkori.casework.case.rules.lifecycle import WRITABLE
from hamkori.casework.case.rules.still_there import ABOVE, asked_from
from hamkori.casework.referral.models import ReferralOrigin
from hamkori.casework.work.queries.no_place import FOUND, PLACE, WHOSE, gives_place, place_said
from hamkori.directory.rules.suit import kinds

if TYPE_CHECKING:
    from hamkori.casework.case.models import Case

REACHED: Final = "place_reached"


@dataclass(frozen=True, kw_only=True)
class Sleeps:
    """Whose the place is, when it was said last that the person is there, and since when it is asked."""

    whose: str
    body: UUID | None
    """At which organisation, where it is known."""
    said_at: datetime
    since: datetime

    def is_for_supervisor(self, at: datetime) -> bool:
        """Whether nobody has answered for so long that a supervisor reads it too."""
        return at >= self.since + ABOVE


def beside_case(at: datetime, also: Q | None = None) -> Either:
    """Beside a row of a case: what was said last of its place, to be read with `still_asked`. `also`: of which rows."""
    of_place = ReferralOrigin.objects.filter(case=OuterRef("case_id"), referral__service_code__in=kinds([PLACE]))
    served = of_place.filter(referral__served_at__isnull=False).order_by("-referral__served_at")
    came = of_place.filter(referral__heard_code="came", referral__missed_at=None).order_by("-referral__heard_at")
    found = CaseStep.objects.filter(case=OuterRef("case_id"), step_code=FOUND).order_by("-at")
    said = JSONObject(
        step=Subquery(place_said().values("step_code")[:1]),
        before=Subquery(place_said().values("step_code")[1:2]),
        at=Subquery(place_said().values("at")[:1]),
        whose=Subquery(found.values("reason_code")[:1]),
        found=Subquery(found.values("at")[:1]),
        body=Subquery(found.values("organisation_id")[:1]),
        served=Subquery(served.values("referral__served_at")[:1]),
        came=Subquery(came.values("referral__heard_at")[:1]),
        given=Exists(of_place.filter(gives_place(at))),
    )
    reached = Exists(CaseStep.objects.filter(case=OuterRef("case_id"), step_code=REACHED))
    return Either(When(Q(reached) & (also or Q()), then=said), default=None, output_field=JSONField())


def sleeps_at(said: Mapping[str, Any] | None) -> UUID | None:
    """The organisation at which it was said last that the person is, of a place that was found by telephone."""
    there = said is not None and said["step"] == REACHED and said["body"]
    return UUID(said["body"]) if said is not None and there else None


def still_asked(case: Case, said: Mapping[str, Any] | None, at: datetime) -> Sleeps | None:
    """Of what was read so: what is asked; None where nothing is. Not where another place counts since, nor where one is
    needed: then a row of its own says so.
    """
    if not said or said["step"] != REACHED or said["whose"] not in WHOSE or said["given"]:
        return None
    if case.state_code not in WRITABLE or PLACE in case.need_tonight_codes:
        return None
    reached = timezone.localtime(datetime.fromisoformat(said["at"]))
    if said["served"] and datetime.fromisoformat(said["served"]) > reached:
        return None  # since then they were in a shelter, and what became of that is asked there
    since = asked_from(reached, again=said["before"] == REACHED)
    return Sleeps(whose=said["whose"], body=sleeps_at(said), said_at=reached, since=since) if at >= since else None
