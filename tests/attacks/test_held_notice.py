"""Whoever signed in as somebody else holds the notice that says so, and she is never written to.

What is shown on Today is a row that the person herself marks as read, so her session may lock it; the worker's mails
passed over what was locked. Red on 3464221: the mail about a new browser waited as long as that browser's own SQL held
the row, and so did every other mail to her.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.core import mail
from django.db import connection, transaction

from hamkori.notices.mail import send_due
from tests.attacks.counted import tried
from tests.casework.racing import LEAD, House
from tests.database import as_role, god, raw

pytestmark = pytest.mark.usefixtures("house")

LOCKS = (
    "select id from notice for update",
    "select id from notice for no key update",
    "update notice set read_at = hk_now()",
)
"""What her own session may do with her notices, kept in an open transaction."""


@contextmanager
def in_the_new_browser(house: House) -> Iterator[psycopg.Connection]:
    """The pages' login with the session of a sign-in that was told to her."""
    with raw("hk_app") as opened:
        opened.execute("select set_config('hk.token', %s, false)", [house.token(LEAD)])
        opened.execute("select notice_device()")
        opened.commit()
        yield opened
        opened.rollback()


def her_address(house: House) -> str:
    with transaction.atomic(), god(), connection.cursor() as cursor:
        cursor.execute("select email from app_user where id = %s", [house.world.people[LEAD].user_id])
        return str(cursor.fetchone()[0])


def written_to(address: str) -> list[str]:
    """The mails that one turn of the worker hands over to her."""
    mail.outbox.clear()
    with transaction.atomic(), as_role("hk_clock"):
        send_due("https://hamkori.example/")
    return [str(one.body) for one in mail.outbox if one.to == [address]]


@pytest.mark.parametrize("statement", LOCKS)
def test_a_notice_that_is_held_is_mailed_all_the_same(house: House, statement: str) -> None:
    address = her_address(house)
    with in_the_new_browser(house) as his:
        his.execute(statement.encode())
        (told,) = written_to(address)
        assert "https://hamkori.example/account/devices/" in told, "the mail about a new browser"
        assert written_to(address) == [], "once"
    assert written_to(address) == []
    tried()


@pytest.mark.parametrize(
    "statement", ["select 1 from notice_mail for update", "delete from notice_mail", "table notice_mail"]
)
def test_the_pages_touch_nothing_of_what_is_to_be_mailed(house: House, statement: str) -> None:
    with in_the_new_browser(house) as his, pytest.raises(psycopg.errors.InsufficientPrivilege):
        his.execute(statement.encode())
    tried()
