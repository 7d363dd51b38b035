"""Her "no" is written, and the database never answers what its page asks afterwards: it is not committed, and no mark.

What is not answered in the time of a page is marked meanwhile. That was a timer around the act, which is a savepoint of
its page; the page's transaction goes on after it (`is_being_closed`, the commit), and there the timer had been stopped.
A policy of rows sleeps there as long as the owner likes: what was sent was read on, without an alarm. The same as
test_her_no_that_is_never_answered.py, one statement later. Red on 8937fd2.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from django.db import connection

from hamkori.refusal import NotNow
from tests.attacks.counted import tried
from tests.attacks.owned import owner
from tests.attacks.test_former_permits import reads
from tests.attacks.test_her_no_is_not_written import opened
from tests.attacks.test_read_again_as_another import alarms
from tests.casework.racing import House
from tests.web.consenting import page

pytestmark = pytest.mark.alarms

LIMIT, SLEEPS = 2, 12


@contextmanager
def sleeping_after_the_act() -> Iterator[None]:
    hits = owner("select pg_get_functiondef('consent_hits'::regproc) as made")[0]["made"]
    owner(
        "create or replace function no_limit() returns trigger language plpgsql as $do$ begin"
        " perform set_config('statement_timeout', '0', false);"
        " perform set_config('transaction_timeout', '0', false); return new; end $do$;"
        "create or replace function no_end() returns boolean language plpgsql volatile as $do$ begin"
        " if current_query() !~ 'referral_word' then return true; end if;"
        " if current_query() ~ 'ORDER BY' then return false; end if;"
        f" perform pg_sleep({SLEEPS}); return true; end $do$;"
        'create trigger no_limit before insert on "operation" for each row execute function no_limit();'
        "grant execute on function no_end() to hk_app;"
        'create policy no_end on "referral_origin" as restrictive for select to hk_app using (no_end());'
    )
    owner(hits[: hits.index("AS $")] + "AS $x$ begin return; end $x$")
    try:
        yield
    finally:
        owner(hits)
        owner(
            'drop trigger no_limit on "operation"; drop policy no_end on "referral_origin";'
            " drop function no_limit(); drop function no_end()"
        )


def test_what_was_sent_is_read_no_more_once_a_page_would_have_given_up(house: House, settings) -> None:
    settings.HAMKORI_STATEMENT_SECONDS, settings.HAMKORI_LOCK_SECONDS = LIMIT, 1
    case, referral = house.accepted()
    client, form = opened(house, case)
    client.raise_request_exception = False
    answers: list[int] = []

    def presses() -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"set statement_timeout = '{LIMIT}s'")  # as the pages' own connections have it
        try:
            answers.append(client.post(page(case, "withdraw/"), form).status_code)
        finally:
            connection.close()

    before = alarms()
    with sleeping_after_the_act():
        pressing = threading.Thread(target=presses)
        pressing.start()
        time.sleep(3 * LIMIT)
        told, waits, read = alarms() != before, pressing.is_alive(), dict[str, Any]()
        with suppress(NotNow):
            read = reads(house, referral)
        pressing.join()
    tried()
    assert waits, f"she waits still: {answers}"
    assert read == {}, f"she took everything back; she waits still: {waits}, alarm: {told}"
