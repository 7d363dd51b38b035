"""Of a row of Today at most three buttons stand open; what else may be said is folded below them (ADR 242)."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext_lazy

FEW: Final = 3
MORE: Final = gettext_lazy("Something else")
"""Over what is folded."""
ORDER: Final = (
    {"coordinator", "no_coordinator"},
    {"said_yes", "said_no", "not_reached"},
    {"calls_back", "put_back"},
)
"""The answers to a call of the team: of who is called now; of the desk; and what ends nothing."""


def few(drawn: dict[str, Any]) -> dict[str, Any]:
    """The row or line, of which the answers that are not the nearest stand below, with the place that was found."""
    calls = drawn.get("calls") or {}
    answers = calls.get("answers") or []
    others = bool(calls.get("beside")) + bool(drawn.get("second"))
    if others + len(answers) + bool(drawn.get("found_at")) <= FEW or not {one for one, _label in answers} <= KNOWN:
        return drawn
    stand, rest = _parted(answers, FEW - others)
    if not rest:
        stand, rest = _parted(answers, FEW - others - 1)
    if not rest:
        return drawn  # a place that was found is not folded alone
    more = {**calls, "answers": rest, "beside": False, "found_at": drawn.get("found_at", ""), "title": MORE}
    return drawn | {"found_at": "", "calls": {**calls, "answers": stand, "more": more}}


KNOWN: Final = frozenset().union(*ORDER)


def _parted(answers: list[tuple[str, Any]], room: int) -> tuple[list[tuple[str, Any]], list[tuple[str, Any]]]:
    """The answers that stand, and the others: a group of them is not torn apart, and the first always stands."""
    stand: list[tuple[str, Any]] = []
    for group in ORDER:
        these = [one for one in answers if one[0] in group]
        if stand and len(stand) + len(these) > room:
            break
        stand += these
    return stand, [one for one in answers if one not in stand]
