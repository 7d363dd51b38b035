"""What is needed tonight or today is urgent: how soon is asked of the rest."""

from __future__ import annotations

import pytest

from tests.web import test_short_way as way

pytestmark = pytest.mark.django_db


def test_what_is_needed_tonight_or_today_is_urgent_without_being_asked(zarina) -> None:
    """Red before: a doctor was needed today, and "Say how soon" stood in the way."""
    at = way.goes(way.press(zarina, way.to_need(zarina), doctor="today", do="go"))
    assert "urgency=urgent" in at
    at = way.goes(way.press(zarina, way.to_need(zarina), tonight="needs", urgency="within_a_day", do="go"))
    assert "urgency=within_a_day" in at, "what was chosen stands"
    assert way.press(zarina, way.to_need(zarina), doctor="soon", do="go").status_code == 400
