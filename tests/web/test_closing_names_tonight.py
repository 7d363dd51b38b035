"""Before a case is closed it is named what Today asks of tonight: a place, and a doctor whom nobody has asked."""

from __future__ import annotations

import pytest

from hamkori.casework.referral.actions import receive
from hamkori.casework.referral.models import Referral
from tests.cast import pass_time
from tests.web.senders import Senders, page_text
from tests.web.test_place_found import file, take_back_all
from tests.web.test_shelter_ended import ENDED, helped
from tests.web.test_today_in_danger import form_of

pytestmark = pytest.mark.django_db

PLACE, DOCTOR = "Nobody has a place for the person for tonight.", "A doctor is needed, and nobody was asked."
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
