"""The filled button of a case is what is to be done first; of an adult nobody is asked what is asked of a child."""

from __future__ import annotations

import re

import pytest

from tests.cast import pass_time
from tests.web.senders import Senders, page_text

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


def test_of_an_adult_nobody_is_asked_whom_we_tell_for_a_child(house: Senders) -> None:
    asked = "Guardianship or child protection contact"
    adult = house.case({"age_band_code": "a30_47"})
    page = house.browser().get(f"/cases/{adult.code}/section/?of=contact")
    assert "A safe telephone" in page_text(page)
    assert asked not in page_text(page)
    unknown = house.case({"age_band_code": "unknown"})
    assert asked in page_text(house.browser().get(f"/cases/{unknown.code}/section/?of=contact"))
