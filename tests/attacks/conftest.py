"""The house that the owner of its database attacks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from pytest_django import DjangoDbBlocker

if TYPE_CHECKING:
    from tests import doors
    from tests.casework.racing import House


@pytest.fixture(scope="module")
def house(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[House]:
    """One committed world for all attacks of a file; each makes a case of its own in it."""
    from django.db import transaction  # models can be imported once Django is ready

    from tests import database
    from tests.casework.racing import House
    from tests.cast import build

    with django_db_blocker.unblock():
        with transaction.atomic():
            world = build()
        yield House(world)
        database.begin_anew()


@pytest.fixture
def zarina() -> doors.Person:
    """A social worker of Umed who was invited and has accepted."""
    from tests import doors

    doors.house()
    return doors.person(doors.body("umed"), "Zarina", function="social_worker")
