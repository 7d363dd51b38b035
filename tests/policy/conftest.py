"""The moments of the oracle's world, once for each process."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from pytest_django import DjangoDbBlocker

if TYPE_CHECKING:
    from tests.policy.moments import Moments


@pytest.fixture(scope="session")
def moments(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Moments]:
    """Seven committed databases. Ask for them with `at`, `raw` or `superuser`."""
    from tests.policy.moments import Moments  # models can be imported once Django is ready

    with django_db_blocker.unblock():
        found = Moments()
        try:
            found.build()
            yield found
        finally:
            found.end()
