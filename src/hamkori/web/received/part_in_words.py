"""A day or a part of it among the words that are written in place of an hour, in the languages of those who answer."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

WORDS: Final = {
    "morning": ("morning", "пагохи", "субх", "утр[аоу]", "matin"),
    "afternoon": (
        "afternoon",
        "бад(?:и| аз) нисфирузи",
        "пас аз нисфирузи",
        "после (?:обеда|полудня)",
        "втор(?:ая|ой|ую) половин",
        "apres.midi",
    ),
    "evening": ("evening", "tonight", "бегох", "шом(?:и|гох)?\\b", "вечер", "soir"),
}
"""Part of the day -> how its words begin, written without the marks above the letters."""
UNTIL: Final = re.compile(r"\b(?:before|until|до|то|пеш аз|avant le|jusqu'au)\b")
"""Who writes "until the evening" does not mean the evening."""
SAID: Final = {part: re.compile(rf"\b(?:{'|'.join(words)})") for part, words in WORDS.items()}


def part_in_words(text: str) -> str:
    """The one part of the day that is named; '' where none is, or more than one."""
    plain = _plain(text)
    found = [part for part, words in SAID.items() if words.search(plain)]
    return found[0] if len(found) == 1 and not UNTIL.search(plain) else ""


DAYS: Final = {
    0: ("today", "tonight", "имруз", "имшаб", "сегодня", "aujourd'hui", "ce soir"),
    1: ("tomorrow", "фардо", "завтра", "demain"),
}
"""Days from now -> how it is named. No day of the week: in Tajik Monday is the name of the capital."""
NAMED: Final = {days: re.compile(rf"\b(?:{'|'.join(words)})") for days, words in DAYS.items()}


def days_in_words(text: str) -> int | None:
    """Which day is named, counted from today; None where none is, or more than one."""
    plain = _plain(text)
    found = [days for days, words in NAMED.items() if words.search(plain)]
    return found[0] if len(found) == 1 and not UNTIL.search(plain) else None


def _plain(text: str) -> str:
    """Small letters without marks: many a keyboard has no letters of Tajik."""
    letters = text.lower().replace("ҳ", "х").replace("ъ", "").replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    return "".join(sign for sign in unicodedata.normalize("NFD", letters) if not unicodedata.combining(sign))
