"""How a case may be closed: with which outcome, by whom, and who must agree
(docs/design/closing-and-reopening.md#who-closes-with-which-outcome).

The database asks the same again (`case_guards`): `tests/casework/test_guards_in_both.py` holds the two together.
"""

from collections.abc import Collection, Mapping
from datetime import datetime

from hamkori.casework.case.rules.sides import Side
from hamkori.vocabulary import codelist

HANDED_OVER = "moved_to_other_body"
"""Set by `hand_over` only."""
DUPLICATE = "duplicate"
"""The newer case closes and points to the older, in the same body."""
WITHDREW = "person_withdrew"
"""The person's own word: no case is closed so while only somebody else has brought it (ADR 0190)."""
BY_MISTAKE = "closed_by_mistake"
"""Why a case is opened again whose closing decided nothing: what had stopped before waits again (ADR 145)."""

OUTCOMES = tuple(code for code in codelist("closing_outcome").codes if code != HANDED_OVER)
"""Outcomes that `close` may carry."""

SUPERVISOR_OUTCOMES = tuple(
    code for code in OUTCOMES if codelist("closing_outcome").entry(code).data["approval"] == "supervisor"
)
LEAD_OUTCOMES = tuple(code for code in OUTCOMES if code not in SUPERVISOR_OUTCOMES)

_OF_SIDE: Mapping[str, tuple[str, ...]] = {Side.LEAD: LEAD_OUTCOMES, Side.SENDER_SUPERVISOR: SUPERVISOR_OUTCOMES}


def offered(sides: Collection[str]) -> tuple[str, ...]:
    """The outcomes with which somebody on these sides may close."""
    return tuple(code for side, codes in _OF_SIDE.items() if side in sides for code in codes)


def side_of(outcome: str, sides: Collection[str]) -> str:
    """The side on which somebody asks to close: the supervisor's, if it is theirs or the outcome needs a supervisor."""
    return Side.SENDER_SUPERVISOR if Side.SENDER_SUPERVISOR in sides or outcome in SUPERVISOR_OUTCOMES else Side.LEAD


def outcome_given(outcome: str | None, side: str) -> bool:
    """The guard of this name: there is an outcome, and this side may close with it."""
    return outcome in _OF_SIDE[side]


def another_person(sides: Collection[str]) -> bool:
    """The guard `not_self`: who closes acts as supervisor and does not lead the case."""
    return Side.SENDER_SUPERVISOR in sides and Side.LEAD not in sides


def duplicate_ok(body: object, begun_at: datetime, other_body: object, other_begun_at: datetime) -> bool:
    """Whether a case may be closed as a duplicate of another within reach: same body, the other begun before."""
    return body == other_body and other_begun_at < begun_at
