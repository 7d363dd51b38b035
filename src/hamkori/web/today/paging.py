"""Today in pages: the most urgent first, and each page goes on where the one before it ended."""

from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Final

from django.utils import timezone

from hamkori.casework.work.queries.today import Due, Today

PAGE: Final = 60
MOST: Final = 99
"""Beside a heading a number says how much there is; above this it says no more than "more"."""
_NEVER: Final = 10**17  # later than any time: what has no time stands last in its group

Place = tuple[int, int, str, str, str, str]


@dataclass(frozen=True)
class Shown:
    """The rows of one page, and the keys by which the pages before and after it are asked for."""

    late: tuple[Due, ...]
    due: tuple[Due, ...]
    tasks: tuple[Due, ...]
    before: str
    after: str


def page(found: Today, after: str = "", before: str = "") -> Shown:
    """The page after this key, or before that one; a key that is none asks for the first page."""
    groups = (found.late, found.due, found.tasks)
    rows = sorted(((_place(group, row), row) for group, of in enumerate(groups) for row in of), key=itemgetter(0))
    begin, end = _read(after), _read(before)
    if begin is None and end is not None:
        rest = [pair for pair in rows if pair[0] < end]
        shown, earlier, later = rest[-PAGE:], len(rest) > PAGE, True
    else:
        rest = [pair for pair in rows if begin is None or pair[0] > begin]
        shown, earlier, later = rest[:PAGE], begin is not None, len(rest) > PAGE
    late, due, tasks = (tuple(row for place, row in shown if place[0] == group) for group in range(3))
    return Shown(
        late,
        due,
        tasks,
        before=_key(shown[0][0]) if shown and earlier else "",
        after=_key(shown[-1][0]) if shown and later else "",
    )


def number(rows: tuple[Due, ...]) -> str:
    """How many there are in all, as a heading says it."""
    return str(len(rows)) if len(rows) <= MOST else f"{MOST}+"


def _place(group: int, row: Due) -> Place:
    when = row.at
    if when is None and row.on is not None:
        when = timezone.make_aware(datetime.combine(row.on, datetime.min.time()))
    since = _NEVER if when is None else int(when.timestamp() * 1_000_000)
    return group, since, row.case, row.referral, row.what, row.step


def _key(place: Place) -> str:
    return "~".join(map(str, place))


def _read(key: str) -> Place | None:
    parts = key.split("~")
    try:
        group, since, case, referral, what, step = parts
        return int(group), int(since), case, referral, what, step
    except ValueError:
        return None
