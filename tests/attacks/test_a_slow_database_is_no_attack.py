"""Her "no" is written by a slow but honest database: that is no attack, and nobody is alarmed.

What is not over in the time of a page (`HAMKORI_LOCK_SECONDS` + `HAMKORI_STATEMENT_SECONDS`) is marked by our clock.
But that is what one statement may take after one wait; a press has some twenty statements and several waits, and nobody
did anything wrong. It was written, the page said so, and the file of alarms that her word was changed. Red on 8937fd2.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

from tests.attacks.hers import version_of
from tests.attacks.owned import owner
from tests.attacks.test_her_no_is_not_written import opened
from tests.attacks.test_read_again_as_another import alarms
from tests.casework.racing import House
from tests.web.consenting import form_of, page

pytestmark = pytest.mark.alarms

LIMIT, SLOW = 2, 1.4


@contextmanager
def slow(*tables: str) -> Iterator[None]:
    """What it writes takes it that long: each of it less than a statement may take."""
    owner(
        "create or replace function slow() returns trigger language plpgsql as"
        f" $do$ begin perform pg_sleep({SLOW}); return null; end $do$"
    )
    for table in tables:
        owner(f'create trigger slow after insert on "{table}" for each statement execute function slow()')
    try:
        yield
    finally:
        for table in tables:
            owner(f'drop trigger slow on "{table}"')
        owner("drop function slow()")


@pytest.mark.parametrize(
    "answers", [{"a_shelter_social_help": "no"}, {"a_shelter_social_help": "no", "a_legal_help": "yes"}]
)
def test_her_no_is_written_and_nobody_is_alarmed(house: House, settings: Any, answers: dict[str, str]) -> None:
    settings.HAMKORI_STATEMENT_SECONDS, settings.HAMKORI_LOCK_SECONDS = LIMIT, 1
    case, _referral = house.accepted()
    client, _form = opened(house, case)
    how = {"language": "tg", "read": "on", "how_given": "spoken", "how_said": "in_person", "seen": "1"}
    form = form_of(client.get(page(case))) | answers | how
    before = alarms()
    with connection.cursor() as cursor:
        cursor.execute(f"set statement_timeout = '{LIMIT}s'")
    with slow("operation", "consent", "consent_row", "notice"):
        answer = client.post(page(case), form)
    connection.close()
    assert (answer.status_code, alarms()[len(before) :]) == (303, "")


def test_her_yes_is_written_though_what_the_page_shows_came_too_late(house: House) -> None:
    """Reading took longer than a statement may; the act reads what it needs by itself, and nobody has spoilt it."""
    case = house.case()
    house.agreed(case)
    client, _form = opened(house, case)
    yes = form_of(client.get(page(case))) | {
        "a_legal_help": "yes",
        "language": "tg",
        "read": "on",
        "how_given": "spoken",
    }
    before = alarms()
    owner(
        "create or replace function in_time() returns boolean language plpgsql volatile as $do$ begin"
        " if current_query() ~ 'consent_row.*ORDER BY' and current_query() !~ 'LIMIT' then"
        " raise exception 'no' using errcode = '57014'; end if; return true; end $do$;"
        "grant execute on function in_time() to hk_app;"
        'create policy in_time on "consent" as restrictive for select to hk_app using (in_time())'
    )
    try:
        shown = client.post(page(case), yes)
        answer = client.post(page(case), form_of(shown))  # it may end something, which is said before
    finally:
        owner('drop policy in_time on "consent"; drop function in_time()')
    assert (answer.status_code, alarms()[len(before) :]) == (303, "")
    assert version_of(case)["number"] == 2
