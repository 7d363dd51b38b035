"""A child whom nobody brought: one no is no no to everything, and what is lacking is named where it can be written."""

from __future__ import annotations

import pytest

from tests import doors
from tests.web.senders import Senders, page_text
from tests.web.test_a_childs_no_stays_a_no import alone
from tests.web.test_place_found import today
from tests.web.test_short_way import NEEDS, case_of, press, to_consent

pytestmark = pytest.mark.django_db
TO_ALL = "The person said no to everything"
WAITS = "Nothing can be sent until an adult answers for the child."
SPOKEN = {"speaker": "guardianship_body", "child_answer": "agrees", "as_child": True}


def test_a_no_to_the_police_beside_a_yes_is_no_no_to_everything(zarina: doors.DoorClient) -> None:
    """Red before: "Ask for consent again only if the person raises it", and nobody asked an adult."""
    need = alone(zarina)
    case = case_of(need)
    at = f"/cases/{case.code}/first/?step=need"
    press(zarina, at, **NEEDS, child_contact="Canary-Guardianship", do="save")
    page = page_text(zarina.get(f"/cases/{case.code}/"))
    assert (TO_ALL in page, WAITS in page) == (False, True)


def test_a_registration_that_was_left_says_that_it_is_a_child(house: Senders, zarina: doors.DoorClient) -> None:
    """Red before: "Finish the registration" and a number."""
    to_consent(zarina, age_band_code="a9_17")
    assert "9‑17" in today(house).partition("Finish the registration")[2][:200]


def test_who_is_told_for_the_child_is_written_where_the_page_says_so(house: Senders) -> None:
    """Red before: a sentence without a way, after "I have told the person. Send"."""
    case = house.case({"age_band_code": "a9_17", "sex_code": "female"}, contact={"call_name": "canary"})
    house.agreed(case, **SPOKEN)
    refused = house.browser().post(f"/cases/{case.code}/refer/", house.screen(case))
    assert refused.status_code == 409
    assert "Name a guardianship or child protection contact." in page_text(refused)
    way = f"/cases/{case.code}/section/?of=contact"
    assert f'href="{way}"' in refused.content.decode()
    assert 'name="child_contact"' in house.browser().get(way).content.decode()
