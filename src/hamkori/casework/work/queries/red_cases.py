"""The cases and referrals that are red or urgent on Today, in its order, for the lists of both: one order for all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hamkori.access.actor import Actor
from hamkori.access.context import now
from hamkori.casework.work.queries import beside, here_now, order, own
from hamkori.casework.work.queries.due import Due
from hamkori.casework.work.queries.order import Cards
from hamkori.casework.work.queries.today import Today


def red_cases(actor: Actor, at: datetime) -> list[UUID]:
    """Their keys, the most urgent first. Six queries."""
    by_code, lists = _own(actor, at)
    return [by_code[code] for code in order.cases_in_order(lists)]


@dataclass(frozen=True)
class OfReferrals:
    """What Today says of what was sent: the numbers of those that are red or urgent, the most urgent first.

    `stopped`: the rows of those that stopped without help, by their numbers. `gone`: the numbers of those of whom their
    desk says that the person is not there.
    """

    first: Sequence[str]
    stopped: Mapping[str, Due]
    gone: frozenset[str]


def red_referrals(actor: Actor) -> OfReferrals:
    """What the list of referrals takes over from Today. Six queries."""
    lists = _own(actor, now())[1]
    stopped = {row.referral: row for rows in lists.values() for row in rows if row.stopped}
    gone = frozenset(row.referral for rows in lists.values() for row in rows if row.not_with_them)
    return OfReferrals(order.referrals_in_order(lists), stopped, gone)


def _own(actor: Actor, at: datetime) -> tuple[dict[str, UUID], Cards]:
    """The actor's cases by their numbers, and the lists of Today of these. What a desk asks stands for the answer that
    it waits with: the same hour.
    """
    cases, sent, ended = own.cases(actor, at), own.sent(actor, at), own.ended(actor)
    rows = own.rows(cases, sent, ended, own.clocks({pair.referral_id for pair in sent}), {}, frozenset(), at)
    rows = beside.opening(beside.asked_again_once(rows), sent, at)
    rows = here_now.of_children(cases, rows, at, {})
    by_key = {row.case_id: row.case for row in cases}
    found = Today(now=at, rows=tuple(rows), next_at=None, cases=by_key, referrals={}, bodies={})
    return {case.code: pk for pk, case in by_key.items()}, order.cards(found)
