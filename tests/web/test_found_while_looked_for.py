"""A place was found for who did not come to an organisation: what is asked first is said, and of which place."""

from __future__ import annotations

import pytest

from tests.cast import pass_time
from tests.web.senders import Senders, page_text
from tests.web.test_place_found import file, found, pressed, today
from tests.web.test_recorded_meanwhile import RECORDS, expected

pytestmark = pytest.mark.django_db

SAFE = "Nobody has said yet whether the person is safe: Today asks that first."
ASKS = "Today asks whether the person got there."
NEWER = "people the person knows"


def test_while_somebody_is_looked_for_it_is_said_what_is_asked_first(house: Senders) -> None:
    """Red before: "Today asks whether the person got there", and Today asked whether the person is safe."""
    case, sent = expected(house)
    pass_time(minutes=1)
    RECORDS["miss"][0](house, case, sent)
    pass_time(minutes=1)
    said = found(house, case)
    assert SAFE in said
    assert ASKS not in said
    assert "did the person get there?" not in today(house)
    page = page_text(house.browser().get(f"/cases/{case.code}/"))
    box = page.partition("What is next")[2].partition("Say that they got to the place")[0]
    assert "A place for tonight was found today" in box, "the answer says of which place"
    assert NEWER in box
    pressed(house, case, "place-reached")
    assert "Say that they got to the place" not in file(house, case)
