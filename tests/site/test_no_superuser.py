"""A server on which nobody of the installation is a superuser: what the script then leaves open, and who says so."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql

from hamkori.site.database import roles
from hamkori.site.health import pulse, role_signs
from tests.database import CLONE, address
from tests.site.restoring import elsewhere

MANAGED = f"{CLONE}_managed"
IS_OPEN = (
    "select pg_catalog.has_table_privilege('public', 'pg_catalog.pg_stat_activity', 'select'),"
    " pg_catalog.has_function_privilege('public', 'pg_catalog.pg_advisory_lock(bigint)', 'execute'),"
    " pg_catalog.has_function_privilege('public', 'pg_catalog.pg_current_xact_id()', 'execute')"
)


@pytest.fixture
def operator(django_db_setup: None) -> Iterator[psycopg.Connection]:
    """Acts as a role that may make roles and databases, in a database that is its own."""
    superuser, name = address("postgres"), sql.Identifier(MANAGED)
    roles.ensure_database(superuser, MANAGED)
    with psycopg.connect(elsewhere(superuser, MANAGED), autocommit=True) as connection:
        connection.execute(sql.SQL("create role {} createrole createdb").format(name))
        connection.execute(sql.SQL("alter database {0} owner to {0}").format(name))
        connection.execute(sql.SQL("set role {}").format(name))
        yield connection
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute(sql.SQL("drop database {} with (force)").format(name))
        connection.execute(sql.SQL("drop role {}").format(name))


def test_without_a_superuser_nothing_is_taken_from_everybody(operator: psycopg.Connection) -> None:
    """PostgreSQL warns and goes on, so that the script seems to have done it."""
    for hides in roles.HIDDEN:
        operator.execute(hides)
    assert operator.execute(IS_OPEN).fetchone() == (True, True, True)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        operator.execute(f"create role {MANAGED}_backup {roles.ROLES['hk_backup']}")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        operator.execute(roles.OWNERS_FUNCTIONS)


def test_status_names_the_database_for_good_and_where_that_is_explained(operator: psycopg.Connection) -> None:
    """Its lines are a superuser's, and an operator without one was told nothing more: red on 3f58cb0."""
    for statement in roles.OF_THE_SUPERUSER:
        operator.execute(statement.format(database=MANAGED))
    (sign,) = role_signs.owner_of_the_database(pulse.Here(connection=operator))
    assert not sign.well
    assert f"the database is {MANAGED}'s" in sign.text
    assert "if you have no superuser on this server: see docs/operating.md" in sign.text
