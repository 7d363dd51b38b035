"""A login that could pass by the walls does not serve, and worlds do not mix."""

import psycopg
import pytest

from hamkori.site.database import startcheck, world
from hamkori.vault.keyring import Keyring
from tests.database import address, raw

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("login", ["hk_app", "hk_clock"])
def test_the_logins_of_pages_and_jobs_may_serve(login: str):
    with raw(login) as opened:
        assert startcheck.reasons(opened) == []


@pytest.mark.parametrize(
    ("login", "reason"),
    [
        ("postgres", "it may pass by row security"),
        ("hk_migrate", "it is a member of another role"),
        ("hk_backup", "it may pass by row security"),
        ("hk_test", "it is a member of another role"),
    ],
)
def test_every_stronger_login_may_not(login: str, reason: str):
    with raw(login) as opened:
        assert reason in startcheck.reasons(opened)
        with pytest.raises(startcheck.MayNotServe, match=login):
            startcheck.check(opened, "test")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("weakening", "reason"),
    [
        ("grant temporary on database {database} to public", "it may make temporary tables"),
        ("grant execute on function pg_stat_get_activity(integer) to public", "it may see what others run"),
        ("create table mine (); alter table mine owner to hk_app", "it owns a table"),
    ],
)
def test_a_database_that_was_never_closed_or_is_open_again_is_noticed(weakening: str, reason: str):
    with psycopg.connect(address("postgres"), autocommit=True) as superuser:
        superuser.execute(weakening.format(database=superuser.info.dbname))
    with raw("hk_app") as opened:
        found = startcheck.reasons(opened)
    # Another process of tests may be making its own database just now.
    assert [one for one in found if not one.startswith("it may connect to other databases: hk_clone_")] == [reason]


def test_the_tests_database_serves_the_tests_only():
    with raw("hk_app") as opened:
        startcheck.check(opened, "test")
        for mode in ("demo", "production"):
            with pytest.raises(startcheck.MayNotServe, match="holds the test world"):
                startcheck.check(opened, mode)


def test_a_database_that_nobody_has_marked_or_filled_says_so():
    with raw("postgres") as opened:
        opened.execute("delete from world")
        assert startcheck.wrong_world(opened, "production") == "nothing marks this database as the real world's"
        opened.execute("alter table world rename to elsewhere")
        assert startcheck.wrong_world(opened, "demo") == "there are no tables yet, ./hamkori migrate makes them"


def test_a_database_keeps_its_world_and_only_the_owner_names_it():
    with raw("postgres") as superuser, pytest.raises(world.OtherWorld):
        world.found(superuser, "demo", Keyring.fresh("demo"))
    with raw("hk_app") as opened, pytest.raises(psycopg.errors.InsufficientPrivilege):
        opened.execute("update world set world_code = 'demo'")
    with raw("hk_app") as opened, pytest.raises(psycopg.errors.InsufficientPrivilege):
        opened.execute("select * from session_proof")
