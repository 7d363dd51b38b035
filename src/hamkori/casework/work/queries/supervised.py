"""Today of whoever only supervises: what they say or confirm themselves, what the team has not done, what is in time.

What is the reader's own is one list. What is the team's stands in the lists of everybody else, in their order. Danger
stands above all; what the person said no to, and what comes later, below (ADR 145). While somebody of the team's has no
place for tonight or is looked for, the reader's own stands below what the team has not done (ADR 175).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from hamkori.casework.work.queries.due import Due

Rows = tuple[Due, ...]
HERS, TEAM, IN_TIME = "hers", "team", "in_time"
APART: Final = ("danger", "said_no", "later")
"""Lists that are nobody's in particular: the first stands above all, the others below."""
OF_BOTH: Final = ("sent.arrival", "sent.confirm")
"""Of these a supervisor says what the team can say, too."""
List = tuple[str, str, Rows]
"""Whose it is, '' of a list apart; which of the lists of Today; its rows."""


def only_reads(one: Due) -> bool:
    """Whether a supervisor can do nothing there: it is the team who asks the person."""
    return one.supervised and (one.what not in OF_BOTH or one.unagreed)


def calls_not(one: Due) -> bool:
    """Whether the team calls, and who supervises tells it: they read no number. Where one works alone they call too."""
    return one.supervised and one.no_place and not (one.stopped or one.lead_alone)


def rests(one: Due) -> bool:
    """Whether the team was told, and nothing of it is the reader's own: it stands below what still is."""
    calls = one.unread and one.calls_now
    return only_reads(one) and one.told_at is not None and one.to_look and not (one.danger or calls)


def still_theirs(lists: Mapping[str, Rows]) -> dict[str, Rows]:
    """The lists without what rests so."""
    return {card: tuple(one for one in rows if not rests(one)) for card, rows in lists.items()}


def only(rows: Iterable[Due]) -> bool:
    """Whether all of these are supervised, and there are any."""
    return {one.supervised for one in rows} == {True}


def to_ask(one: Due) -> bool:
    """Accepted for today, and nobody has said that the person knows: who supervises asks there, opens nothing."""
    return one.supervised and one.for_today and one.untold


def group_of(one: Due) -> str:
    """Whose a row is: what the reader says or confirms as the team can, what is missing, what is in time."""
    if not only_reads(one):
        return HERS
    lacks = one.missing or one.not_here or one.ill or one.no_place or one.awaits_place or one.danger or one.unheard
    # Of a child an authority is told within hours, and nobody waits for anybody else.
    lacks = lacks or (one.what == "child" and one.told_there is None)
    lacks = lacks or to_ask(one)
    return TEAM if one.late or one.stopped or one.unread or lacks else IN_TIME


def by_group(lists: Mapping[str, Rows]) -> Iterator[List]:
    """The lists in the order of that page, each as often as it has rows of another group."""
    yield "", "danger", lists["danger"]
    for group in (HERS, TEAM, IN_TIME):
        for card, rows in lists.items():
            if card not in APART:
                yield group, card, tuple(one for one in rows if group_of(one) == group)
    for card in APART[1:]:
        yield "", card, lists[card]


def parted(lists: Mapping[str, Rows]) -> Iterator[List]:
    """The lists of the page by whose their rows are: what is the reader's own is one list."""
    first, *rest = by_group(lists)
    hers = HERS, HERS, tuple(one for group, _card, rows in rest for one in rows if group == HERS)
    whole = [one for one in rest if one[0] == TEAM]
    team = [(group, card, tuple(one for one in rows if not rests(one))) for group, card, rows in whole]
    yield first
    yield from (*team, hers) if _waits(hers[2], team) else (hers, *team)
    yield "", "told", tuple(one for _group, _card, rows in whole for one in rows if rests(one))
    yield from (one for one in rest if one[0] not in (HERS, TEAM))


def _waits(hers: Rows, team: Iterable[List]) -> bool:
    """Whether what the reader can say stands below: somebody of the team's has no place for tonight or is looked for,
    and none of the reader's (ADR 0175).
    """
    lacks = any(_lacks(one) for _group, _card, rows in team for one in rows)
    return lacks and not any(_lacks(one) or one.not_with_them for one in hers)


def _lacks(one: Due) -> bool:
    return one.missing or one.not_here or one.no_place or one.awaits_place
