"""What is said aloud to the person: in a language that is theirs, and below it in the reader's own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import translation

from hamkori.vocabulary.country import LANGUAGE_NAMES
from hamkori.web.words import lists

if TYPE_CHECKING:
    from hamkori.casework.case.models import Case


@dataclass(frozen=True)
class Spoken:
    """The same sentences once more, in one language."""

    language: str
    sentences: Sequence[str]


def hers(found: Case, asked_in: str) -> str:
    """Her own language, if the pages speak it; else the one in which consent was read."""
    speaks: str = found.language_code
    return speaks if speaks in LANGUAGE_NAMES else asked_in


def languages(read_in: str) -> tuple[str, ...]:
    """Hers first, if the pages speak it; then the reader's own, if it is another."""
    own = lists.language()
    return (read_in, own) if read_in in LANGUAGE_NAMES and read_in != own else (own,)


def said(read_in: str, sentences: Callable[[], Sequence[str]]) -> list[Spoken]:
    """The sentences in each of these languages."""
    found = []
    for one in languages(read_in):
        with translation.override(one):
            found.append(Spoken(one, sentences()))
    return found
