"""What a desk told a coordinator of somebody who was expected there. It moves nothing (ADR 0140)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from hamkori.casework.case.queries.coordination import Call

NOT_WITH_THEM: Final = "not_with_them"
"""The person is not there: whoever sent them looks for them, and the coordinator calls there."""
CALMS: Final = ("with_them", "not_known")
"""After these the coordinator rests: the sender is asked to say it, or the desk finds out."""
AT_ARRIVAL: Final = (CALMS[0], NOT_WITH_THEM, CALMS[1])
"""The answers, in the order of their buttons; none of them is a word of the sender (WORDS)."""
PUT_BACK_THERE: Final = "there_put_back"
"""No answer of a call: that one of the first two was put back, which the sender's side could read until then."""
OF_THE_ARRIVAL: Final = (*AT_ARRIVAL, PUT_BACK_THERE)
"""What the sender's side reads of it."""
UNSETTLED: Final = {"came": (NOT_WITH_THEM,), "did_not_come": (CALMS[0],), "called": AT_ARRIVAL, "is_safe": ()}
"""What the sender said last -> what that desk had told before, and that does not settle: both are read."""
CLOCK: Final = "arrival"
"""They are answers of a call about this clock alone."""


def told_since(calls: Sequence[Call], last: Call | None) -> Call | None:
    """The call to the sender after the person was not there, which ends what the coordinator has to do for now."""
    if last is None or last.answer != NOT_WITH_THEM:
        return None
    return next((one for one in calls if one.answer == "sender" and one.at >= last.at), None)


def is_gone(one: Call | None) -> bool:
    """Whether that is that the person is not there."""
    return one is not None and one.answer == NOT_WITH_THEM


def is_there(one: Call | None) -> bool:
    """Whether that is that the person is there: whoever sent them may say so too, once the person was asked."""
    return one is not None and one.answer == CALMS[0]
