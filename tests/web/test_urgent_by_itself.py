"""What is needed tonight or today is urgent: how soon is asked of the rest."""

from __future__ import annotations

import pytest

from tests.web import test_short_way as way
from tests.web.senders import page_text

pytestmark = pytest.mark.django_db


def test_what_is_needed_tonight_or_today_is_urgent_without_being_asked(zarina) -> None:
    """Red before: a doctor was needed today, and "Say how soon" stood in the way."""
    at = way.goes(way.press(zarina, way.to_need(zarina), doctor="today", do="go"))
    assert "urgency=urgent" in at
    at = way.goes(way.press(zarina, way.to_need(zarina), tonight="needs", urgency="within_a_day", do="go"))
    assert "urgency=within_a_day" in at, "what was chosen stands"
    assert way.press(zarina, way.to_need(zarina), doctor="soon", do="go").status_code == 400


def test_where_nobody_is_listed_nothing_is_announced_below(zarina) -> None:
    """Red before: "What prevents it is below", and nothing was; an empty choice had a default, it said."""
    page = page_text(zarina.get(at := way.to_need(zarina)))
    assert "For other help alone, choose one." in page
    shown = page_text(zarina.get(way.goes(way.press(zarina, at, more=["child_things"], urgency="normal", do="go"))))
    assert "What prevents it is below" not in shown
    assert "Nobody is listed for this help" in shown
