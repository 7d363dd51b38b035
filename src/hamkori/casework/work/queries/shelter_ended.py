"""A shelter's help has ended, and nobody has said since where the person stays (ADR 0136); or it closed its own case
after the person's word had ended what was agreed (ADR 0150).

`case_shelter_ended` in walls/59_shelter_ended.sql decides it, for Today, the case, the list of cases and the
rail alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db.models import Case, Exists, Func, JSONField, OuterRef, Q, TextField, Value, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact, IsNull

from hamkori.casework.referral.models import ReferralOrigin
from hamkori.casework.work.queries.helped import ENDED
from hamkori.refusal import ENDED as BY_THEIR_WORD

LACKS: Final = ("partly", "not_given")
"""Results after which it is known that something is missing; after the others it is asked where the person sleeps."""

LONGEST_NIGHT: Final = timedelta(hours=24)
"""So much later than help has ended a last night is over, at most."""
OPENED: Final = "opened"
"""In place of a result: the person slept there before the reader's own case was opened again (ADR 179)."""
CLOSED: Final = "closed"
"""In place of a result: those who had the person closed their own case."""


class ShelterEnded(Func):
    """Beside a row of a case: what the database says of it; nothing where no such help has ended lately."""

    function = "case_shelter_ended"
    output_field = JSONField()


def ended_place(after: datetime, places: Sequence[str]) -> Q:
    """Of a row of a case that is open: whether it says so. Asked of the database only where one ended lately."""
    return Q(case__state_code="open") & _lately(after, places) & Q(IsNull(_said(places), rhs=False))


def beside_case(after: datetime, places: Sequence[str]) -> Case:
    """Beside such a row: the same, to be read with `where_asked`."""
    return Case(When(_lately(after, places), then=_said(places)), default=None, output_field=JSONField())


def where_asked(said: Mapping[str, Any] | None) -> UUID | None:
    """Of what was read so: the organisation, where it is asked; None where something is missing, or nothing ended."""
    return UUID(said["to"]) if said and said["result"] not in LACKS else None


def closed_there(after: datetime, places: Sequence[str]) -> Q:
    """Of a row of a case: whether those who had the person closed their own case, and nobody knows where they sleep:
    then it is not asked whether they stay, and nobody is left in peace with it.
    """
    said = Coalesce(KeyTextTransform("result", beside_case(after, places)), Value(""), output_field=TextField())
    return Q(Exact(said, Value(CLOSED)))


def is_closed(said: Mapping[str, Any] | None) -> bool:
    """The same, of what was read so."""
    return said is not None and said["result"] == CLOSED


def is_opened(said: Mapping[str, Any] | None) -> bool:
    """Whether it is asked because the case was opened again, of what was read so."""
    return said is not None and said["result"] == OPENED


def called_at(said: Mapping[str, Any] | None) -> str:
    """Of what was read so: where that organisation is called, where it is asked and a number is recorded."""
    return (said["phone"] or "") if said and where_asked(said) is not None else ""


def _lately(after: datetime, places: Sequence[str]) -> Q:
    of_place = {"case": OuterRef("case_id"), "referral__service_code__in": list(places)}
    since = Q(referral__finished_at__gt=after) | Q(case__opened_at__gt=after)  # opened again, perhaps
    since |= Q(referral__one_more_night=True, referral__finished_at__gt=after - LONGEST_NIGHT)
    ended = Q(since, referral__state_code__in=ENDED)
    begun = Q(referral__state_code=BY_THEIR_WORD, referral__served_at__isnull=False)
    return Q(Exists(ReferralOrigin.objects.filter(ended | begun, **of_place)))


def _said(places: Sequence[str]) -> ShelterEnded:
    return ShelterEnded("case_id", Value(list(places), ArrayField(TextField())))


def note_waits(said: Mapping[str, Any] | None) -> str:
    """Of what was read so: the number of that referral, where a note came with its result and nobody has read it. It
    may say where the person sleeps.
    """
    return str(said["code"]) if said and said["note"] else ""
