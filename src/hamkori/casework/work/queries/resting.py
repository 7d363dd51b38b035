"""What becomes of a row once the team was told: what can wait rests below, what cannot wait stays (ADR 202)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hamkori.casework.work.queries.due import Due
from hamkori.casework.work.queries.order import is_overdue, is_unasked_urgent
from hamkori.casework.work.queries.supervised import HERS, TEAM, List, Rows, by_group, lacks, only_reads


def cannot_wait(one: Due) -> bool:
    """Whether somebody is in danger, has nobody or no place tonight, or has to be called now: being told solves none
    of it.
    """
    grave = one.danger or one.has_danger or one.calls_now or one.ill or lacks(one)
    return grave or is_overdue(one) or is_unasked_urgent(one)


def rests(one: Due) -> bool:
    """Whether the team was told, and nothing of it is the reader's own: what can wait stands below what still is."""
    return only_reads(one) and one.told_at is not None and one.to_look and not cannot_wait(one)


def calls_self(one: Due) -> bool:
    """Whether the team was told of what cannot wait: who supervises reads whom to call where nobody answers."""
    return only_reads(one) and one.told_at is not None and one.to_look and cannot_wait(one)


def still_theirs(lists: Mapping[str, Rows]) -> dict[str, Rows]:
    """The lists without what rests so."""
    return {card: tuple(one for one in rows if not rests(one)) for card, rows in lists.items()}


def parted(lists: Mapping[str, Rows]) -> Iterator[List]:
    """The lists of the page by whose their rows are: what is the reader's own is one list."""
    first, *rest = by_group(lists)
    hers = HERS, HERS, tuple(one for group, _card, rows in rest for one in rows if group == HERS)
    whole = [one for one in rest if one[0] == TEAM]
    team = [(group, card, tuple(one for one in rows if not rests(one))) for group, card, rows in whole]
    yield first
    yield from (*team, hers)
    yield "", "told", tuple(one for _group, _card, rows in whole for one in rows if rests(one))
    yield from (one for one in rest if one[0] not in (HERS, TEAM))
