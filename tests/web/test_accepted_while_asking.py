"""Another organisation accepts while the page that asks a second one stands open: it is said before that goes."""

from __future__ import annotations

import re

import pytest

from hamkori.directory.models import Service
from tests.web.forms_of import fields
from tests.web.senders import Senders, page_text, referrals, state
from tests.web.test_refer_twice import address

pytestmark = pytest.mark.django_db

SAID = r"Shelter Kulob has accepted meanwhile: tomorrow, morning\. Send it all the same only if both are wanted\."


def test_a_yes_that_came_meanwhile_stops_the_press_once(house: Senders, second_shelter: Service) -> None:
    """Red before: it went, and only the page after it said that the other one had accepted."""
    case = house.case()
    house.agreed(case)
    first = house.sent(case)
    house.world.services["other"], house.belongs[second_shelter.pk] = second_shelter.pk, second_shelter.organisation_id
    form = house.screen(case) | {"service": str(second_shelter.pk), "do": ""}
    zarina = house.browser()
    shown = zarina.post(address(case), form).content.decode()
    hidden = dict(re.findall(r'name="(shown_for|shown_mark|summary)" value="([^"]*)"', shown))
    assert re.findall(r'name="known_yes" value="([^"]*)"', shown) == [""], "nobody has accepted yet"
    house.accepted(first)
    press = form | hidden | {"known_yes": [""], "do": "send"}
    held = zarina.post(address(case), press)
    assert re.search(SAID, page_text(held)), page_text(held)[:2500]
    assert [state(one) for one in referrals()] == ["accepted"], "nothing was sent"
    known = re.findall(r'name="known_yes" value="([^"]*)"', held.content.decode())
    assert known == ["", first.code]
    sent = zarina.post(address(case), press | {"known_yes": known})
    assert sent.status_code == 303, page_text(sent)[:2500]
    assert sorted(state(one) for one in referrals()) == ["accepted", "sent"]


@pytest.mark.parametrize("again", [False, True])
def test_a_yes_that_came_while_the_list_stood_open_is_named_beside_the_press(
    house: Senders, second_shelter: Service, again: bool
) -> None:
    """Red before: the page that was drawn after the yes named it in a folded list alone."""
    case = house.case()
    house.agreed(case)
    first = house.sent(case)
    zarina, at = house.browser(), f"/cases/{case.code}/refer/?need=HOME"
    at = f"/referrals/{first.code}/again/" if again else at
    listed = zarina.get(at)
    assert "has accepted" not in page_text(listed)
    house.accepted(first, part="now")
    shown = zarina.post(address(case), fields(listed, address(case)) | {"service": str(second_shelter.pk), "do": ""})
    named = r"Shelter Kulob has accepted \(today \d\d:\d\d\): [^.]+\. Does the person still need another\?"
    assert re.search(named, page_text(shown)), page_text(shown)[:2500]
    page = shown.content.decode()
    beside = page.partition('id="send"')[2]
    assert f'href="/referrals/{first.code}/"' in beside, "beside the button, and the way to it"
    press = fields(shown, address(case)) | {"do": "send"}
    held = zarina.post(address(case), press)
    assert "has accepted meanwhile" in page_text(held)
    assert page_text(held).count("Shelter Kulob has accepted") == 1, "red before: once more beside the press"
    assert held.content.decode().count(f'href="/referrals/{first.code}/"') == 1, "with the way to it"
    assert len(referrals()) == 1, "once it is held"
    assert zarina.post(address(case), fields(held, address(case)) | {"do": "send"}).status_code == 303
    assert len(referrals()) == 2
    opened = zarina.get(f"/cases/{case.code}/refer/?need=HOME")
    assert re.search(named, page_text(opened)), "the list says so, too"


def test_a_place_of_tomorrow_is_named_and_stops_nobody(house: Senders, second_shelter: Service) -> None:
    case = house.case()
    house.agreed(case)
    first = house.sent(case)
    zarina = house.browser()
    listed = zarina.get(f"/referrals/{first.code}/again/")
    house.accepted(first)
    shown = zarina.post(address(case), fields(listed, address(case)) | {"service": str(second_shelter.pk), "do": ""})
    named = r"Shelter Kulob has accepted \(today \d\d:\d\d\): tomorrow, morning\. Does the person need another until"
    assert re.search(named, page_text(shown)), page_text(shown)[:2500]
    sent = zarina.post(address(case), fields(shown, address(case)) | {"do": "send"})
    assert sent.status_code == 303, "it was said, and tonight a place is needed"
