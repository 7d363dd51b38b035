"""Both shelters said no, and nobody else is listed: one call to the coordinator, one row and one press (ADR 164)."""

from __future__ import annotations

import re

import pytest

from hamkori.casework.referral.models import Referral, ReferralStep
from hamkori.casework.referral.queries.referrals import sender_state
from tests.cast import pass_time
from tests.database import god
from tests.doors import DoorClient
from tests.web.senders import Senders, page_text
from tests.web.test_said_on_the_telephone import press
from tests.web.test_two_are_asked import two

pytestmark = pytest.mark.django_db

REACHED = re.compile(r'<button[^>]*name="answer"[^>]*value="coordinator"|<button[^>]*value="coordinator"')


def presses(who: DoorClient, answer: str, *, without: str = "") -> str:
    """The button of the row as a browser sends it, with all that its form has; where it leads to."""
    page = who.get("/").content.decode()
    whole = next(one for one in page.split("<form")[1:] if 'value="coordinator"' in one.partition("</form>")[0])
    inside = whole.partition("</form>")[0]
    to = re.findall(r'action="([^"]+)"', inside)[0]
    form: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', inside):
        form.setdefault(name, []).append(value)
    form.pop(without, None)
    return page_text(who.post(to, {**form, "answer": answer}, follow=True))


def calls(one: Referral) -> list[str]:
    """What calls brought, the newest last."""
    with god():
        said = ReferralStep.objects.filter(referral=one, step_code="call").order_by("at")
        return [step.reason_code for step in said]


def both_said_no(house: Senders) -> tuple[Referral, Referral]:
    _case, first, second = two(house)
    for one in (first, second):
        press(house.browser(), f"/referrals/{one.code}/call/", "said_no")
        pass_time(minutes=1)
    return first, second


def test_one_row_and_one_press_for_both(house: Senders) -> None:
    """Red before: two rows of one person in "Call now", each with "Reached the coordinator"."""
    first, second = both_said_no(house)
    zarina = house.browser()
    page = zarina.get("/")
    assert len(REACHED.findall(page.content.decode())) == 1
    text = page_text(page)
    assert text.count("1 to call now") == 2, "one row is one call, in the menu and at the top of the page"
    assert "Call now 1 " in text
    assert text.count("Coordinator: no number recorded") == 1
    for name in ("Shelter Kulob", "Legal Aid"):
        assert name in text, "each is named, with what it said"
    said = presses(zarina, "coordinator")
    assert "Noted for 2 referrals." in said
    assert [calls(one) for one in (first, second)] == [["said_no", "coordinator"]] * 2
    assert not REACHED.findall(zarina.get("/").content.decode())


def test_who_was_not_reached_is_called_again_about_both(house: Senders) -> None:
    first, second = both_said_no(house)
    zarina = house.browser()
    assert "Noted for 2 referrals." in presses(zarina, "no_coordinator")
    assert [calls(one)[-1] for one in (first, second)] == ["no_coordinator"] * 2
    pass_time(minutes=61)
    assert len(REACHED.findall(zarina.get("/").content.decode())) == 1


def test_what_was_answered_meanwhile_is_left_out(house: Senders) -> None:
    """The page is open, and one of them accepts after all; without its mark nothing is recorded for another one."""
    first, second = both_said_no(house)
    zarina = house.browser()
    said = presses(zarina, "no_coordinator", without="also_of")
    assert "Noted for" not in said
    assert sorted(len(calls(one)) for one in (first, second)) == [1, 2]
    with god():
        assert {sender_state(one) for one in Referral.objects.filter(pk__in=[first.pk, second.pk])} == {"sent"}
