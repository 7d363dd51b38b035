"""What a summary said of the person, beside the age, till it was corrected: who accepted then accepted that (ADR 0152).

It stands beside the ages of before (rules/ages.py), each with until when it was said.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final, NamedTuple

from hamkori.casework.referral.rules.card import CHILDREN, FLAGS, TOLD
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
    """What a summary said of one thing, and until when. Of an interpreter "true" or "false"."""

    name: str
    was: str
    until: datetime


def code(value: object) -> str:
    """What a column holds, as it is kept here."""
    return str(value).lower() if isinstance(value, bool) else str(value or "")


def _is_code(name: str, was: str) -> bool:
    if name in _LISTS:
        return was in codelist(_LISTS[name])
    return was in {_CHILDREN: CHILDREN, INTERPRETER: ("true", "false")}.get(name, TOLD)


def facts(kept: Iterable[Mapping[str, str]]) -> tuple[Fact, ...]:
    """What a summary's row keeps of them, the first one first; what is no code is left out."""
    found = (
        Fact(one["fact"], one["was"], datetime.fromisoformat(one["until"])) for one in kept if one.get("fact") in FACTS
    )
    return tuple(sorted((one for one in found if _is_code(one.name, one.was)), key=lambda one: one.until))


def was_at(kept: Iterable[Fact], name: str, since: str, at: datetime | None) -> str:
    """What it said of this at that moment. `since`: what it says now."""
    return next((one.was for one in kept if one.name == name and at is not None and one.until > at), since)
