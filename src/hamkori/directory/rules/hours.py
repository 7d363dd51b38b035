"""Weekly opening as stretches (day 1 to 7, minutes from midnight), local time."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

DAY = 1440
LONGEST_SEARCH = timedelta(days=8)


class Stretch(NamedTuple):
    """One opening: day 1 is Monday; minutes from midnight, closing later than opening, at most 1440."""

    day: int
    opens: int
    closes: int


def stretches(day: int, opens: int, closes: int) -> list[Stretch]:
    """A day's opening, cut at midnight when it closes on the next day. Equal times: day and night."""
    if opens == closes:
        return [Stretch(day, 0, DAY)]
    if closes > opens:
        return [Stretch(day, opens, closes)]
    parts = [Stretch(day, opens, DAY)]
    return [*parts, Stretch(day % 7 + 1, 0, closes)] if closes else parts


def merged(week: Iterable[Stretch]) -> list[Stretch]:
    """The week in order, with stretches that touch or overlap made one."""
    result: list[Stretch] = []
    for stretch in sorted(week):
        last = result[-1] if result else None
        if last and last.day == stretch.day and stretch.opens <= last.closes:
            result[-1] = last._replace(closes=max(last.closes, stretch.closes))
        else:
            result.append(stretch)
    return result


def day_and_night(week: Sequence[Stretch]) -> bool:
    """Whether it never closes."""
    return sum(closes - opens for _, opens, closes in merged(week)) == 7 * DAY


def closed_throughout(week: Sequence[Stretch], start: datetime, end: datetime) -> bool:
    """Whether the desk is closed for all of this time (aware, local zone). Hours not known: nobody can say so."""
    if not week or end <= start or end - start > LONGEST_SEARCH:
        return False
    midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
    while midnight < end:
        for stretch in week:
            if stretch.day == midnight.isoweekday():
                opens, closes = (midnight + timedelta(minutes=minutes) for minutes in stretch[1:])
                if opens < end and start < closes:
                    return False
        midnight += timedelta(days=1)
    return True


def opens_next(week: Sequence[Stretch], at: datetime) -> datetime | None:
    """When a desk that is closed opens next (aware, local zone); None: its hours are not known."""
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    ahead = (
        midnight + timedelta(days=days, minutes=stretch.opens)
        for days in range(LONGEST_SEARCH.days)
        for stretch in sorted(week)
        if stretch.day == (midnight + timedelta(days=days)).isoweekday()
    )
    return next((opens for opens in ahead if opens >= at), None)


def clock(minutes: int) -> str:
    """Minutes from midnight as 08:00; the end of a day is 24:00."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
