"""The page of consent on a phone: the four answers stand in a line, and what was answered before takes one line."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hamkori.casework.consent.rules import consent as rules
from hamkori.people.models import User
from hamkori.site.screens.looks import barriers
from tests.cast import pass_time
from tests.database import god
from tests.web.in_a_browser import Shown, shot
from tests.web.senders import Senders

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

Show = Callable[..., Shown]
LONGEST, OF_A_CHILD = 3000, 3600
HEIGHT = "document.documentElement.scrollHeight"
TOPS = "rows => rows.map(one => new Set([...one.children].map(each => each.offsetTop)).size)"
TOO_SMALL = """() => [...document.querySelectorAll(
  ".consent :is(.seg label, summary, label.anew, .part-head .btn), .head .btn")]
  .map(each => [each.textContent.trim(), each.getBoundingClientRect()])
  .filter(([_, box]) => box.height && (box.height < 43.5 || box.width < 43.5)).map(([text]) => text)"""


@pytest.mark.parametrize(
    ("before", "scheme", "language"),
    [("first", "light", "tg"), ("agreed", "dark", "tg"), ("agreed", "light", "ru"), ("ended", "light", "tg")],
)
def test_it_is_as_long_as_four_screens_of_a_phone(
    house: Senders, show: Show, before: str, scheme: str, language: str
) -> None:
    """Red before: from 4,000 to 5,100 px, with two rows of answers and three lines of what stood, eight times."""
    case = house.case()
    for kind, purpose in rules.ROWS if before != "first" else ():
        said = "no" if kind == "police" and before == "agreed" else "yes"
        house.agreed(case, kind, purpose, said, sections={"contact"})
    if before == "ended":
        pass_time(days=91)
    with god():
        User.objects.update(language_code=language)
    page = show(f"/cases/{case.code}/consent/", width=360, scheme=scheme).page
    shot(page, f"consent-phone-{before}-{scheme}-{language}")
    assert page.evaluate(HEIGHT) <= LONGEST
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    answers = page.locator(".ask4 .seg:has([name^=a_])")
    assert answers.count() == len(rules.ROWS)
    assert answers.evaluate_all(TOPS) == [1] * len(rules.ROWS), "one line"
    assert page.evaluate(TOO_SMALL) == []
    assert barriers(page) == []
    if before != "first":
        first = page.locator(".stays .fold").first
        first.locator("summary").click()
        assert first.locator("p").is_visible(), "what was shared stands where it is opened"


@pytest.mark.parametrize("language", ["tg", "ru"])
def test_a_childs_is_longer_by_who_speaks_and_what_the_child_says(house: Senders, show: Show, language: str) -> None:
    """Red before: 3,759 px in Tajik, 3,656 in Russian."""
    case = house.case({"age_band_code": "a9_17"})
    who = {"speaker": "guardianship_body", "child_answer": "agrees", "as_child": True}
    for kind, purpose in rules.ROWS:
        house.agreed(case, kind, purpose, sections={"contact"}, **who)
    with god():
        User.objects.update(language_code=language)
    page = show(f"/cases/{case.code}/consent/", width=360).page
    shot(page, f"consent-child-phone-{language}")
    assert page.evaluate(HEIGHT) <= OF_A_CHILD
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.evaluate(TOO_SMALL) == []


def test_large_text_has_its_answers_two_by_two_or_one_by_one(house: Senders, show: Show) -> None:
    case = house.case()
    for width in (300, 220):
        page = show(f"/cases/{case.code}/consent/", width=width).page
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.locator(".ask4 .seg:has([name^=a_])").evaluate_all(TOPS) == [2 if width == 300 else 4] * 8


def test_what_a_withdrawal_leads_to_opens_the_organisations_that_get_nothing(house: Senders, show: Show) -> None:
    """Red before: the link landed at the top of the page, and what it speaks of was folded at its end."""
    case = house.case()
    house.agreed(case)
    house.accepted(house.sent(case))
    page = show(f"/cases/{case.code}/consent/withdraw/", width=360, java_script_enabled=False).page
    page.get_by_text("What this ends; another organisation").click()
    page.get_by_role("link", name="Say so with the answers").click()
    page.wait_for_load_state("load")
    excluded = page.locator("[name=excluded]").first
    assert excluded.is_visible(), "opened, also without script"
    top = page.locator("#without").evaluate("one => one.getBoundingClientRect().top")
    assert 0 <= top < 400, "and in sight"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_stops_everything_stands_apart_on_a_phone(house: Senders, show: Show, scheme: str) -> None:
    """Red before: two buttons under each other, of the same size and kind."""
    case = house.case()
    house.agreed(case)
    referral = house.sent(case, sections=["contact", "needs"])
    house.accepted(referral)
    page = show(f"/referrals/{referral.code}/withdraw/", width=360, scheme=scheme).page
    only, whole = (page.get_by_role("button", name=name) for name in ("End it: they", "Stop everything"))
    shot(page, f"referral-withdraw-360-{scheme}")
    one, other = only.bounding_box(), whole.bounding_box()
    assert one is not None
    assert other is not None
    assert other["y"] - (one["y"] + one["height"]) > 100
    assert whole.evaluate("one => getComputedStyle(one).borderColor") != only.evaluate(
        "one => getComputedStyle(one).borderColor"
    )
    assert barriers(page) == []
