"""Whether a note came with a result: for both sides while the result is not confirmed, and never what it says."""

from __future__ import annotations

from dataclasses import dataclass

from hamkori import definer
from hamkori.casework.referral.models import Referral


@dataclass(frozen=True, slots=True)
class Note:
    """A note lies with the result. `opened`: somebody of the sender has opened it; the receiver is not told."""

    opened: bool


def note_of(found: Referral) -> Note | None:
    """None: there is none, or it went when the result was confirmed."""
    if found.state_code not in ("finished", "disputed"):
        return None
    row = definer.row("result_note", found.pk, columns="opened")
    return Note(bool(row[0])) if row is not None else None
