"""What the tests of this floor share."""

from collections.abc import Iterator

import pytest

from hamkori import action
from tests.access.cast import Cast


@pytest.fixture(autouse=True)
def _own_actions() -> Iterator[None]:
    """Actions made in a test are of that test only."""
    before = list(action.ACTIONS)
    yield
    action.ACTIONS[:] = before


@pytest.fixture
def people() -> Cast:
    return Cast()
