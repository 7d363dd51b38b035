"""Who sleeps one more night where help has ended, and needs a place from the next morning (ADR 257): to the sender, and
to those in whose place they still are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db.models import Case, DateTimeField, Exists, Func, OuterRef, Q, Subquery, TextField, Value, When
from django.db.models.expressions import Combinable
from django.utils import timezone

from hamkori.casework.case.models import CaseAccess, CaseStep
from hamkori.casework.case.rules.lifecycle import PLACE_STEPS
from hamkori.casework.referral.models import ReferralAccess, ReferralOrigin
from hamkori.casework.work.queries.due import Due
from hamkori.casework.work.queries.due_of_cases import row_of_case
from hamkori.casework.work.queries.here_now import row_of_ended
from hamkori.casework.work.queries.no_place import missed, sleeps_on
from hamkori.casework.work.rules.worklist import LAST_NIGHT, SLEEPS_ON
from hamkori.directory.rules.suit import kinds


def beside_last_night(at: datetime) -> dict[str, Subquery]:
    """Beside a row of a case: where the person sleeps that night, as long as nobody was asked for another place, has
    one for them, or said since where they sleep (`last_night.box` on the page of the case).
    """
    of_place = {"case": OuterRef("case_id"), "referral__service_code__in": kinds(["safe_place"])}
    given = ReferralOrigin.objects.filter(**of_place)
    beside = {**of_place, "case": OuterRef("case")}
    asked = Q(referral__state_code__in=("sent", "serving")) | Q(referral__state_code="accepted") & ~missed()
    since = {"step_code__in": PLACE_STEPS, "at__gt": OuterRef("referral__finished_at")}
    said = CaseStep.objects.filter(case=OuterRef("case"), **since)
    again = ReferralOrigin.objects.filter(asked, **beside)
    there = given.filter(sleeps_on(at)).filter(~Exists(said), ~Exists(again)).order_by("-referral__finished_at")
    return {"last_night": Subquery(there.values("referral__to_organisation_id")[:1])}


def last_nights(cases: Iterable[CaseAccess], bodies: Mapping[UUID, str], at: datetime) -> list[Due]:
    """The rows of a case, its supervisor's too, until the morning: there is time to ask for the next place. Not of
    those who said no to everything: nobody asks for one before they raise it.
    """
    today = timezone.localdate(at)
    return [
        replace(row_of_case(row, LAST_NIGHT, False, on=today), body=bodies.get(row.last_night, ""))  # type: ignore[attr-defined]
        for row in cases
        if row.last_night  # type: ignore[attr-defined]
        if not (row.looked or row.place_in_peace)  # type: ignore[attr-defined]
    ]


class SleepsOn(Func):
    """Beside a referral: until when the person sleeps on there; None where another place has them."""

    function = "referral_sleeps_on"
    output_field = DateTimeField()
    arity = 2


def sleeps_on_here(at: datetime) -> Q:
    """Of a row of those who helped: they said so. Whether they sleep elsewhere by now `SleepsOn` says."""
    return Q(referral__service_code__in=kinds(["safe_place"])) & sleeps_on(at)


def beside_receiver(at: datetime) -> dict[str, Combinable]:
    """Beside it: until when, while no other place has them (`referral_sleeps_on`, walls/59_shelter_ended.sql)."""
    places = Value(list(kinds(["safe_place"])), ArrayField(TextField()))
    until = SleepsOn("referral_id", places)
    return {"night": Case(When(sleeps_on_here(at), then=until), default=None, output_field=DateTimeField())}


def still_here(received: Iterable[ReferralAccess], bodies: Mapping[UUID, str]) -> list[Due]:
    """The rows of those who helped: who is there until the morning, though that help has ended."""
    return [
        replace(
            row_of_ended(row, SLEEPS_ON, bodies),
            started_at=row.referral.finished_at,
            on=timezone.localdate(row.night),  # type: ignore[attr-defined]
        )
        for row in received
        if row.night is not None and row.kind_code == "worker"  # type: ignore[attr-defined]
    ]
