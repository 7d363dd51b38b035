"""What is needed tonight or today is urgent: how soon is asked of the rest."""

from __future__ import annotations

import re

import pytest

from hamkori.casework.case.models import Case
from hamkori.web.words.lists import label
from tests.database import god
from tests.web import test_short_way as way
from tests.web.forms_of import fields
from tests.web.senders import page_text
from tests.web.test_short_way_of_a_child import CHILD, read_to_a_child
from tests.web.test_the_way_on import another

pytestmark = pytest.mark.django_db


def test_what_is_needed_tonight_or_today_is_urgent_without_being_asked(zarina) -> None:
    """Red before: a doctor was needed today, and "Say how soon" stood in the way."""
    at = way.goes(way.press(zarina, way.to_need(zarina), doctor="today", do="go"))
    assert "urgency=urgent" in at
    at = way.goes(way.press(zarina, way.to_need(zarina), tonight="needs", urgency="within_a_day", do="go"))
    assert "urgency=within_a_day" in at, "what was chosen stands"
    assert way.press(zarina, way.to_need(zarina), doctor="soon", do="go").status_code == 400


def test_of_a_child_at_risk_urgent_is_chosen(house, zarina) -> None:
    """Red before: of an adult in danger it was, for the bed; of a child at risk who has a bed nothing was."""
    at = way.goes(way.press(zarina, read_to_a_child(zarina), **way.AGREES, **CHILD, how="child_speaker"))
    assert not fields(zarina.get(at)).get("urgency")
    with god():
        Case.objects.filter(pk=way.case_of(at).pk).update(risk_code="raised")
    assert "urgent" in fields(zarina.get(at))["urgency"]


def test_something_for_a_child_finds_child_protection_and_the_doctor_of_this_week_waits(house, zarina) -> None:
    """Red before: nobody was listed, and nothing was said of the doctor who may be told."""
    another(house, "legal-aid", service_code="CHILD-01", admission_codes=["children"])
    at = read_to_a_child(zarina)
    yes = {**way.AGREES, "a_health_help": "yes"}
    need = way.goes(way.press(zarina, at, **yes, **CHILD, how="child_speaker"))
    assert "Something for a child, or a social service" in page_text(zarina.get(need)), "what it finds of a child"
    said = {"more": ["child_things"], "doctor": "soon", "urgency": "urgent", "child_contact": "Canary-Guardianship"}
    found = zarina.get(way.goes(way.press(zarina, need, **said, do="go")))
    shown = page_text(found)
    assert "Nobody is listed" not in shown
    assert label("service", "CHILD-01") in shown
    assert "Still to ask: a doctor. Ask a doctor" in shown
    doctors = re.search(r'href="([^"]*need=HEALTH[^"]*)"', found.content.decode())
    assert doctors
    assert "Still to ask: a doctor" not in page_text(zarina.get(doctors[1].replace("&amp;", "&")))


def test_where_nobody_is_listed_nothing_is_announced_below(zarina) -> None:
    """Red before: "What prevents it is below", and nothing was; an empty choice had a default, it said."""
    page = page_text(zarina.get(at := way.to_need(zarina)))
    assert "For other help alone, choose one." in page
    assert "or a social service" not in page, "of an adult it finds none"
    shown = page_text(zarina.get(way.goes(way.press(zarina, at, more=["child_things"], urgency="normal", do="go"))))
    assert "What prevents it is below" not in shown
    assert "Nobody is listed for this help" in shown
