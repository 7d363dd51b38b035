"""The cases that are red or urgent on Today, in its order, for the list of cases: one order on both pages."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from hamkori.access.actor import Actor
from hamkori.casework.work.queries import order
from hamkori.casework.work.queries.today import of_own_cases


def red_cases(actor: Actor, at: datetime) -> list[UUID]:
    """Their keys, the most urgent first. What a desk asks stands for the answer that it waits with: the same hour."""
    found = of_own_cases(actor, at)
    ids = {case.code: pk for pk, case in found.cases.items()}
    return [ids[code] for code in order.cases_in_order(order.cards(found))]
