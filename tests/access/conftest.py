"""What the tests of this floor share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.access.cast import Cast


@pytest.fixture(autouse=True)
def _own_actions() -> Iterator[None]:
    """Actions made in a test are of that test only."""
    from hamkori import action  # not before Django has its apps

    before = list(action.ACTIONS)
    yield
    action.ACTIONS[:] = before


@pytest.fixture
def people() -> Cast:
    from tests.access.cast import Cast

    return Cast()
