"""What the tests of pages share."""

from collections.abc import Iterator

import pytest
from django.utils import timezone, translation


@pytest.fixture
def in_english() -> Iterator[None]:
    """The reader's language and place: English, in Dushanbe."""
    with translation.override("en"), timezone.override("Asia/Dushanbe"):
        yield
