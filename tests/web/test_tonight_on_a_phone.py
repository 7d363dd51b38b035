"""Who is to be dealt with tonight stands on a screen and a half of a phone; the menu counts rows (ADR 194)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from hamkori.casework.case.models import Case
from tests.cast import pass_time
from tests.database import god
from tests.web.in_a_browser import Shown, shot
from tests.web.senders import Senders, closes, page_text, records
from tests.web.test_place_found import NEEDED, until

NOTHING = {"need_tonight_codes": ["nothing_now"]}
Show = Callable[..., Shown]
SCREEN_AND_A_HALF, PAGE = 1170, 2800
ENDS = """() => [...document.querySelectorAll("main ul.work")].slice(0, 1).flatMap(list =>
  [...list.children].slice(0, 3).map(row => row.querySelector(":scope > .do").getBoundingClientRect().bottom))"""


def a_night(house: Senders) -> list[Case]:
    """Three persons to be dealt with tonight, of each a step that is planned for another day; and two older things."""
    until(21)
    records(house)
    later = {"next_step_code": "review_needs", "next_step_on": timezone.localdate() + timedelta(days=5)}
    found = []
    for _three in range(3):
        case = house.case(NEEDED)
        house.agreed(case)
        house.sent(case)
        found.append(case)
    for _two in range(2):
        old = house.case(NOTHING)
        house.agreed(old)
        house.accepted(house.sent(old))
    with god():
        Case.objects.filter(pk__in=[one.pk for one in found]).update(**later)
    closes(house)
    pass_time(minutes=1)
    return found


@pytest.mark.browser
@pytest.mark.django_db
def test_the_three_of_tonight_stand_on_a_screen_and_a_half(house: Senders, show: Show) -> None:
    """Red before: the third row ended at 1,500 px and more, the page of a worker had 3,990."""
    a_night(house)
    shown = show("/")
    assert shown.client is not None
    shown.client.post("/language/", {"language": "tg"})
    shown.go("/")
    shown.look(360, "dark")
    shot(shown.page, "today-tonight-360-tg")
    ends = shown.page.evaluate(ENDS)
    assert len(ends) == 3
    assert max(ends) <= SCREEN_AND_A_HALF, ends
    assert shown.page.evaluate("document.documentElement.scrollHeight") <= PAGE
    assert shown.page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.django_db
def test_what_is_planned_for_another_day_stands_on_the_case_and_not_below_who_is_called_now(house: Senders) -> None:
    """Red before: each of these rows had a line "Look at the needs again" of the week after."""
    cases = a_night(house)
    page = page_text(house.browser().get("/"))
    assert page.count("Look at the needs again") == 0
    assert "Look at the needs again" in page_text(house.browser().get(f"/cases/{cases[0].code}/"))
    with god():
        Case.objects.filter(pk=cases[0].pk).update(next_step_on=timezone.localdate() - timedelta(days=2))
    assert "Look at the needs again" in page_text(house.browser().get("/")), "once it is late"


@pytest.mark.django_db
def test_the_menu_counts_the_rows_of_today_on_every_page(house: Senders) -> None:
    """Red before: beside Today a mark, "•", that nobody understood."""
    case = house.case(NOTHING)
    house.agreed(case)
    with god():
        Case.objects.filter(pk=case.pk).update(next_step_on=timezone.localdate() - timedelta(days=3))
    number = r'<span class="n(?: late)?">\s*<span aria-hidden="true">(\S+)</span>\s*'
    rail = number + r'<span class="quiet-label"> ([^<]*late)</span>'
    zarina = house.browser()
    for at in ("/", "/cases/", f"/cases/{case.code}/"):
        found = re.search(rail, zarina.get(at).content.decode())
        assert found is not None, at
        assert found.groups() == ("1", "1 late"), at
    with god():
        Case.objects.filter(pk=case.pk).update(next_step_on=timezone.localdate() + timedelta(days=3))
    assert re.search(rail, zarina.get("/cases/").content.decode()) is None, "done, before Today is read again"


@pytest.mark.django_db
def test_above_nine_the_menu_says_so(house: Senders) -> None:
    cases = [house.case(NOTHING) for _each in range(11)]
    with god():
        Case.objects.filter(pk__in=[one.pk for one in cases]).update(
            next_step_on=timezone.localdate() - timedelta(days=3)
        )
    page = house.browser().get("/").content.decode()
    assert '<span aria-hidden="true">9+</span>' in page
    assert '<span class="quiet-label"> 11 late</span>' in page
