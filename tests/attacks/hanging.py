"""A press of hers that the database holds up for longer than a page has, and what its receiver reads meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from typing import Any

from django.db import connection

from hamkori.refusal import NotNow
from tests.attacks.test_former_permits import reads
from tests.attacks.test_her_no_is_not_written import opened
from tests.casework.racing import House
from tests.web.consenting import page

LIMIT, SLEEPS = 2, 12
"""Seconds: what a statement may take here (20 where people work), and how long the owner lets her wait."""


@dataclass(frozen=True)
class Held:
    """What was read while she waited, and once that was over; whether she waited still, after three times the limit."""

    read: dict[str, Any]
    afterwards: dict[str, Any]
    waits: bool


def everything_back(house: House, settings: Any, sleeping: Callable[[], AbstractContextManager[None]]) -> Held:
    """She takes everything back of a request that was accepted."""
    settings.HAMKORI_STATEMENT_SECONDS, settings.HAMKORI_LOCK_SECONDS = LIMIT, 1
    case, referral = house.accepted()
    client, form = opened(house, case)
    client.raise_request_exception = False

    def presses() -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"set statement_timeout = '{LIMIT}s'")  # as the pages' own connections have it
        try:
            client.post(page(case, "withdraw/"), form)
        finally:
            connection.close()

    def read() -> dict[str, Any]:
        found: dict[str, Any] = {}
        with suppress(NotNow):
            found = reads(house, referral)
        return found

    with sleeping():
        pressing = threading.Thread(target=presses)
        pressing.start()
        pressing.join(3 * LIMIT)
        waits, meanwhile = pressing.is_alive(), read()
        pressing.join()
    return Held(meanwhile, read(), waits)
