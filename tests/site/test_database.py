"""The floor of the other tests: who they are, and that one leaves nothing to the next."""

import psycopg
import pytest
from django.db import DatabaseError, ProgrammingError, connection, transaction

from hamkori.site.database import roles
from tests.database import as_role, god, raw


def whoami() -> object:
    with connection.cursor() as cursor:
        cursor.execute("select current_user where %s", [True])
        return cursor.fetchone()[0]


@pytest.mark.django_db
def test_a_test_is_the_app_and_may_look_behind_the_walls_for_a_moment():
    assert whoami() == "hk_app"
    with god():
        assert whoami() == "hk_owner"
    assert whoami() == "hk_app"


@pytest.mark.django_db
def test_an_error_behind_the_walls_does_not_leave_the_test_there():
    with pytest.raises(DatabaseError, match="nowhere"), god(), connection.cursor() as cursor:
        cursor.execute("select * from nowhere where %s", [True])
    assert whoami() == "hk_app"
    with as_role("hk_clock"):
        assert whoami() == "hk_clock"


@pytest.mark.django_db
def test_the_app_may_make_nothing():
    for statement in ("create table mine (a int)", "create temporary table mine (a int)", "create schema mine"):
        refused = pytest.raises(ProgrammingError, match="permission denied")
        with refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "makes", ["create temporary view ledger as select 1 as id", "create temporary table ledger (id bigint)"]
)
def test_the_owner_makes_nothing_that_is_looked_up_before_our_tables(makes: str):
    """Red while he might: a function of his that a page called made it in the page's own connection."""
    refused = pytest.raises(ProgrammingError, match="permission denied to create temporary tables")
    with god(), refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(makes)
    with god(), connection.cursor() as cursor:
        cursor.execute(
            "create function his() returns void language plpgsql security definer set search_path = public as"
            f" $$ begin {makes}; end $$"
        )
        cursor.execute("grant execute on function his() to hk_app")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select his()")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_what_one_test_commits_the_next_does_not_find(turn: int):
    with god(), connection.cursor() as cursor:
        cursor.execute("select to_regclass('left_behind') where %s", [True])
        assert cursor.fetchone()[0] is None
        cursor.execute("create table left_behind (a int)")
        cursor.execute("grant select on left_behind to hk_app")
    with raw("hk_app") as opened:
        assert opened.execute("select count(*) from left_behind").fetchone() == (0,)


@pytest.mark.django_db
@pytest.mark.parametrize("login", ["hk_app", "hk_clock"])
def test_the_real_logins_own_nothing_and_see_nobody_elses_statements(login: str):
    with raw(login) as opened:
        assert opened.execute("select session_user, current_user").fetchone() == (login, login)
        assert opened.execute(
            "select count(*) from pg_auth_members where member = session_user::regrole"
        ).fetchone() == (0,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            opened.execute("select query from pg_stat_activity")
        opened.rollback()
        for becomes in ("hk_owner", "hk_migrate", "postgres"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                opened.execute("select set_config('role', %s, true)", [becomes])
            opened.rollback()
        for statement in ("select pg_terminate_backend(1)", "select lo_create(0)", "create temporary table t (a int)"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                opened.execute(statement)
            opened.rollback()


def test_the_script_for_a_foreign_server_names_every_role():
    text = roles.script()
    for role in roles.ROLES:
        assert f"create role {role} " in text
    assert "hk_test" not in text
