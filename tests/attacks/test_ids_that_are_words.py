"""The database answers an id as a text, with its hyphens: that is a name among the marks, and another one than its hex.

`test_ids_that_are_bytes.py` closed the sixteen bytes. A text is taken as it is: the mark by which nothing of a request
opens any more is raised for a name that nobody asks for, and the page says that all was done.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from django.db import connection

from hamkori.casework.referral.actions import send
from hamkori.casework.referral.models import Referral
from hamkori.refusal import NotNow
from tests.attacks.counted import tried
from tests.attacks.hers import accept
from tests.attacks.owned import owner
from tests.attacks.test_former_permits import Kept, reads
from tests.attacks.test_read_again_as_another import _columns, alarms
from tests.casework.racing import LEAD, House

pytestmark = [pytest.mark.alarms, pytest.mark.usefixtures("may_make_temporary_views")]


@contextmanager
def answered_as_text(table: str, readings: int = 1, where: str = "true") -> Iterator[None]:
    """The first readings of that table in a page say its ids as texts; `whoami` makes the view."""
    names = ", ".join("as_text(c.id) as id" if name == "id" else f'c."{name}"' for name in _columns(table))
    owner(
        "create function as_text(p uuid) returns text language plpgsql stable as $do$ begin"
        " perform set_config('hkx.n', (coalesce(nullif(current_setting('hkx.n', true), ''), '0')::int + 1)::text,"
        " false);"
        f" if current_setting('hkx.n')::int >= {readings} then"
        " perform set_config('search_path', 'public,pg_temp', false); end if;"
        " return p::text; end $do$;"
        "alter function hk_now() rename to hk_now_as_made;"
        "create function hk_now() returns timestamptz language plpgsql security definer"
        " set search_path = public as $do$ begin"
        " if coalesce(current_setting('hkx.n', true), '') = '' then"
        f" create or replace temporary view {table} as select {names} from public.{table} c where {where};"
        f" grant select on pg_temp.{table} to public; perform set_config('hkx.n', '0', false);"
        " end if; return hk_now_as_made(); end $do$;"
        "grant execute on function hk_now(), as_text(uuid) to hk_app"
    )
    connection.close()
    try:
        yield
    finally:
        connection.close()
        owner("drop function hk_now(); alter function hk_now_as_made() rename to hk_now; drop function as_text(uuid)")


def withdraws(actor: Any, found: Referral) -> None:
    send.withdraw(actor, found, how_said="in_person")


def recalls(actor: Any, found: Referral) -> None:
    send.recall(actor, found, version=found.version, reason="mistake")


@pytest.mark.parametrize("ends", [withdraws, recalls])
def test_her_word_against_one_request_marks_the_request_and_not_its_spelling(house: House, ends: Any) -> None:
    _case, referral = house.sent()
    kept = Kept(referral)
    before, done = alarms(), False

    def do(actor: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("select hk_now()")
        found = Referral.objects.get(code=referral.code)
        ends(actor, found)

    with answered_as_text("referral"), suppress(NotNow):
        house.as_(LEAD, do)
        done = True
    kept.put_back()
    read: dict[str, Any] = {}
    with suppress(NotNow):
        accept(house, referral)
        read = reads(house, referral)
    told = alarms() != before
    tried()
    assert not (done and read), f"she wanted it ended, and her name is read; alarm: {told}"
