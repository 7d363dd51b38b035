"""The cases that are red or urgent on Today, in its order, for the list of cases: one order on both pages."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from hamkori.access.actor import Actor
from hamkori.casework.work.queries import beside, order, own
from hamkori.casework.work.queries.today import Today


def red_cases(actor: Actor, at: datetime) -> list[UUID]:
    """Their keys, the most urgent first. What a desk asks stands for the answer that it waits with: the same hour.

    Six queries.
    """
    cases, sent, ended = own.cases(actor, at), own.sent(actor, at), own.ended(actor)
    rows = own.rows(cases, sent, ended, own.clocks({pair.referral_id for pair in sent}), {}, frozenset(), at)
    rows = beside.opening(beside.asked_again_once(rows), sent, at)
    by_key = {row.case_id: row.case for row in cases}
    found = Today(now=at, rows=tuple(rows), next_at=None, cases=by_key, referrals={}, bodies={})
    keys = {case.code: pk for pk, case in by_key.items()}
    return [keys[code] for code in order.cases_in_order(order.cards(found))]
