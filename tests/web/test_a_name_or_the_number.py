"""What to call the person, and "Use the number instead of a name": one of both counts."""

from __future__ import annotations

import pytest

from hamkori.casework.case.actions.section import open_section
from hamkori.casework.case.models import Case
from tests.web.forms_of import press
from tests.web.senders import Senders, page_text

pytestmark = pytest.mark.django_db
REFUSED = "A name is written. Take this tick away, or take the name out."
TYPED = {"call_name": "Canary-Typed", "safe_phone": "Canary-Phone"}


def _of(house: Senders, case: Case) -> tuple[object, object]:
    with house.as_() as zarina:
        found = open_section(zarina, case, section="contact").fields
    return found.get("call_name") or "", found.get("by_code")


def test_a_name_beside_the_tick_is_refused_at_its_place_and_kept(house: Senders) -> None:
    """Red before: it was saved without a word, and the case said both."""
    case = house.case(contact={"by_code": True})
    at = f"/cases/{case.code}/section/?of=contact"
    refused = press(house.browser(), at, **TYPED)
    assert refused.status_code == 400
    assert page_text(refused).count(REFUSED) >= 1
    assert all(f'value="{one}"' in refused.content.decode() for one in TYPED.values()), "what was typed stands there"
    assert _of(house, case) == ("", True)
    assert press(house.browser(), at, **TYPED, by_code=[]).status_code in (302, 303)
    assert _of(house, case) == ("Canary-Typed", False)


def test_danger_is_not_held_back_by_it(house: Senders) -> None:
    case = house.case(contact={"by_code": True})
    at = f"/cases/{case.code}/section/?of=contact"
    assert press(house.browser(), at, **TYPED, safe_to_talk="danger").status_code in (302, 303)
    assert _of(house, case) == ("Canary-Typed", False)
