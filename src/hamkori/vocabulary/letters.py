"""In which letters a colleague's name stands on a page: as they wrote it, or in Latin letters for who reads no others.

The other way round nothing is guessed: a name that was written in Latin letters stays as it is.
"""

from __future__ import annotations

from typing import Final

from hamkori.vocabulary.country import CYRILLIC

LATIN: Final = {
    "а": "a", "б": "b", "в": "v", "г": "g", "ғ": "gh", "д": "d", "е": "e", "ё": "yo", "ж": "zh", "з": "z", "и": "i",
    "ӣ": "i", "й": "y", "к": "k", "қ": "q", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s",
    "т": "t", "у": "u", "ӯ": "u", "ф": "f", "х": "kh", "ҳ": "h", "ц": "ts", "ч": "ch", "ҷ": "j", "ш": "sh",
    "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu", "я": "ya",
}  # fmt: skip


def in_letters_of(language: str, name: str) -> str:
    """The name as a reader of this language can read it."""
    return name if language in CYRILLIC else "".join(_latin(sign) for sign in name)


def _latin(sign: str) -> str:
    small = sign.lower()
    found = LATIN.get(small, sign)
    return found if sign == small or small not in LATIN else found.capitalize()
