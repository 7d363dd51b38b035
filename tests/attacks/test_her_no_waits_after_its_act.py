"""Her "no" is written, and the database never answers what its page asks afterwards: it is not committed, and no mark.

What is not answered in the time of a page is marked meanwhile. That was a timer around the act, which is a savepoint of
its page; the page's transaction goes on after it (`is_being_closed`, the commit), and there the timer had been stopped.
A policy of rows sleeps there as long as the owner likes: what was sent was read on, without an alarm. The same as
test_her_no_that_is_never_answered.py, one statement later. Red on 8937fd2.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.attacks.counted import tried
from tests.attacks.hanging import SLEEPS, everything_back
from tests.attacks.owned import owner
from tests.casework.racing import House

pytestmark = pytest.mark.alarms


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
    held = everything_back(house, settings, sleeping_after_the_act)
    tried()
    assert held.waits
    assert held.read == {}, "she took everything back, and waits still"
