"""The policy lets her "no" through in the act itself, and hides her row where it is asked before and after it.

Whether the policy lets it through is asked before the act begins, and anew where it failed (`_let_through`,
`_still_may`). That the act itself asked it, and was let through, counts for nothing. The database tells the three
apart by the row of `operation`, which stands only while the act goes on. So one policy of rows on `case_access` and any
trigger that raises undo her "no" without a mark; and where the trigger sleeps, no timer runs. ADR 0066:
"whatever of it fails after the policy let it through leaves the marks". Red on 8937fd2.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import pytest

from tests.attacks.counted import tried
from tests.attacks.hanging import SLEEPS, everything_back
from tests.attacks.owned import owner
from tests.casework.racing import House

pytestmark = pytest.mark.alarms


@contextmanager
def seen_in_the_act_alone(then: str) -> Iterator[None]:
    """Her row, where somebody asks whether she may: only where a row of this press stands in `operation`."""
    owner(
        "create or replace function in_the_act() returns boolean language plpgsql volatile security definer"
        " set search_path = public as $do$ begin"
        """ if current_query() !~* '^select [^ ]+ as "a" from "case"' then return true; end if;"""
        " return coalesce(current_setting('hk.act', true), '') = '1'; end $do$;"
        "create or replace function no_row() returns trigger language plpgsql as $do$ begin"
        f" {then} raise exception 'no'; end $do$;"
        "create or replace function no_limit() returns trigger language plpgsql as $do$ begin"
        " perform set_config('hk.act', '1', true);"  # until this savepoint is undone
        " perform set_config('statement_timeout', '0', false);"
        " perform set_config('transaction_timeout', '0', false); return new; end $do$;"
        "grant execute on function in_the_act() to hk_app;"
        'create policy in_the_act on "case_access" as restrictive for select to hk_app using (in_the_act());'
        'create trigger no_limit before insert on "operation" for each row execute function no_limit();'
        'create trigger no_row before insert on "consent" for each row execute function no_row()'
    )
    try:
        yield
    finally:
        owner(
            'drop policy in_the_act on "case_access"; drop trigger no_limit on "operation";'
            ' drop trigger no_row on "consent"; drop function in_the_act(), no_row(), no_limit()'
        )


@pytest.mark.parametrize("then", ["", f"perform pg_sleep({SLEEPS});"])
def test_what_was_sent_is_read_no_more(house: House, settings, then: str) -> None:
    held = everything_back(house, settings, partial(seen_in_the_act_alone, then))
    tried()
    assert (held.read, held.afterwards) == ({}, {}), f"she took everything back; she waits still: {held.waits}"
