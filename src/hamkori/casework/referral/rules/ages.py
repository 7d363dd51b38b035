"""What a summary said of the age at a moment: who accepted then, or said yes, did so for that age.

`age_said` in walls/59_ages.sql says the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from hamkori.vocabulary import codelist


class Former(NamedTuple):
    """A band that a summary said, and until when."""

    age: str
    until: datetime


def former(kept: Iterable[Mapping[str, str]]) -> tuple[Former, ...]:
    """What a summary's row keeps of them, the first one first; what is no band is left out."""
    bands = {*codelist("age_band").codes}
    found = (Former(one["age"], datetime.fromisoformat(one["until"])) for one in kept if "age" in one)
    return tuple(sorted((one for one in found if one.age in bands), key=lambda one: one.until))


def said(formers: Iterable[Former], since: str, at: datetime | None) -> str:
    """The band at that moment. `since`: that of now."""
    return next((one.age for one in formers if at is not None and one.until > at), since)
