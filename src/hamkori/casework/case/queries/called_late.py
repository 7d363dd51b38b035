"""What a coordinator could have called about a moment ago, and cannot any more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hamkori import definer
from hamkori.vocabulary.codes import is_code


@dataclass(frozen=True)
class Past:
    """How it stands since when: accepted, declined, or only that it was answered, or is over. Who was asked; and who
    sent it, where its row had said so.
    """

    state: str
    at: datetime
    to: UUID
    sender: UUID | None


def called_late(code: str) -> Past | None:
    """The referral of this number, if its row stood on the coordinator's list; of any other nothing."""
    columns = "state_code at to_organisation_id from_organisation_id"
    found = definer.row("referral_called_late", code, columns=columns) if is_code(code) else None
    return Past(*found) if found is not None else None
