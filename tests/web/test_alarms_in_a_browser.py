"""Several alarms on one case, a late arrival and the coordinator's rows in a browser: whole, and with their buttons."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hamkori.casework.case.models import Case
from hamkori.casework.referral.actions import confirm
from hamkori.casework.referral.models import Referral
from hamkori.people.actions import desk_phone
from hamkori.people.models import User
from hamkori.site.screens.looks import barriers
from tests.cast import pass_time
from tests.database import god
from tests.web.in_a_browser import OUT_OF_THE_PAGE, Shown, shot
from tests.web.senders import Senders

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

Show = Callable[..., Shown]


@pytest.fixture
def case(house: Senders) -> Case:
    """A child's case: nobody says whether she came, child protection was not told, no answer, the own step is late."""
    case = house.case({"age_band_code": "a9_17"}, contact={"call_name": "Canary", "child_contact": "Canary-Office"})
    house.agreed(case, speaker="guardianship_body", child_answer="agrees", as_child=True)
    referral = house.sent(case)
    house.accepted(referral)
    with house.as_("desk-shelter") as desk:
        desk_phone.record(desk, phone="(demo) 00-11")
    pass_time(days=2)
    house.sent(case)
    pass_time(days=5)
    return case


@pytest.mark.parametrize("language", ["en", "tg"])
def test_all_that_is_late_stands_above_with_its_button(house: Senders, show: Show, case: Case, language: str) -> None:
    with god():
        User.objects.update(language_code=language)
    for slug in ("caseworker-cso", "supervisor-cso"):
        shown = show(f"/cases/{case.code}/", slug)
        page = shown.page
        for width, scheme in ((1366, "light"), (360, "dark"), (360, "light"), (1366, "dark")):
            shown.look(width, scheme)
            shot(page, f"alarms-{slug}-{language}-{width}-{scheme}")
            assert page.evaluate(OUT_OF_THE_PAGE) == []
            assert barriers(page) == []
        first = page.locator("section.alarm")
        others = page.locator("section.alarm + .work > li")
        assert first.count() == 1
        assert others.count() == 3
        buttons = [one.locator(".btn") for one in (first, *others.all())]
        assert all(one.bounding_box()["height"] >= 24 for one in buttons if one.count())
        # What only the team can do stands under one button of the supervisor's, which tells the lead worker.
        told = page.locator("form[action$='/tell_lead/']").count()
        assert (sum(one.count() for one in buttons), told) == ((4, 0) if slug == "caseworker-cso" else (3, 1))


@pytest.mark.parametrize("language", ["en", "tg"])
def test_an_arrival_that_is_late_says_whom_to_call_and_fits(
    house: Senders, show: Show, case: Case, language: str
) -> None:
    with god():
        User.objects.update(language_code=language)
        code = Referral.objects.get(state_code="accepted").code
    for slug in ("caseworker-cso", "supervisor-cso"):
        shown = show(f"/referrals/{code}/", slug)
        page = shown.page
        for width, scheme in ((1366, "light"), (360, "dark"), (360, "light"), (1366, "dark")):
            shown.look(width, scheme)
            shot(page, f"arrival-{slug}-{language}-{width}-{scheme}")
            assert page.evaluate(OUT_OF_THE_PAGE) == []
            assert barriers(page) == []
        alarm = page.locator("section.alarm")
        assert "00\u201111" in alarm.inner_text()
        buttons = alarm.locator("button[name=heard]")
        assert buttons.count() == 3
        page.set_viewport_size({"width": 360, "height": 780})
        assert all(one.bounding_box()["height"] >= 44 for one in buttons.all())
        assert page.locator("a[href^='tel:']").count() == 0


def test_the_coordinators_rows_say_who_called_and_fit(house: Senders, show: Show, case: Case) -> None:
    with god():
        code = Referral.objects.get(state_code="accepted").code
    with house.as_() as zarina:
        mine = Referral.objects.get(code=code)
        confirm.hear(zarina, mine, version=mine.version, heard="called")
    shown = show("/", "coordinator")
    page = shown.page
    page.locator(f"a.what[href$='#r{code}']").click()
    page.wait_for_url(f"**/coordination/late/#r{code}")
    row = page.locator(f"#r{code} li").first
    assert "the team called today" in row.inner_text()
    # Whom nobody reached at an organisation was reached about none of its referrals: one press, below them.
    page.locator(f"#r{code}").get_by_role("button", name="Not reached").click()
    page.wait_for_load_state("load")
    assert "You called today" in row.inner_text()
    for width, scheme in ((1366, "light"), (360, "dark"), (360, "light"), (1366, "dark")):
        shown.look(width, scheme)
        shot(page, f"coordinator-{width}-{scheme}")
        assert page.evaluate(OUT_OF_THE_PAGE) == []
        assert barriers(page) == []
    shown.go("/")
    assert "called today" in page.locator("main").inner_text()
    shot(page, "coordinator-today")
