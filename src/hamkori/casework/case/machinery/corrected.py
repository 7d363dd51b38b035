"""What summaries say of the person and the case says otherwise now: they are corrected with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hamkori.casework.case.machinery import above, take
from hamkori.casework.case.machinery.district import say_region
from hamkori.casework.case.queries.answers import CaseFacts
from hamkori.casework.case.rules.said import SAID
from hamkori.casework.case.rules.sides import Side
from hamkori.lifecycle import decide_step

if TYPE_CHECKING:
    from typing import Any

    from hamkori.casework.case.models import Case


def say_corrected(case: Case, before: dict[str, Any]) -> None:
    """What was sent says what an open case says since `before`, and both sides are told (ADR 0151, 0152).

    A region alone has a step of its own, which says the rest too.
    """
    moved = case.region_code != before["region_code"]
    if case.state_code == "open" and (not moved or any(getattr(case, name) != before[name] for name in SAID)):
        say_what_differs(case)
    say_region(case, before["region_code"])


def say_what_differs(case: Case) -> None:
    """Whoever reads something else than the case says, and may be told now, reads what it says: after a change, and
    once the person has agreed again (ADR 0156).
    """
    if case.state_code != "draft" and any(room.said_otherwise(case) for room in above.rooms):
        decide_step(CaseFacts(case, "facts_changed", {}), Side.SENDER)
        take.case_take(case, "facts_changed", case.version, {})
