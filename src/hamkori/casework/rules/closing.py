"""How a case may be closed: with which outcome, by whom, and who must agree
(docs/design/closing-and-reopening.md#who-closes-with-which-outcome).
"""

from collections.abc import Iterable
from datetime import datetime

from hamkori.casework.rules.case import LEAD
from hamkori.casework.rules.referral import BLOCKS_CLOSING, SV
from hamkori.vocabulary import codelist

HANDED_OVER = "moved_to_other_body"
"""Set by `hand_over` only."""
DUPLICATE = "duplicate"
"""The newer case closes and points to the older, in the same body."""

OUTCOMES = tuple(code for code in codelist("closing_outcome").codes if code != HANDED_OVER)
"""Outcomes that `close` may carry."""

SUPERVISOR_OUTCOMES = tuple(
    code for code in OUTCOMES if codelist("closing_outcome").entry(code).data["approval"] == "supervisor"
)
LEAD_OUTCOMES = tuple(code for code in OUTCOMES if code not in SUPERVISOR_OUTCOMES)


def closes(outcome: str) -> str:
    """The side that closes with this outcome: the lead, or a supervisor who is not the lead. Unknown: KeyError."""
    if outcome not in OUTCOMES:
        raise KeyError(outcome)
    return SV if outcome in SUPERVISOR_OUTCOMES else LEAD


def outcome_given(outcome: str | None, side: str) -> bool:
    """Whether there is an outcome with which this side may close."""
    return outcome in OUTCOMES and closes(str(outcome)) == side


def blocking(referral_states: Iterable[str]) -> int:
    """How many referrals stand in the way of closing: they wait, were accepted, or their result is questioned."""
    return sum(state in BLOCKS_CLOSING for state in referral_states)


def duplicate_ok(
    body: str, opened_at: datetime, other_body: str, other_opened_at: datetime, other_reachable: bool
) -> bool:
    """Whether a case may be closed as a duplicate of another: same body, both reachable, the other one older."""
    return body == other_body and other_reachable and other_opened_at < opened_at
