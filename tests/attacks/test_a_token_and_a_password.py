"""The password of the pages' login and a session of one's own, without the keyring: a worker who has found the
address of the database in an environment, or a stolen cookie beside it.

Red on d339dde: she was who her session says, and no page stood before what she wrote. So she stopped the desks of
others, the clock and a withdrawal. What the walls refuse to a statement inside a page is asked by all other tests here:
their connections show what the pages show.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import UUID

import psycopg
import pytest
from django.db import transaction
from psycopg import sql

from hamkori.access.models import PagesKnown
from tests.attacks.counted import tried
from tests.attacks.test_held_transactions import called, ids
from tests.casework.racing import DESK, LEAD, House
from tests.database import address, god, pages_options, raw

__all__ = ["ids"]
WHO = (LEAD, DESK)
READS = """
select c.relname from pg_class c
 where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
   and has_any_column_privilege('hk_app', c.oid, 'select')
 order by 1
"""


@contextmanager
def with_the_password(options: str = "") -> Iterator[psycopg.Connection]:
    """The pages' login as somebody else opens it."""
    with psycopg.connect(address("hk_app"), options=options) as opened:
        yield opened
        opened.rollback()


def acts(opened: psycopg.Connection, token: str) -> tuple[object, ...]:
    """Who acts, as the database says it."""
    opened.execute("select set_config('hk.token', %s, false)", [token])
    row = opened.execute("select me(), my_session(), my_user(), my_org(), (select count(*) from whoami())").fetchone()
    assert row is not None
    return row


NOBODY = (None, None, None, None, 0)


@pytest.mark.parametrize("who", WHO)
def test_they_are_nobody(house: House, who: str) -> None:
    token = house.token(who)
    with raw("hk_app") as pages:
        assert acts(pages, token)[4] == 1, "the pages are somebody with it"
    for options in ("", "-c hk.pages=", "-c hk.pages=,", f"-c hk.pages={'0' * 64}", f"-c hk.pages={token}"):
        with with_the_password(options) as opened:
            assert acts(opened, token) == NOBODY
            tried()


def test_they_read_no_row_that_is_hers(house: House) -> None:
    house.agreed(house.case())
    token = house.token(LEAD)
    with raw("hk_app") as pages, with_the_password() as opened:
        tables = [name for (name,) in pages.execute(READS).fetchall()]
        acts(pages, token)
        acts(opened, token)
        of_hers = 0
        for name in tables:
            counted = sql.SQL("select count(*) from {}").format(sql.Identifier(name))
            hers, theirs = (rows(one, counted) for one in (pages, opened))
            acts(opened, "")
            assert theirs == rows(opened, counted), f"{name}: more than nobody reads"
            acts(opened, token)
            of_hers += hers > theirs
            tried()
        assert of_hers > 10, "the pages read with it what is hers"


def rows(opened: psycopg.Connection, counted: sql.Composed) -> int:
    """How many; a table of which only some columns may be read counts as none."""
    try:
        (found,) = opened.execute(counted).fetchone() or (0,)
    except psycopg.errors.InsufficientPrivilege:
        opened.rollback()
        return 0
    return int(found)


def test_whatever_they_call_answers_as_to_nobody(house: House, ids: list[UUID]) -> None:
    token = house.token(LEAD)
    differs = 0
    with raw("hk_app") as pages, with_the_password() as opened:
        for statement in called(ids):
            hers, theirs = answer(pages, token, statement), answer(opened, token, statement)
            to_nobody = answer(opened, "", statement)
            assert theirs == to_nobody, statement
            differs += hers != to_nobody
            tried()
    assert differs > 50, "to the pages it answers"


def answer(opened: psycopg.Connection, token: str, statement: str) -> object:
    """What the database says to one call, and nothing stays of it. Moments and numbers of a row are always others."""
    opened.execute("select set_config('hk.token', %s, true)", [token])
    try:
        done = opened.execute(statement)  # type: ignore[call-overload]
        found = done.fetchall() if done.description else []
        return len(found), [[value for value in row if type(value) not in (datetime, timedelta, int)] for row in found]
    except psycopg.Error as error:
        return error.sqlstate, error.diag.message_primary
    finally:
        opened.rollback()


def test_nobody_without_the_keyring_is_written_down_as_the_pages(house: House) -> None:
    """Nor where nothing is written down yet: that takes a proof."""
    with transaction.atomic(), god():
        assert PagesKnown.objects.filter(ended_at=None).count() == 1
    with with_the_password() as opened:
        for hashed in (b"", b"x" * 32):
            with pytest.raises(psycopg.Error, match="proof refused"):
                opened.execute("select pages_come(9, %s, 0, %s)", [hashed, b"x" * 32])
            opened.rollback()
            tried()


def test_what_the_pages_show_stands_in_no_table(house: House) -> None:
    shown = pages_options().rpartition("=")[2].encode()
    with psycopg.connect(address("postgres")) as superuser:
        for (name,) in superuser.execute(
            "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'"
        ).fetchall():
            with superuser.cursor().copy(sql.SQL("copy {} to stdout").format(sql.Identifier(name))) as copied:
                text = b"".join(bytes(part) for part in copied)
            assert shown not in text, name
    tried()
