"""After an arrival the receiver's page begins with what is wanted then; what ends the help stands last."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.utils import timezone

from hamkori.casework.case.models import Case
from hamkori.people.models import User
from hamkori.site.screens.looks import cut
from tests.cast import pass_time
from tests.database import god
from tests.web.forms_of import fields
from tests.web.in_a_browser import Shown, shot
from tests.web.senders import Senders, at
from tests.web.senders import press as serving
from tests.web.test_told_person import HELPER

pytestmark = pytest.mark.django_db


def test_shared_information_and_the_next_step_stand_before_what_ends_the_help(house: Senders) -> None:
    """Red before: under "End this help" and "Left without a word", below the first screen of a telephone."""
    case = house.case()
    house.agreed(case)
    referral = house.sent(case)
    house.accepted(referral, part="now")
    parvina = house.browser(HELPER)
    parvina.post(at(referral, "serve"), serving(referral))
    page = parvina.get(at(referral)).content.decode().partition("<main")[2]
    box = 'aria-label="This referral"'
    ends = 'id="finish"'
    order = ["End this help", "Set the next step", "Shared information", box, ends, "Left without a word"]
    assert [page.index(one) for one in order] == sorted(page.index(one) for one in order)
    assert page.count('aria-label="Shared information"') == page.count(ends) == 1


def test_who_comes_before_the_agreed_time_is_received_from_the_first_screen(house: Senders) -> None:
    """Red before: a fold two screens down, below the agreed time and the shared information."""
    case = house.case()
    house.agreed(case)
    referral = house.sent(case)
    house.accepted(referral, part="morning")
    page = house.browser(HELPER).get(at(referral)).content.decode().partition("<main")[2]
    early = page.index("The person came before the agreed time")
    assert early < page.index('aria-label="This referral"') < page.index("Shared information")
    assert page.count('id="come"') == 1
    assert "<details open" not in page.partition("The person came before")[0], "quiet: it is not asked yet"


def test_the_next_step_of_whoever_has_come_stands_chosen(house: Senders) -> None:
    """Red before: an empty choice of eleven steps."""
    case = house.case()
    house.agreed(case)
    referral = house.sent(case)
    house.accepted(referral, part="now")
    parvina = house.browser(HELPER)
    parvina.post(at(referral, "serve"), serving(referral))
    page = parvina.get(at(referral)).content.decode()
    (own,) = set(re.findall(r'href="(/cases/\d{8}/edit/)"', page))
    drawn = fields(parvina.get(own))
    assert drawn["next_step_code"] == ["settle_in"]
    today = timezone.localdate().isoformat()
    assert parvina.post(own, {**drawn, "day": today}).status_code == 303, "one press"
    with god():
        own_case = Case.objects.get(code=own.split("/")[2])
        assert (own_case.next_step_code, str(own_case.next_step_on)) == ("settle_in", today)


def test_after_the_first_day_no_next_step_stands_chosen(house: Senders) -> None:
    """Red before: to receive the person was chosen after weeks, too, where it is asked what comes next."""
    case = house.case()
    house.agreed(case)
    referral = house.sent(case)
    house.accepted(referral, part="now")
    house.browser(HELPER).post(at(referral, "serve"), serving(referral))
    with god():
        own = Case.objects.filter(from_referral=True).latest("begun_at")
    pass_time(days=2)
    assert fields(house.browser(HELPER).get(f"/cases/{own.code}/edit/"))["next_step_code"] == [""]


@pytest.mark.browser
@pytest.mark.parametrize("language", ["tg", "fr"])
def test_the_chosen_step_is_read_whole_on_a_phone(house: Senders, show: Callable[..., Shown], language: str) -> None:
    """Red before: cut off in its box."""
    case = house.case()
    with god():
        User.objects.update(language_code=language)
    page = show(f"/cases/{case.code}/edit/", width=360, scheme="dark").page
    choice = page.locator("#id_next_step_code")
    for code in ("ask_agreement", "settle_in", "go_along"):
        choice.select_option(code)
        shot(page, f"step-{code}-{language}")
        assert cut(page) == [], code
