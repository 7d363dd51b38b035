"""Her "no" hangs in the database for as long as its owner likes, and what was sent is read on meanwhile.

What she takes away was marked once its press had failed. A page lets no statement last longer than
HAMKORI_STATEMENT_SECONDS, by a setting of its connection: a function of the owner's that the press comes by first
(`operation`) sets that to nothing for the rest of it, and another one at her word sleeps. It neither fails nor is it
done; there is no mark, no alarm, and the browser waits. A process that is ended meanwhile leaves nothing at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection

from hamkori.refusal import NotNow
from tests.attacks.counted import tried
from tests.attacks.hanging import LIMIT, SLEEPS, everything_back
from tests.attacks.owned import owner
from tests.attacks.test_former_permits import reads
from tests.attacks.test_her_no_is_not_written import opened
from tests.casework.racing import House
from tests.web.consenting import page

pytestmark = [pytest.mark.alarms, pytest.mark.long]


@contextmanager
def sleeping() -> Iterator[None]:
    owner(
        "create or replace function no_limit() returns trigger language plpgsql as $do$ begin"
        " perform set_config('statement_timeout', '0', false);"
        " perform set_config('transaction_timeout', '0', false); return new; end $do$;"
        "create or replace function no_end() returns trigger language plpgsql as"
        f" $do$ begin perform pg_sleep({SLEEPS}); raise exception 'no'; end $do$;"
        'create trigger no_limit before insert on "operation" for each row execute function no_limit();'
        'create trigger no_end before insert on "consent" for each row execute function no_end()'
    )
    try:
        yield
    finally:
        owner(
            'drop trigger no_limit on "operation"; drop trigger no_end on "consent";'
            " drop function no_limit(); drop function no_end()"
        )


def test_what_was_sent_is_read_no_more_once_a_page_would_have_given_up(house: House, settings) -> None:
    held = everything_back(house, settings, sleeping)
    tried()
    assert (held.read, held.afterwards) == ({}, {}), f"she took everything back; she waits still: {held.waits}"


def test_it_does_where_the_limit_stands(house: House) -> None:
    """The same without what takes the limit away: the statement is given up, and her "no" is marked."""
    case, referral = house.accepted()
    client, form = opened(house, case)
    client.raise_request_exception = False
    with sleeping():
        owner('alter table "operation" disable trigger no_limit')
        with connection.cursor() as cursor:
            cursor.execute(f"set statement_timeout = '{LIMIT}s'")
        answer = client.post(page(case, "withdraw/"), form)
        connection.close()
    tried()
    assert answer.status_code == 503
    with pytest.raises(NotNow, match="consent_live"):
        reads(house, referral)
