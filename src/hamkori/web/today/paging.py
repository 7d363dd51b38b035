"""Today in pages: the gravest first, then by time, and each page goes on where the one before it ended."""

from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Final

from django.utils import timezone

from hamkori.casework.work.queries.due import Due, is_near
from hamkori.casework.work.queries.today import Today
from hamkori.casework.work.rules.worklist import gravity

PAGE: Final = 60
MOST: Final = 99
"""Beside a heading a number says how much there is; above this it says no more than "more"."""
_NEVER: Final = 10**17  # later than any time: what has no time stands last in its group
_SOON: Final = 100  # groups below it are late or stopped
_LATER: Final = 100  # of what comes soon: what is due on another day

Place = tuple[int, int, str, str, str, str]


@dataclass(frozen=True)
class Shown:
    """The rows of one page, and the keys by which the pages before and after it are asked for."""

    danger: tuple[Due, ...]
    late: tuple[Due, ...]
    soon: tuple[Due, ...]
    before: str
    after: str


def page(found: Today, after: str = "", before: str = "") -> Shown:
    """The page after this key, or before that one; a key that is none asks for the first page."""
    rows = sorted(
        (
            *((_place(gravity(row.what, row.step), row), row) for row in (*found.danger, *found.late)),
            *((_place(_SOON + _turn(row, found.now), row), row) for row in found.soon),
        ),
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
        tuple(row for _place, row in shown if row.danger),
        tuple(row for place, row in shown if place[0] < _SOON and not row.danger),
        tuple(row for place, row in shown if place[0] >= _SOON),
        before=_key(shown[0][0]) if shown and earlier else "",
        after=_key(shown[-1][0]) if shown and later else "",
    )


def number(rows: tuple[Due, ...]) -> str:
    """How many there are in all, as a heading says it."""
    return str(len(rows)) if len(rows) <= MOST else f"{MOST}+"


def _turn(row: Due, at: datetime) -> int:
    return gravity(row.what, row.step) + (0 if is_near(row, at) or row.what in ("child", "draft") else _LATER)


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
