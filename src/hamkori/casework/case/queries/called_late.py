"""What a coordinator could have called about a moment ago, and cannot any more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from hamkori import definer
from hamkori.vocabulary.codes import is_code


@dataclass(frozen=True, kw_only=True)
class Past:
    """How it stands since when: accepted, declined, or only that it was answered, or is over; or what its sender said
    of the arrival since (HEARD). Who was asked; and who sent it, where its row had said so.
    """

    state: str
    at: datetime
    to: UUID
    sender: UUID | None
    told_at: datetime | None
    """Of what called her to the sender: when it was said that they were called."""
    left: str
    """Of who left a place without a word: LOOKED_FOR, or that the sender's side has said something since; '' of all
    else.
    """


LOOKED_FOR: Final = "left"
HEARD: Final = ("came", "did_not_come")


def called_late(code: str) -> Past | None:
    """The referral of this number, if its row stood on the coordinator's list; of any other nothing."""
    columns = "state_code at to_organisation_id from_organisation_id told_at left_code"
    found = definer.row("referral_called_late", code, columns=columns) if is_code(code) else None
    if found is None:
        return None
    state, at, to, sender, told, left = found
    return Past(state=state, at=at, to=to, sender=sender, told_at=told, left=left)
