"""What a summary said of the person, beside the age, till it was corrected: who accepted then accepted that (ADR 0152).

It stands beside the ages of before (rules/ages.py), each with until when it was said.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final, NamedTuple

from hamkori.casework.referral.rules.card import CHILDREN, FLAGS, TOLD, WHO_NEEDS
from hamkori.vocabulary import codelist

_DOCTOR, _STAIRS, _CHILDREN = FLAGS
INTERPRETER: Final = "needs_interpreter"
FACTS: Final = ("sex_code", "region_code", "language_code", INTERPRETER, "risk_code", _CHILDREN, _DOCTOR, _STAIRS)
"""Columns of a case and of a summary, in the order in which they are read."""
_LISTS: Final = {
    "sex_code": "sex",
    "region_code": "region",
    "language_code": "language",
    "risk_code": "risk_level",
}


class Fact(NamedTuple):
    """What a summary said of one thing, until when, and what it said then. Of an interpreter "true" or "false".

    `now`: '' of what was kept before that stood beside it (`became`).
    """

    name: str
    was: str
    until: datetime
    now: str = ""


def code(value: object) -> str:
    """What a column holds, as it is kept here."""
    return str(value).lower() if isinstance(value, bool) else str(value or "")


def _is_code(name: str, was: str) -> bool:
    if name in _LISTS:
        return was in codelist(_LISTS[name])
    return was in {_CHILDREN: CHILDREN, _DOCTOR: WHO_NEEDS, INTERPRETER: ("true", "false")}.get(name, TOLD)


def facts(kept: Iterable[Mapping[str, str]]) -> tuple[Fact, ...]:
    """What a summary's row keeps of them, the first one first; what is no code is left out."""
    found = (
        Fact(one["fact"], one["was"], datetime.fromisoformat(one["until"]), _now(one))
        for one in kept
        if one.get("fact") in FACTS
    )
    return tuple(sorted((one for one in found if _is_code(one.name, one.was)), key=lambda one: one.until))


def _now(one: Mapping[str, str]) -> str:
    since = one.get("now", "")
    return since if _is_code(one["fact"], since) else ""


def became(kept: Iterable[Fact], one: Fact, since: str) -> str:
    """What the summary said once this was corrected: what was said of a correction never changes (ADR 0159).

    `kept`: all corrections of the same summary; `since`: what it says now.
    """
    return one.now or was_at(kept, one.name, since, one.until)


def was_at(kept: Iterable[Fact], name: str, since: str, at: datetime | None) -> str:
    """What it said of this at that moment. `since`: what it says now."""
    return next((one.was for one in kept if one.name == name and at is not None and one.until > at), since)
