"""Before a case is closed it is named what Today asks of tonight: a place, and a doctor whom nobody has asked."""

from __future__ import annotations

import pytest

from hamkori.casework.referral.actions import receive
from hamkori.casework.referral.models import Referral
from tests.cast import pass_time
from tests.web.senders import Senders, page_text
from tests.web.test_goes_on import left, says
from tests.web.test_place_found import file, found, pressed, take_back_all
from tests.web.test_shelter_ended import ENDED, helped
from tests.web.test_today_in_danger import form_of

pytestmark = pytest.mark.django_db

PLACE, DOCTOR = "Nobody has a place for the person for tonight.", "A doctor is needed, and nobody is asked now."
STAYS = "Does the person stay in the shelter?"
NOTHING = {"need_tonight_codes": ["nothing_now"]}


@pytest.mark.parametrize(("result", "said"), [("given", ENDED), ("partly", PLACE)])
def test_a_shelter_that_has_ended_is_named_until_it_is_said_where_the_person_sleeps(
    house: Senders, result: str, said: str
) -> None:
    """Red before: help that was given counted as a place, and nothing was named."""
    case, _referral = helped(house, NOTHING, result)
    closing = f"/cases/{case.code}/close/"
    page = page_text(house.browser().get(closing))
    assert said in page
    assert "I have read this. Close it all the same." in page
    to, form = form_of(file(house, case), f"/cases/{case.code}/place-found/")
    house.browser().post(to, {**form, "whose": "own_home"})
    assert said not in page_text(house.browser().get(closing))


def test_a_bed_that_their_word_ended_and_a_doctor_are_named(house: Senders) -> None:
    case = house.case({"need_tonight_codes": ["doctor"]})
    house.agreed(case)
    house.accepted(sent := house.sent(case), part="now")
    closing = f"/cases/{case.code}/close/"
    with house.as_("shelter-worker") as parvina:
        mine = Referral.objects.get(pk=sent.pk)
        receive.serve(parvina, mine, version=mine.version)
    pass_time(minutes=1)
    take_back_all(house, case)
    for who in ("caseworker-cso", "supervisor-cso"):
        page = page_text(house.browser(who).get(closing))
        assert STAYS in page, who
        assert DOCTOR in page, who


def test_of_a_shelter_that_gave_a_bed_it_is_not_said_that_none_did(house: Senders) -> None:
    """Red before: a day later "no organisation here gave one", of a shelter in which the person had slept."""
    case, _referral = helped(house, {"need_tonight_codes": ["safe_place"]}, "not_needed")
    pass_time(days=3)
    page = page_text(house.browser().get(f"/cases/{case.code}/close/"))
    assert "no organisation here gave one" not in page
    assert "Where does the person sleep tonight?" in page


def test_help_that_may_go_on_is_named(house: Senders) -> None:
    """Red before: once the case was closed nobody asked any more, and nothing had said so."""
    case, referral = left(house)
    closing, said = f"/cases/{case.code}/close/", "Nobody has said whether help at Legal Aid goes on."
    assert said in page_text(house.browser().get(closing))
    says(house, referral, "goes_on")
    assert said not in page_text(house.browser().get(closing))


def test_a_place_of_which_nobody_knows_whether_the_person_is_there_is_named(house: Senders) -> None:
    """Red before: neither the question of the evening nor that of the next morning was named."""
    case = house.case({"need_tonight_codes": ["safe_place"]})
    closing, got = f"/cases/{case.code}/close/", "A place was found, and nobody has said whether the person got there."
    found(house, case)
    assert got in page_text(house.browser().get(closing))
    pressed(house, case, "place-reached")
    assert got not in page_text(house.browser().get(closing))
    pass_time(days=2)
    assert "Does the person still sleep with people they know?" in page_text(house.browser().get(closing))
