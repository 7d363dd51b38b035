"""Reading the ledger. What is said here is who, when and what, in codes; content is nowhere in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hamkori import definer


@dataclass(frozen=True)
class HistoryLine:
    """One act on a case. `membership_id` is None for the clock, and for somebody of another organisation."""

    id: int
    at: datetime
    action: str
    decision: str
    membership_id: UUID | None
    kind: str
    object_id: UUID | None
    section: str
    reason: str
    count: int | None
    organisation_id: UUID | None


def case_history(case_id: UUID) -> list[HistoryLine]:
    """What the case's own body and the clock did with it, and what receivers opened, oldest first.

    The policy (`case.history`) is asked by whoever calls; the database asks again: a definer function that answers
    only the case's lead and supervisor, else with SQLSTATE HK404.
    """
    columns = (
        "id at action_code decision_code membership_id object_kind_code object_id section_code reason_code count"
        " organisation_id"
    )
    return [HistoryLine(*row) for row in definer.rows("case_history", case_id, columns=columns)]


@dataclass(frozen=True)
class Opened:
    """A part of what was shared that the receiver has opened: when first and last, how often."""

    section: str
    first_at: datetime
    last_at: datetime
    times: int


def referral_opened(referral_id: UUID) -> tuple[Opened, ...]:
    """What the receiver has opened of a referral, for its sender's side; nothing for anybody else. No names."""
    found = definer.rows("referral_opened", referral_id, columns="section_code first_at last_at times")
    return tuple(Opened(*row) for row in found)
