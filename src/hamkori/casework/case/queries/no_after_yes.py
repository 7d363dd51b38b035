"""A yes by telephone that a coordinator heard, and that has become a no since: whoever sent it is called (ADR 0123)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

NO_AFTER_YES = "no_after_yes"
"""In place of a clock, of such a referral."""


@dataclass(frozen=True, kw_only=True)
class NoAfterYes:
    """Such a referral, for a day, until a coordinator has called the sender after the no. No reason, no case."""

    code: str
    to: UUID
    sender: UUID
    service_code: str
    state: str
    """How it stands: declined, given back, or expired; or that somebody left the place without a word (ADR 0174)."""
    at: datetime
    """Since when."""


def noes_of(rows: Iterable[Sequence[Any]]) -> list[NoAfterYes]:
    """Of the rows of `national_owed`."""
    return [
        NoAfterYes(code=row[0], to=row[1], sender=row[7], service_code=row[2], state=row[9], at=row[5])
        for row in rows
        if row[4] == NO_AFTER_YES
    ]
