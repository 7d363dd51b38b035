"""What a passphrase must be like, and the words we offer instead of asking people to invent one.

Two ways are right: six of the words we offered, or at least 14 characters that are not mostly a pattern, a common
phrase, our own words or the person's own. The rule is offline and ours: what a guesser tries first is taken out of
the text, and enough must be left. It is a floor, not a measure of strength; the slow stretch and the pepper stand
behind it.
"""

import re
import secrets
import unicodedata
from collections.abc import Iterable, Sequence
from enum import StrEnum
from functools import cache
from importlib import resources

SHORTEST = 14
LONGEST = 256
OFFERED = 6
LEAST_LEFT = 8
LEAST_DISTINCT = 5


class Weakness(StrEnum):
    """Why a passphrase is refused."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    COMMON = "common"
    ABOUT_YOU = "about_you"


@cache
def words() -> tuple[str, ...]:
    """The words we offer, more than 1,024: six drawn by the machine carry at least 60 bits.

    That holds for words we drew. Six that somebody chose carry less, and nobody can tell by how much.
    """
    return tuple(word for line in _lines("words.txt") for word in line.split())


def offer_words() -> str:
    """Six words, drawn evenly and each only once, with a space between."""
    return " ".join(secrets.SystemRandom().sample(words(), OFFERED))


def weakness(typed: str, about: Sequence[str] = ()) -> Weakness | None:
    """None if this passphrase may be set; else the first thing that is wrong.

    `about`: name, e-mail, body, phone, for the check only. Spaces at the ends count: nothing is trimmed.
    """
    text = unicodedata.normalize("NFC", typed)
    if len(text) > LONGEST:
        return Weakness.TOO_LONG
    if _offered(text):
        return None
    if len(text) < SHORTEST:
        return Weakness.TOO_SHORT
    if not _enough(_left(text, _common())):
        return Weakness.COMMON
    if not _enough(_left(text, (*_pieces(about), *_common()))):
        return Weakness.ABOUT_YOU
    return None


def _lines(name: str) -> list[str]:
    text = resources.files("hamkori.vault").joinpath(name).read_text("utf-8")
    return [line for line in text.splitlines() if not line.startswith("#")]


def _offered(text: str) -> bool:
    parts = text.split(" ")
    return len(parts) == len(set(parts)) >= OFFERED and set(parts) <= set(words())


def _enough(left: str) -> bool:
    return len(left) >= LEAST_LEFT and len(set(left)) >= LEAST_DISTINCT


# What a guesser tries first -----------------------------------------------------------------------------------------

ROWS = (
    "1234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
    "йцукенгшщзхъ",
    "фывапролджэ",
    "ячсмитьбю",
    "abcdefghijklmnopqrstuvwxyz",
    "абвгдежзийклмнопрстуфхцчшщъыьэюя",
)
STEP = 4  # neighbours in a row from which on it is a walk over the keyboard

_LETTERS = str.maketrans("ғқҳҷё", "гкхче")
_DISGUISES = str.maketrans("013457@$!", "oleastasi")
_REPEATED = re.compile(r"(.{1,32}?)\1+")
_DATE = re.compile(r"(?:19|20)\d\d|\d{1,2}(?:0[1-9]|1[0-2])(?:19|20)?\d\d")
GONE = "\0"


@cache
def _common() -> tuple[str, ...]:
    """Longest first, so that a short word does not break a saying. A line that begins with = is one saying."""
    found: set[str] = set()
    for line in _lines("common.txt"):
        found.update(_fold(piece) for piece in ([line] if line.startswith("=") else line.split()))
    return tuple(sorted(found, key=len, reverse=True))


@cache
def _walks() -> frozenset[str]:
    rows = [_fold(row) for row in ROWS]
    both_ways = rows + [row[::-1] for row in rows]
    return frozenset(row[i : i + STEP] for row in both_ways for i in range(len(row) - STEP + 1))


def _fold(text: str) -> str:
    """Letters and digits only, without case, marks and the letters by which Tajik differs from Russian."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return "".join(sign for sign in plain if sign.isalnum() or sign in "@$!")


def _pieces(about: Iterable[str]) -> tuple[str, ...]:
    """The person's own words, longest first; two letters are no word."""
    found = {_fold(piece) for text in about for piece in re.split(r"[\W_]+", text)}
    return tuple(sorted((piece for piece in found if len(piece) > 2), key=len, reverse=True))


def _left(text: str, known: Iterable[str]) -> str:
    """What is not walk, date, known word or repetition."""
    rest = _DATE.sub(GONE, _without_walks(_fold(text)))
    rest = rest.translate(_DISGUISES)
    for piece in known:
        rest = rest.replace(piece.translate(_DISGUISES), GONE)
    return _REPEATED.sub(r"\1", rest).replace(GONE, "")


def _without_walks(text: str) -> str:
    walked = {
        at
        for start in range(len(text) - STEP + 1)
        if text[start : start + STEP] in _walks()
        for at in range(start, start + STEP)
    }
    return "".join(GONE if at in walked else sign for at, sign in enumerate(text))
