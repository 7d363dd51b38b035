"""What is typed into a referral is kept when its page is left, and offered by whatever way somebody comes back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone

from hamkori.casework.case.models import Case
from tests.web.forms_of import text
from tests.web.in_a_browser import Shown
from tests.web.senders import Senders
from tests.web.test_typing_at_work import CANARY, rows

pytestmark = pytest.mark.django_db

Show = Callable[..., Shown]


@pytest.fixture
def case(house: Senders) -> Case:
    return house.case()


HIDDEN = """() => {
  Object.defineProperty(document, "hidden", { value: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


@pytest.mark.browser
@pytest.mark.parametrize("refused", [False, True])
def test_the_words_of_a_referral_come_back_by_another_way_than_they_were_typed(
    house: Senders, show: Show, case, refused: bool
) -> None:
    """Red before: typed below a row of Today they were not offered on the page that the case leads to. And the words
    of a form that was refused were kept by nothing when somebody left it.
    """
    house.agreed(case)
    page = show(f"/cases/{case.code}/refer/?need=HOME", width=360).page
    page.get_by_role("button", name="Choose Shelter Kulob").click()
    page.locator("#side .slip").wait_for()
    page.get_by_text("Add what the person wants them to know").click()
    page.locator("#id_agreed_text").fill(CANARY)
    if refused:
        page.locator("#id_needed_from").evaluate("field => { field.value = '31.02.2027' }")
        page.get_by_role("button", name="I have told the person. Send").click()
        page.locator(".bad #id_needed_from").wait_for()
    with page.expect_response("**/typing/"):
        page.evaluate(HIDDEN)
    page.goto("about:blank")
    assert CANARY not in text(house.browser().get("/"))
    back = show(f"/cases/{case.code}/refer/", width=360).page
    back.get_by_role("button", name="Put back").click()
    back.get_by_text("What you were writing is in the form again.").wait_for()
    assert back.locator("#id_agreed_text").input_value() == CANARY
    assert back.evaluate("document.documentElement.scrollWidth") <= 360
    if refused:
        assert back.locator("#id_needed_from").input_value() == "31.02.2027", "that too"
        back.locator("#id_needed_from").evaluate(
            "(field, day) => { field.value = day }", f"{timezone.localdate():%d.%m.%Y}"
        )
    with back.expect_response("**/typing/"):
        back.evaluate(HIDDEN)
    back.get_by_role("button", name="I have told the person. Send").click()
    back.get_by_text("No place for tonight yet").first.wait_for()
    assert rows() == 0, "sent: nothing is offered any more"


@pytest.mark.browser
def test_what_was_chosen_without_a_word_is_not_kept_when_the_page_is_left(
    house: Senders, show: Show, case: Case
) -> None:
    house.agreed(case)
    page = show(f"/cases/{case.code}/refer/", width=360).page
    page.get_by_role("button", name="Choose Shelter Kulob").click()
    page.locator("#side .slip").wait_for()
    assert page.locator("[data-unsaved]").count(), "the form came back"
    page.evaluate(HIDDEN)
    page.wait_for_timeout(300)
    assert rows() == 0
