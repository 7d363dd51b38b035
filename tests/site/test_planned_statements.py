"""What the tests' own connection keeps planned (tests/plans.py) never hides that something was changed."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction

from tests import plans
from tests.database import address, god
from tests.site.elsewhere import bare
from tests.web.scene import Scene

pytestmark = pytest.mark.django_db
ASKS = """
import django
django.setup()
from django.db import connection
for _ in range(2):
    with connection.cursor() as cursor:
        cursor.execute("show plan_cache_mode")
        print(connection.settings_dict["OPTIONS"].get("pool") is not None, cursor.fetchone()[0])
    connection.close()
connection.close_pool()
"""
"""Twice, as two requests: what is given back to the pool is put back to what it began with."""
PEOPLE = "select count(*) from app_user where %s"
KEPT = "select count(*) from pg_prepared_statements where statement like 'select count(*) from app_user where%%'"


def said(statement: str, *values: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        return cursor.fetchone()[0] if cursor.description else None


def rolled_back() -> None:
    """As each test ends."""
    connection.connection._prepared.clear()
    said("select 1")


def keeps() -> plans.Kept:
    assert isinstance(connection.connection._prepared, plans.Kept)
    return connection.connection._prepared


def test_a_statement_outlives_a_rollback_and_has_one_plan_for_all_values(scene: Scene) -> None:
    keeps()
    for _ in range(3):
        said(PEOPLE, True)
    rolled_back()
    assert said(KEPT) == 1
    assert said("show plan_cache_mode") == "force_generic_plan"


def test_after_a_change_of_more_than_rows_the_driver_forgets_all_as_it_ever_does(scene: Scene) -> None:
    kept = keeps()
    said(PEOPLE, True)
    said(PEOPLE, True)
    with god():
        said("create table made_here (number integer)")
    assert kept.changed
    rolled_back()
    assert said(KEPT) == 0
    assert not kept.changed, "what comes after is kept again"


@pytest.mark.parametrize("statement", ["savepoint", "release savepoint", "rollback to savepoint"])
def test_what_has_a_name_is_not_counted(scene: Scene, statement: str) -> None:
    kept = keeps()
    with transaction.atomic():
        before = set(kept._counts)
        with transaction.atomic():
            transaction.set_rollback(statement.startswith("rollback"))
    assert set(kept._counts) == before
    assert not kept.changed


def test_a_policy_and_a_function_that_were_changed_count_at_once(scene: Scene) -> None:
    """Asked again and again before, so that each is planned; and after the change is undone as before it."""
    keeps()
    walled = [said(PEOPLE, True) for _ in range(4)]
    assert len(set(walled)) == 1
    with god(), transaction.atomic():
        everybody = said(PEOPLE, True)
        said("create policy open_here on app_user for select to hk_app using (true)")
        said("create function said_here() returns integer language sql as 'select 1'")
        said("grant execute on function said_here() to hk_app")
        said("set local role hk_app")
        assert said(PEOPLE, True) == everybody > walled[0]
        assert [said("select said_here()") for _ in range(3)] == [1, 1, 1]
        said("set local role hk_owner")
        said("create or replace function said_here() returns integer language sql as 'select 2'")
        said("set local role hk_app")
        assert said("select said_here()") == 2
        said("set local role hk_owner")
        transaction.set_rollback(True)
    assert said(PEOPLE, True) == walled[0]
    with pytest.raises(ProgrammingError), transaction.atomic():
        said("select said_here()")


def test_a_process_that_serves_pages_asks_for_it_itself() -> None:
    """This process' own connections have it of tests/plans.py, whatever the settings say (ADR 241)."""
    known = bare(
        DJANGO_SETTINGS_MODULE="hamkori.site.settings",
        HAMKORI_PROCESS="web",
        HAMKORI_MODE="demo",
        HAMKORI_SECRET_KEY="for this test",
        HAMKORI_DATABASE_URL=address("hk_app"),
    )
    done = subprocess.run([sys.executable, "-c", ASKS], env=known, capture_output=True, text=True, check=False)
    assert done.stdout.splitlines() == ["True force_generic_plan"] * 2, done.stderr
