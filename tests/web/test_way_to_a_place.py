"""As long as no place for tonight is certain, it can be said that one was found: on Today, the case, after a result."""

from __future__ import annotations

import re

import pytest

from hamkori.casework.case.models import Case
from hamkori.directory.models import Service
from tests.cast import pass_time
from tests.web.forms_of import fields
from tests.web.senders import Senders, page_text
from tests.web.test_chain_of_places import A
from tests.web.test_place_found import NEEDED, file, found_of, today, until
from tests.web.test_shelter_ended import SLEEPS, helped
from tests.web.test_today_in_danger import form_of
from tests.web.test_which_place import found, shown

pytestmark = pytest.mark.django_db

WAY = "A place was found"


def way(house: Senders, case: Case) -> bool:
    """Whether Today leads to it, and the place on the case is there, once: red before, a locked part had its name."""
    leads = rf'href="/cases/{case.code}/\?found=1#tonight"[^>]*>(\s|<[^>]*>)*A place was found'
    there = re.search(leads, house.browser().get("/").content.decode()) is not None
    names = re.findall(r' id="([^"]+)"', file(house, case))
    assert not there or "tonight" in names
    assert len(names) == len(set(names)), "two parts of the page have one name"
    return there


@pytest.mark.parametrize("confirmed", [False, True])
def test_today_leads_to_it_after_a_bed_ended(house: Senders, confirmed: bool) -> None:
    """Red before: once the result was confirmed, "Ask an organisation" alone. Who sleeps at home asks for none."""
    case, referral = helped(house, NEEDED, "given")
    if confirmed:
        house.browser().post(*confirming(house, referral.code))
        pass_time(minutes=1)
    assert SLEEPS in today(house)
    assert way(house, case)
    assert "?found=1#tonight" not in house.browser("supervisor-cso").get("/").content.decode(), "the team says it"
    house.browser().post(*found_of(file(house, case), f"/cases/{case.code}/place-found/", "own_home"))
    assert not way(house, case)


def confirming(house: Senders, code: str) -> tuple[str, dict[str, str]]:
    at = f"/referrals/{code}/confirm/"
    asked = {name: one[0] for name, one in fields(house.browser().get(at), at).items() if one}
    return at, {**asked, "her_view": "content", "agrees": "yes"}


def test_after_the_result_was_confirmed_it_is_asked_at_once(house: Senders) -> None:
    """Red before: the note that said where she sleeps was deleted by that press, and nobody asked."""
    case, referral = helped(house, NEEDED, "given")
    said = house.browser().post(*confirming(house, referral.code), follow=True)
    assert "Nothing more is to be done for this referral. Say where the person sleeps" in page_text(said)
    assert f'href="/cases/{case.code}/#tonight">Say where' in said.content.decode()
    assert WAY in shown(house, case)


def test_nothing_is_asked_where_a_place_is_written(house: Senders) -> None:
    case, referral = helped(house, NEEDED, "given")
    house.browser().post(*found_of(file(house, case), f"/cases/{case.code}/place-found/", "own_home"))
    pass_time(minutes=1)
    said = page_text(house.browser().post(*confirming(house, referral.code), follow=True))
    assert ("Say where the person sleeps" in said, "Nothing more is to be done for this referral." in said) == (
        False,
        True,
    )


def test_while_a_shelter_has_not_answered_it_can_be_said(house: Senders, second_shelter: Service) -> None:
    """Red before: "Open the referral" alone, in time and late."""
    until(19)
    case = house.case(NEEDED)
    house.agreed(case)
    house.sent(case)
    for late in (False, True):
        page = file(house, case)
        assert f'action="/cases/{case.code}/place-found/"' in page
        assert WAY in shown(house, case)
        assert ("has not answered." in shown(house, case), "has not answered" in shown(house, case)) == (not late, True)
        assert f'action="/cases/{case.code}/place-found/"' not in file(house, case, "supervisor-cso")
        pass_time(hours=3)
    found(house, case, A)
    assert "Did the person get there?" in shown(house, case)


def test_which_organisation_was_pressed_is_kept(house: Senders, second_shelter: Service) -> None:
    """Red before: "Save it all the same" asked once more which one; and a colleague who opened that address read what
    they had never pressed.
    """
    until(19)
    case = house.case(NEEDED)
    at = f"/cases/{case.code}/place-found/"
    page = house.browser().get(f"/cases/{case.code}/place-which/").content.decode()
    to, form = form_of(page, at)
    pass_time(minutes=1)
    found(house, case, "shelter-kulob")
    pass_time(minutes=1)
    house.browser().post(*form_of(file(house, case), f"/cases/{case.code}/place-reached/"))
    pass_time(minutes=1)
    first = house.browser().post(to, {**form, "which": A}, follow=True)
    text = page_text(first)
    assert "You pressed: a place for tonight was found (Legal Aid)." in text
    link = first.redirect_chain[-1][0]
    assert A not in link, "no address says which"
    assert "You pressed" not in page_text(house.browser("supervisor-cso").get(link)), "they pressed nothing"
    box = first.content.decode().partition("You pressed: ")[2]
    _to, again = form_of(box, at)
    said = page_text(house.browser().post(to, again, follow=True))
    assert "Saved: a place for tonight was found." in said
    assert "Legal Aid" in said.partition("Did the person get there?")[2]
