"""Today of whoever only supervises: what the team has not done, what they say or confirm themselves, what is in time.

What is the reader's own is one list. What is the team's stands in the lists of everybody else, in their order. Danger
stands above all; what the person said no to, and what comes later, below (ADR 145). What the team has not done always
stands above what the reader can say, but for who is looked for or has no place: no press turns the page (ADR 202).
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


def only(rows: Iterable[Due]) -> bool:
    """Whether all of these are supervised, and there are any."""
    return {one.supervised for one in rows} == {True}


def to_ask(one: Due) -> bool:
    """Accepted for today, and nobody has said that the person knows: who supervises asks there, opens nothing."""
    return one.supervised and one.for_today and one.untold


def group_of(one: Due) -> str:
    """Whose a row is: what the reader says or confirms as the team can, what is missing, what is in time."""
    if not (only_reads(one) or lacks(one) or one.not_with_them):
        return HERS
    waits = lacks(one) or one.ill or one.danger or one.unheard
    # Of a child an authority is told within hours, and nobody waits for anybody else.
    waits = waits or (one.what == "child" and one.told_there is None)
    waits = waits or to_ask(one) or one.not_with_them
    return TEAM if one.late or one.stopped or one.unread or waits else IN_TIME


def by_group(lists: Mapping[str, Rows]) -> Iterator[List]:
    """The lists in the order of that page, each as often as it has rows of another group."""
    yield "", "danger", lists["danger"]
    for group in (HERS, TEAM, IN_TIME):
        for card, rows in lists.items():
            if card not in APART:
                yield group, card, tuple(one for one in rows if group_of(one) == group)
    for card in APART[1:]:
        yield "", card, lists[card]


def lacks(one: Due) -> bool:
    """Whether somebody has no place for tonight, or is looked for."""
    return one.missing or one.not_here or one.no_place or one.awaits_place
