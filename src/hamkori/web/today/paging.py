"""Today in pages: the gravest first, then by time, and each page goes on where the one before it ended."""

from dataclasses import dataclass
from datetime import timedelta
from operator import itemgetter
from typing import Final

from django.utils import timezone

from hamkori.casework.case.rules.age import CHILD_BANDS
from hamkori.casework.referral.rules.card import AT_RISK, URGENT
from hamkori.casework.work.queries.due import Due, is_near, start_of
from hamkori.casework.work.queries.today import Today
from hamkori.casework.work.rules.worklist import DOUBT, NATIONAL, OWN, gravity, hurry

PAGE: Final = 60
MOST: Final = 99
"""Beside a heading a number says how much there is; above this it says no more than "more"."""
CARDS: Final = ("danger", "unread", "reached", "late", "urgent", "expected", "steps", "soon", "later")
"""The lists of the page, in their order. Urgent answers and who is expected stand above next steps that are late."""
STAYS: Final = ("child", "draft", "question", "part", "part.unshared", DOUBT)
"""Rows that the reader ends, on whichever day: never later."""
_NEVER: Final = 10**17  # later than any time: what has no time stands last in its group
_CARD: Final = 1000
_RISK: Final = 100

Cards = dict[str, tuple[Due, ...]]
Place = tuple[int, int, int, str, str, str, str]


@dataclass(frozen=True)
class Shown:
    """The rows of one page, list by list, and the keys by which the pages before and after it are asked for."""

    cards: Cards
    before: str
    after: str


def cards(found: Today) -> Cards:
    """All rows, list by list. Next steps that are late have a list of their own only where somebody is expected."""
    tomorrow = timezone.localdate(found.now) + timedelta(days=1)
    urgent = tuple(row for row in found.soon if _is_urgent(row) and is_near(row, found.now))
    expected = tuple(
        row for row in found.soon if row.what == "got.arrival" and (row.came_at or (row.on and row.on <= tomorrow))
    )
    apart = OWN if expected or urgent else _CARD
    waits = tuple(row for row in found.late if not row.calls_now)
    steps = tuple(row for row in waits if _gravity(row) >= apart)
    late = tuple(row for row in waits if _gravity(row) < apart)
    rest = [row for row in found.soon if row not in expected and row not in urgent]
    later = tuple(row for row in rest if row.what not in STAYS and not row.aged and not is_near(row, found.now))
    soon = tuple(row for row in rest if row not in later)
    reached = tuple(row for row in found.rows if row.reached)
    lists = (found.danger, found.unread, reached, late, urgent, expected, steps, soon, later)
    return dict(zip(CARDS, lists, strict=True))


def _is_urgent(row: Due) -> bool:
    """An answer that somebody waits for and that was asked for urgently: theirs, or the reader's own."""
    return row.what == "sent.waiting" or (row.what in ("desk.answer", "question", DOUBT) and row.urgency == URGENT)


def page(found: Today, after: str = "", before: str = "") -> Shown:
    """The page after this key, or before that one; a key that is none asks for the first page."""
    rows = sorted(
        ((_place(card, row), row) for card, whole in cards(found).items() for row in whole),
        key=itemgetter(0),
    )
    begin, end = _read(after), _read(before)
    if begin is None and end is not None:
        rest = [pair for pair in rows if pair[0] < end]
        shown, earlier, later = rest[-PAGE:], len(rest) > PAGE, True
    else:
        rest = [pair for pair in rows if begin is None or pair[0] > begin]
        shown, earlier, later = rest[:PAGE], begin is not None, len(rest) > PAGE
    return Shown(
        {card: tuple(row for place, row in shown if place[0] // _CARD == n) for n, card in enumerate(CARDS)},
        before=_key(shown[0][0]) if shown and earlier else "",
        after=_key(shown[-1][0]) if shown and later else "",
    )


def _gravity(row: Due) -> int:
    """An urgent question, and somebody who is there already, stand first: both wait for the reader alone.

    Of the coordinator's calls those about protection, but for whom the sender says that the person came.
    """
    if row.for_a_call:
        return (0 if row.protects else 1) + (2 if row.is_said_to_have_come else 0)
    if row.is_said_to_have_come and not row.spoken:
        return OWN - 2  # of the others nobody knows anything
    if row.what in NATIONAL and not row.referral:
        return OWN - 1  # of a disputed result nobody waits for help
    first = (
        row.no_place
        or row.awaits_place
        or row.came_at is not None
        or (row.what == "question" and row.urgency == URGENT)
    )
    return 0 if first else gravity(row.what, row.step, spoken=row.spoken)


def number(rows: tuple[Due, ...]) -> str:
    """How many there are in all, as a heading says it."""
    return str(len(rows)) if len(rows) <= MOST else f"{MOST}+"


def _place(card: str, row: Due) -> Place:
    """The list, what kind of row, how urgent, then the time. Whom to call now, and what is urgent, by risk first;
    before it what waits for the reader alone.
    """
    by_risk = card in ("unread", "urgent") and row.what != "question"
    group = CARDS.index(card) * _CARD + (_at_risk(row) * _RISK if by_risk else 0) + _gravity(row)
    when = row.at or start_of(row.on)
    since = _NEVER if when is None else int(when.timestamp() * 1_000_000)
    return group, hurry(row.what, row.urgency, row.risk), since, row.case, row.referral, row.what, row.step


def _at_risk(row: Due) -> int:
    """Who has no place for tonight, then everybody else; in each a child first, then by risk."""
    child, homeless = row.age_band in CHILD_BANDS, row.no_place or row.awaits_place
    if child and (homeless or row.risk == "high"):
        place = 0
    elif row.risk == "high":
        place = 1
    else:
        place = 2 if row.risk in AT_RISK else 3
    return place if homeless else place + 4


def _key(place: Place) -> str:
    return "~".join(map(str, place))


def _read(key: str) -> Place | None:
    parts = key.split("~")
    try:
        group, urgent, since, case, referral, what, step = parts
        return int(group), int(urgent), int(since), case, referral, what, step
    except ValueError:
        return None
