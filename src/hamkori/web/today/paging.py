"""Today in pages: in the order of its lists, and each page goes on where the one before it ended."""

from dataclasses import dataclass
from operator import itemgetter
from typing import Final

from hamkori.casework.work.queries.due import Due
from hamkori.casework.work.queries.order import CARD, CARDS, Cards, Place, place

PAGE: Final = 60
MOST: Final = 99
"""Beside a heading a number says how much there is; above this it says no more than "more"."""


@dataclass(frozen=True)
class Shown:
    """The rows of one page, list by list, and the keys by which the pages before and after it are asked for."""

    cards: Cards
    before: str
    after: str


def page(whole: Cards, after: str = "", before: str = "") -> Shown:
    """The page after this key, or before that one; a key that is none asks for the first page."""
    rows = sorted(((place(card, row), row) for card, found in whole.items() for row in found), key=itemgetter(0))
    begin, end = _read(after), _read(before)
    if begin is None and end is not None:
        rest = [pair for pair in rows if pair[0] < end]
        shown, earlier, later = rest[-PAGE:], len(rest) > PAGE, True
    else:
        rest = [pair for pair in rows if begin is None or pair[0] > begin]
        shown, earlier, later = rest[:PAGE], begin is not None, len(rest) > PAGE
    return Shown(
        {card: tuple(row for at, row in shown if at[0] // CARD == n) for n, card in enumerate(CARDS)},
        before=_key(shown[0][0]) if shown and earlier else "",
        after=_key(shown[-1][0]) if shown and later else "",
    )


def number(rows: tuple[Due, ...]) -> str:
    """How many there are in all, as a heading says it."""
    return str(len(rows)) if len(rows) <= MOST else f"{MOST}+"


def _key(at: Place) -> str:
    return "~".join(map(str, at))


def _read(key: str) -> Place | None:
    parts = key.split("~")
    try:
        group, urgent, since, case, referral, what, step = parts
        return int(group), int(urgent), int(since), case, referral, what, step
    except ValueError:
        return None
