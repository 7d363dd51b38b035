"""Which language a text is shown in: the asked one, else the next that has it, with a mark that it is another."""

from collections.abc import Mapping
from dataclasses import dataclass

from hamkori.vocabulary.country import READ_FIRST


@dataclass(frozen=True)
class Shown:
    """A text and its language; `other_language` is the mark: the reader asked for another."""

    text: str
    language: str
    other_language: bool


def shown(texts: Mapping[str, str], language: str) -> Shown:
    """The text for a reader. Nothing in any language: empty, unmarked."""
    for code in (language, *READ_FIRST):
        if texts.get(code):
            return Shown(texts[code], code, code != language)
    return Shown("", language, False)
