"""A crash of the database server empties what holds open keys: the page says why the vault is closed, and only then."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client

from tests import doors
from tests.database import god
from tests.web.test_sign_in import ACCOUNT, UNLOCK

pytestmark = pytest.mark.django_db

IN_NO_LOG = ("vault_session", "typed")
"""What holds open keys, and what was typed and not saved."""
WHY = "The server was started again. Give your passphrase once more."


@pytest.fixture
def zarina() -> doors.Person:
    doors.house()
    return doors.person(doors.body("umed"), "Zarina", function="social_worker")


def crash() -> None:
    """What PostgreSQL does, at its start after a crash, with every table that is in no log."""
    with god():
        for table in IN_NO_LOG:
            connection.cursor().execute(f"delete from {table}")


def says_why(client: Client) -> bool:
    return WHY in client.get(UNLOCK).content.decode()


def test_only_who_was_closed_out_by_a_crash_reads_of_it(zarina: doors.Person) -> None:
    client = doors.client_for(zarina)
    client.post("/account/seal/")
    assert not says_why(client), "she closed it herself"
    crash()
    assert not says_why(client), "and a crash found nothing open"
    client.post(UNLOCK, {"passphrase": zarina.passphrase})
    crash()
    assert client.get(ACCOUNT).status_code == 200, "the session goes on"
    assert says_why(client)
    client.post(UNLOCK, {"passphrase": zarina.passphrase})
    assert client.get(ACCOUNT).wsgi_request.actor.vault_open
    client.post("/account/seal/")
    assert not says_why(client), "she closed it herself, after the crash"


def test_the_tables_of_open_keys_are_the_ones_that_a_crash_empties() -> None:
    with god(), connection.cursor() as cursor:
        cursor.execute("select relname from pg_class where relpersistence = 'u' and relkind = 'r' order by relname")
        assert [name for (name,) in cursor.fetchall()] == sorted(IN_NO_LOG)
