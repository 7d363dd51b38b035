"""The filled button of a case is what is to be done first; of an adult nobody is asked what is asked of a child."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone

from hamkori.access.context import now
from hamkori.web.referrals import onward
from tests import doors
from tests.cast import pass_time
from tests.database import god
from tests.web.scene import Scene
from tests.web.senders import Senders, page_text
from tests.web.test_no_place_tonight import midnight
from tests.web.test_place_found import until

pytestmark = pytest.mark.django_db
FILLED = re.compile(r'<(?:a|button) class="btn(?: small| push)*"[^>]*>(.*?)</(?:a|button)>', re.DOTALL)


def _filled(page: str) -> list[str]:
    main = page.partition("<main")[2]
    return [" ".join(re.sub(r"<[^>]+>", " ", found).split()) for found in FILLED.findall(main)]


def test_while_nothing_is_late_the_filled_button_refers(house: Senders) -> None:
    case = house.case({"need_tonight_codes": ["nothing_now"]})
    house.agreed(case)
    assert _filled(house.browser().get(f"/cases/{case.code}/").content.decode()) == ["Refer"]


def test_what_is_late_has_the_filled_button_and_nothing_else_has(house: Senders) -> None:
    """Red before: "Refer" was filled, and what was to be done first was not."""
    case = house.case()
    house.agreed(case)
    pass_time(days=100)
    page = house.browser().get(f"/cases/{case.code}/")
    assert "Consent has ended" in page_text(page)
    assert _filled(page.content.decode()) == ["Ask again"]


def test_after_an_answer_the_filled_button_is_what_comes_next(house: Senders) -> None:
    """Red before: nothing was filled, of a person who is to hear of it."""
    until(15)
    case = house.case({"need_tonight_codes": ["safe_place"]})
    house.agreed(case)
    referral = house.sent(case)
    house.accepted(referral, part="now")
    assert _filled(house.browser().get(f"/referrals/{referral.code}/").content.decode()) == ["I told the person"]


def test_without_a_place_for_tonight_it_asks_another_organisation(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Red before: the page said that there is none for tonight, and nothing on it led on."""
    monkeypatch.setattr(onward, "alone", lambda _page: False)  # somebody else is listed
    with god():
        pass_time(seconds=(midnight() - now()).total_seconds() + 86400 - 1800)  # half past eleven at night
    case = scene.case(need_tonight_codes=["safe_place"])
    referral = scene.sent(case)
    scene.accepted(referral, days=(timezone.localdate(midnight()) - timezone.localdate()).days)
    page = doors.client_for(scene.zarina).get(f"/referrals/{referral.code}/").content.decode()
    assert _filled(page) == ["Ask another organisation"]
    assert f'href="/cases/{case.code}/refer/?need=HOME' in page


def test_of_an_adult_nobody_is_asked_whom_we_tell_for_a_child(house: Senders) -> None:
    asked = "Guardianship or child protection contact"
    adult = house.case({"age_band_code": "a30_47"})
    page = house.browser().get(f"/cases/{adult.code}/section/?of=contact")
    assert "A safe telephone" in page_text(page)
    assert asked not in page_text(page)
    unknown = house.case({"age_band_code": "unknown"})
    assert asked in page_text(house.browser().get(f"/cases/{unknown.code}/section/?of=contact"))
