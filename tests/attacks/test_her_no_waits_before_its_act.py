"""Her "no" waits for the database where it is asked whether the policy lets it through, which no timer looks at.

Who she is and which case it is has been found; the question before the act (`_let_through`) is asked without the
limit of a page by our clock, since that begins after it (`_at_the_latest`). A policy of rows takes the limit away by
the page's first reading and sleeps in that question: nothing is marked for as long as the owner likes, there is no
alarm, and a second press, which finds a held case after the act began, waits here just so. Red on 8937fd2.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.attacks.counted import tried
from tests.attacks.hanging import SLEEPS, everything_back
from tests.attacks.owned import owner
from tests.casework.racing import House

pytestmark = [pytest.mark.alarms, pytest.mark.long]


@contextmanager
def sleeping_where_it_is_asked() -> Iterator[None]:
    owner(
        "create or replace function asked() returns boolean language plpgsql volatile as $do$ begin"
        " perform set_config('statement_timeout', '0', false);"
        """ if current_query() ~* '^select [^ ]+ as "a" from "case"' then perform pg_sleep("""
        f"{SLEEPS}); end if; return true; end $do$;"
        "grant execute on function asked() to hk_app;"
        'create policy asked on "case_access" as restrictive for select to hk_app using (asked())'
    )
    try:
        yield
    finally:
        owner('drop policy asked on "case_access"; drop function asked()')


def test_what_was_sent_is_read_no_more_once_a_page_would_have_given_up(house: House, settings: Any) -> None:
    held = everything_back(house, settings, sleeping_where_it_is_asked)
    tried()
    assert held.waits
    assert held.read == {}, "she took everything back, and waits still"
