"""The language in which consent was read to the person stands ready as theirs, where nobody recorded it."""

from __future__ import annotations

import pytest

from tests.web import test_short_way as way
from tests.web.senders import page_text

pytestmark = pytest.mark.django_db


def test_the_language_that_was_read_in_stands_there_and_can_be_changed(house, zarina) -> None:
    """Red before: read in Tajik, and the next organisation got "language not recorded"."""
    at = way.to_answers(zarina)
    page = zarina.get(at)
    assert "Language of the person Tajik" in page_text(page)
    assert way.goes(way.press(zarina, at, **way.AGREES, how="spoken"))
    assert way.case_of(at).language_code == "tg"
    assert "Language of the person" not in page_text(zarina.get(at)), "asked once"
    for answers, language in ((way.AGREES, "uz"), ({"police": "not_asked"}, "ru")):
        assert way.goes(
            way.press(zarina, other := way.to_answers(zarina), **answers, language_code=language, how="spoken")
        )
        assert way.case_of(other).language_code == language, "also where nothing else was answered"
    assert way.goes(way.press(zarina, other := way.to_answers(zarina), **way.AGREES, how="through_interpreter"))
    assert way.case_of(other).language_code == "unknown", "it was read to the interpreter"
