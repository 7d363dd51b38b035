"""The one table of locks that all connections of the server share, filled by somebody who has a login's password.

Red on 3f5130e: `select pg_advisory_lock(g) from generate_series(1, 30000) g` of any login. Pages were answered by 503,
her word was not taken, and a superuser got no connection either.
"""

from __future__ import annotations

import psycopg
import pytest
from psycopg import sql

from hamkori.directory.actions import taking_in
from tests.attacks.counted import tried
from tests.database import address, raw

pytestmark = pytest.mark.django_db(transaction=True)

LOGINS = ("hk_app", "hk_clock", "hk_backup", "hk_migrate")
TAKES_LOCKS = """
select oid::regprocedure::text from pg_proc
 where pronamespace = 'pg_catalog'::regnamespace and proname ~ '^pg_(try_)?advisory_(xact_)?lock' order by 1
"""


@pytest.mark.parametrize("login", LOGINS)
def test_no_login_may_take_an_advisory_lock(login: str) -> None:
    with psycopg.connect(address(login), autocommit=True) as his:
        names = [name for (name,) in his.execute(TAKES_LOCKS)]
        assert len(names) == 16, "all that this server knows, and no other ones"
        allowed = set()
        for name in names:
            call = sql.SQL("select {}({})").format(
                sql.SQL(name.partition("(")[0]), sql.SQL(", ").join([sql.Literal(1)] * (1 + name.count(",")))
            )
            try:
                his.execute(call)
                allowed.add(name)
            except psycopg.errors.InsufficientPrivilege:
                tried()
        his.execute("select pg_advisory_unlock_all()")
    assert not allowed


def test_nobody_but_the_owner_holds_up_an_import() -> None:
    """The row that keeps two imports apart: who may read it may not lock it."""
    for login in ("hk_app", "hk_clock", "hk_backup"):
        with raw(login) as his, pytest.raises(psycopg.errors.InsufficientPrivilege):
            his.execute(taking_in.ALONE.encode())
        tried()
    with raw("hk_migrate") as one, raw("hk_migrate") as other:
        for importing in (one, other):
            importing.execute("set role hk_owner")
            importing.execute("set lock_timeout = '200ms'")
        assert one.execute(taking_in.ALONE.encode()).fetchone() is not None, "there is a row to lock"
        with pytest.raises(psycopg.errors.LockNotAvailable):
            other.execute(taking_in.ALONE.encode())
        tried()


@pytest.mark.parametrize("login", ["hk_app", "hk_clock", "hk_backup"])
def test_no_login_takes_numbers_of_transactions_by_asking(login: str) -> None:
    """Red on 3f5130e: 100,000 a second; after 2**31 of them, six hours, the server takes no writing any more."""
    with psycopg.connect(address(login), autocommit=True) as his:
        for asks in ("pg_current_xact_id()", "txid_current()", "pg_logical_emit_message(true, 'a', 'b')"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                his.execute(f"select {asks}".encode())
            tried()
        assert his.execute("select pg_current_xact_id_if_assigned()").fetchone() == (None,)
