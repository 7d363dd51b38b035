"""Who can help is chosen alike in the six steps and where another is asked: a row each, with its button."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from hamkori.directory.models import Service, ServiceArea
from tests.database import god
from tests.web.in_a_browser import OUT_OF_THE_PAGE, Shown, shot
from tests.web.senders import Senders, page_text
from tests.web.test_the_way_on import another

pytestmark = pytest.mark.django_db
Show = Callable[..., Shown]
FAR = "outside the area served"
ROW = re.compile(r'<li>\s*<div>\s*<p class="row"><b class="what">.*?</li>', re.DOTALL)
PLACES = """rows => rows.filter(row => row.offsetParent && row.querySelector(".btn")).map(row => {
  const [said, press] = ["div", ".btn"].map(of => row.querySelector(of).getBoundingClientRect());
  return {right: press.left >= said.right, below: press.top >= said.bottom, as_wide: press.width >= said.width};
})"""


def addresses(code: str) -> tuple[str, str]:
    return f"/cases/{code}/first/?step=service&urgency=urgent", f"/cases/{code}/refer/"


def place(house: Senders, **facts: object):
    case = house.case({"need_tonight_codes": ["safe_place"], **facts})
    house.agreed(case)
    return case


def far_away(*services: Service) -> None:
    with god():
        for one in services:
            ServiceArea.objects.create(service=one, area_code="TJ-SU")


@pytest.mark.browser
@pytest.mark.parametrize("width", [1366, 360])
def test_the_button_stands_at_the_right_of_its_row_and_on_a_phone_under_it(
    house: Senders, show: Show, width: int
) -> None:
    """Red before: under each row at a desk too, so that five took two screens; a second was chosen by a round mark."""
    for body in ("legal-aid", "cso-pamir"):
        another(house, body, service_code="HOME-02", region_code="TJ-KT")
    case = place(house)
    shown = show("/", width=width)
    for number, at in enumerate(addresses(case.code)):
        shown.go(at)
        page = shown.page
        shot(page, f"offers-{number}-{width}")
        rows = page.locator(".offers > li").evaluate_all(PLACES)
        assert len(rows) >= 3
        for row in rows:
            assert (row["right"], row["below"]) == (width > 1000, width < 1000), at
            assert row["as_wide"] or width > 1000
        assert page.evaluate(OUT_OF_THE_PAGE) == []
        assert page.locator("[type=radio][name=service]").count() == 0


def test_both_pages_draw_a_service_alike(house: Senders) -> None:
    case = place(house)
    first, second = (house.browser().get(at).content.decode() for at in addresses(case.code))
    rows = [re.sub(r' (?:hx-post|value)="[^"]*"', "", ROW.findall(page)[0]) for page in (first, second)]
    one, two = (re.sub(r"\s+", "", row).replace("btnquiet", "btn") for row in rows)
    assert one == two
    assert "Choose" in one


def test_for_what_all_may_decline_is_said_once_above_them(house: Senders) -> None:
    """Red before: "It may decline: outside the area served" in each row."""
    with god():
        Service.objects.update(is_active=False)
    found = [
        another(house, body, service_code="HOME-02", region_code="TJ-SU")
        for body in ("shelter-kulob", "legal-aid", "cso-pamir")
    ]
    far_away(*found)
    first, second = addresses(place(house).code)
    said = page_text(house.browser().get(first))
    assert said.count("Choose") >= 3
    assert "Nobody in this region for this person: these help elsewhere" in said, "the heading says it"
    assert FAR not in said
    said = page_text(house.browser().get(second))
    assert said.count(FAR) == 1
    assert said.index(f"These may decline: {FAR}.") < said.index("Choose Shelter Kulob")


def test_what_else_speaks_against_one_of_them_stays_in_its_row(house: Senders) -> None:
    with god():
        Service.objects.update(is_active=False)
    near = another(house, "shelter-kulob", service_code="HOME-02", region_code="TJ-SU", language_codes=["fr"])
    far_away(near, another(house, "legal-aid", service_code="HOME-02", region_code="TJ-SU"))
    said = page_text(house.browser().get(addresses(place(house, language_code="tg").code)[1]))
    assert said.count(FAR) == 1
    assert said.count("It may decline: no one speaks the language.") == 1


def test_of_who_has_no_button_in_this_region_it_is_said_where_to_call_or_that_nobody_wrote_it(house: Senders) -> None:
    """Red before: on the page that asks another it was not named; in the six steps a missing number was passed over."""
    with god():
        Service.objects.update(is_active=False)
    another(house, "shelter-kulob", service_code="HOME-02", region_code="TJ-KT", admission_codes=["women"])
    far_away(another(house, "cso-pamir", service_code="HOME-02", region_code="TJ-SU", admission_codes=["women"]))
    another(house, "legal-aid", service_code="HOME-02", region_code="TJ-KT", admission_codes=["men"])
    case = place(house, sex_code="male")
    for at in addresses(case.code):
        fold = house.browser().get(at).content.decode().partition("Services that do not take this person")[2]
        rows = [page_of for page_of in ROW.findall(fold) if "Shelter Kulob" in page_of or "Cso Pamir" in page_of]
        assert ["No number is recorded." in row for row in rows] == ["Kulob" in row for row in rows], at
        assert any("Kulob" in row for row in rows), at
        assert not any("<button" in row for row in rows), at


def test_several_kinds_of_help_of_one_organisation_are_read_apart_by_their_first_line(house: Senders) -> None:
    """Red before: three kinds at one centre stood under three identical headings, each with the same button."""
    case = house.case({"need_tonight_codes": ["someone_to_talk"]})
    house.agreed(case, kind="psychological")
    for code in ("MHPSS-02", "MHPSS-03"):
        another(house, "legal-aid", service_code=code)
    other = another(house, "cso-pamir", service_code="MHPSS-02")
    for at in (
        f"/cases/{case.code}/refer/?need=MHPSS",
        f"/cases/{case.code}/first/?step=service&urgency=normal&need=MHPSS",
    ):
        page = house.browser().get(at).content.decode()
        heads = re.findall(r'<b class="what">([^<]+)</b>', page)
        assert len(heads) == len(set(heads)) == 3, (at, heads)
        assert {"Psychosocial assessment", "Individual counselling"} < set(heads), "what it is comes first"
        row = page[: page.index("</li>", page.index(f'value="{other.pk}'))].rpartition("<li>")[2]
        assert '<p class="of">Psychosocial assessment</p>' in row, "of whoever stands there once: who it is"
        assert page_text_of(page).count("Choose Individual counselling, ") == 1


def page_text_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
