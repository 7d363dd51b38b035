"""What a coordinator recorded of a call, and put back as a slip: whoever sent it could read it until then."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from hamkori.casework.case.queries.coordination import Call

SLIP: Final = "SLIP"
"""In place of a side: no call, but that one was put back; its time is that of the putting back."""


def stands(calls: Sequence[Call]) -> tuple[Call, ...]:
    """The calls that count, without what was put back."""
    return tuple(one for one in calls if one.side != SLIP)


def slip_of(calls: Sequence[Call]) -> Call | None:
    """The newest that was put back."""
    return next((one for one in calls if one.side == SLIP), None)
