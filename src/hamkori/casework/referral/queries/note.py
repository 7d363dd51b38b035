"""Whether a note came with a result: for both sides while the result is not confirmed, and never what it says."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import BooleanField, Case, Func, Value, When

from hamkori import definer
from hamkori.casework.referral.models import Referral

WITH_RESULT = ("finished", "disputed")
"""States in which a result waits for its sender."""


@dataclass(frozen=True, slots=True)
class Note:
    """A note lies with the result. `opened`: somebody of the sender has opened it; the receiver is not told."""

    opened: bool


class _Lies(Func):
    function = "result_note"
    template = "(exists(select from %(function)s(%(expressions)s)))"
    output_field = BooleanField()
    arity = 1


def has_note(state: str, referral: str) -> Case:
    """The same in the query itself, beside the name of its state and of its key; of a result alone."""
    lies = When(**{f"{state}__in": WITH_RESULT}, then=_Lies(referral))
    return Case(lies, default=Value(value=False), output_field=BooleanField())


def note_of(found: Referral) -> Note | None:
    """None: there is none, or it went when the result was confirmed."""
    if found.state_code not in WITH_RESULT:
        return None
    row = definer.row("result_note", found.pk, columns="opened")
    return Note(bool(row[0])) if row is not None else None
