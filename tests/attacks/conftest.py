"""The house that the owner of its database attacks."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg import sql
from pytest_django import DjangoDbBlocker

if TYPE_CHECKING:
    from tests import doors
    from tests.casework.racing import House


@pytest.fixture(scope="module")
def house(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[House]:
    """One committed world for all attacks of a file; each begins in it with a case of its own."""
    from tests.casework.kept_house import kept_house  # it reads models, which can be imported once Django is ready

    with kept_house(django_db_blocker) as made:
        yield made


@pytest.fixture(autouse=True)
def house_begins() -> None:
    """What a test does first, while nobody has done anything else in the house, may be kept from a test before."""
    _begins()


def _begins() -> None:
    kept = sys.modules.get("tests.casework.kept_house")
    if kept is not None:
        kept.a_test_begins()


@pytest.fixture
def zarina() -> doors.Person:
    """A social worker of Umed who was invited and has accepted."""
    from tests import doors

    doors.house()
    return doors.person(doors.body("umed"), "Zarina", function="social_worker")


@pytest.fixture
def may_make_temporary_views(django_db_setup: None) -> Iterator[None]:
    """As it was before `roles.CLOSED` took it from him: a function of the owner's makes a temporary view.

    What such a view shows to one connection, a view that he puts in the place of the table itself shows to all: that is
    his to do as the owner of the schema, only clumsier to write. So a test that makes temporary ones still shows what
    must hold against him.
    """
    from tests.database import CLONE, address  # asks for Django's settings

    def gives(statement: str) -> None:
        with psycopg.connect(address("postgres"), autocommit=True) as superuser:
            superuser.execute(sql.SQL(statement).format(sql.Identifier(CLONE)))

    gives("grant temporary on database {} to hk_owner")
    _begins()  # that was no row
    yield
    gives("revoke temporary on database {} from hk_owner")
