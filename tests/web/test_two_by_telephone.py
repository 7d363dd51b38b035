"""A place was found, and the desk of another shelter says yes by telephone: two places expect the person (ADR 169)."""

from __future__ import annotations

import pytest

from hamkori.directory.models import Service
from tests.cast import pass_time
from tests.web.senders import Senders, page_text
from tests.web.test_agreed_by_telephone import asked, call
from tests.web.test_place_called_off import called
from tests.web.test_place_found import BOTH, file, today
from tests.web.test_place_found import found as found_at
from tests.web.test_today_in_danger import form_of
from tests.web.test_two_places import GO, TWO
from tests.web.test_which_place import found, off, shown

pytestmark = pytest.mark.django_db


def test_a_yes_by_telephone_beside_a_place_by_telephone(house: Senders, second_shelter: Service) -> None:
    """Red before: neither page said so; of an acceptance in Hamkori both did."""
    case, sent = asked(house)
    found(house, case)
    pass_time(minutes=1)
    assert TWO not in shown(house, case)
    call(house, sent, "said_yes")
    pass_time(minutes=1)
    for who in BOTH:
        for page in (shown(house, case, who).partition("What happened")[0], today(house, who)):
            assert TWO in page, who
            assert "Legal Aid" in page, who
            assert "Shelter Kulob: by telephone, " in page, who
    page = file(house, case)
    assert (GO + "Legal Aid" in page, GO + "Shelter Kulob" in page) == (True, False)
    assert f'href="/referrals/{sent.code}/recall/"' in page
    to, form = form_of(page, f"/cases/{case.code}/place-needed/")
    house.browser().post(to, {**form, "why": "nobody_comes"})
    pass_time(minutes=1)
    for who in BOTH:
        assert "Legal Aid said yes by telephone" in off(house, who) or "Legal Aid" in today(house, who), who
        assert TWO not in today(house, who), who
    assert "they were told that nobody comes" in called(house, case, "reached")


def test_one_organisation_is_one_place(house: Senders) -> None:
    case, sent = asked(house)
    found(house, case, "shelter-kulob")
    pass_time(minutes=1)
    call(house, sent, "said_yes")
    for who in BOTH:
        assert TWO not in shown(house, case, who), who
        assert TWO not in today(house, who), who


def test_who_is_there_is_not_asked_and_a_no_ends_it(house: Senders) -> None:
    case, sent = asked(house)
    call(house, sent, "said_yes")
    pass_time(minutes=1)
    found_at(house, case, "own_home")
    assert TWO in shown(house, case)
    assert "No place after all" in shown(house, case)
    call(house, sent, "said_no")
    assert TWO not in shown(house, case)
    pass_time(minutes=1)
    call(house, sent, "said_yes")
    pass_time(minutes=1)
    to, form = form_of(file(house, case), f"/cases/{case.code}/place-reached/")
    said = page_text(house.browser().post(to, form, follow=True))
    assert TWO not in said
    assert TWO not in today(house)
