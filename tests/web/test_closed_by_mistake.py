"""A case that was closed by mistake, and what was answered before: the page says it beforehand, and the case after."""

from __future__ import annotations

import pytest

from hamkori.casework.case.models import Case
from hamkori.casework.referral.actions import confirm
from hamkori.casework.referral.models import Referral
from tests.cast import pass_time
from tests.web.senders import Senders, page_text
from tests.web.test_opened_after_everything import opens
from tests.web.test_place_found import BOTH, found
from tests.web.test_place_opened_again import closes

pytestmark = pytest.mark.django_db

LEAD, ABOVE = BOTH
READY = "All referrals are finished"
AGAIN = "what the person said about sharing no longer counts: the person is asked again."


def helped(house: Senders) -> Case:
    """Help was given and confirmed, and the person sleeps at home."""
    case = house.case()
    house.agreed(case)
    one = house.sent(case)
    house.accepted(one)
    house.finished(one)
    with house.as_() as zarina:
        mine = Referral.objects.get(pk=one.pk)
        confirm.confirm(zarina, mine, version=mine.version, her_view="content", agrees=True)
    found(house, case, "own_home")
    pass_time(minutes=1)
    return case


def of(house: Senders, case: Case, who: str = LEAD) -> str:
    return page_text(house.browser(who).get(f"/cases/{case.code}/"))


def test_the_page_that_closes_says_what_opening_again_will_ask(house: Senders) -> None:
    """Red before: it said only that a supervisor can open it again, and each answer was lost by a slip."""
    case = house.case()
    close = f"/cases/{case.code}/close/"
    assert "the person is asked again" not in page_text(house.browser().get(close)), "nothing was said so far"
    house.agreed(case, "police", "protection", answer="no")
    assert "the person is asked again" not in page_text(house.browser().get(close)), "a no to the police stays"
    house.agreed(case)
    assert AGAIN in page_text(house.browser().get(close))
    house.agreed(case, "legal", answer="no")
    house.agreed(case, "health", answer="without_name")
    for who in BOTH:
        shown = page_text(house.browser(who).get(close))
        assert f"If the case is opened again, {AGAIN}" in shown, who


def test_a_yes_from_before_the_closing_is_not_called_not_asked(house: Senders) -> None:
    """Red before: "Not asked", though the person had been asked a minute before."""
    case = house.case()
    house.agreed(case)
    house.agreed(case, "legal", answer="no")
    house.agreed(case, "police", "protection", sections={"contact"})
    pass_time(minutes=1)
    closes(house, case)
    for who in BOTH:
        assert "Shelter, social help: Consent was given" in of(house, case, who), who
    opens(house, case, "closed_by_mistake")
    for who in BOTH:
        shown = of(house, case, who)
        assert "Shelter, social help: Agreed before closing: ask again" in shown, who
        assert "Police: Agreed before closing: ask again" in shown, who
        assert "Psychologists: Not asked" in shown, f"{who}: of whom nobody asked before"
        line = "Agreed before the case was closed, ask again: shelter, police. Said no before the case was closed, ask"
        assert f"Not asked: doctors, psychologists. {line} again: lawyers." in shown, who
    house.agreed(case, "legal")
    shown = of(house, case)
    assert "Shelter, social help: Agreed before closing: ask again" in shown, "of which nobody has asked since"
    assert "Yes: lawyers. Not asked: doctors, psychologists. Agreed before the case was closed" in shown
    house.agreed(case, answer="no")
    assert "No: shelter." in of(house, case)


def test_a_case_that_was_just_opened_again_asks_the_person_and_does_not_offer_to_close(house: Senders) -> None:
    """Red before: "All referrals are finished. If nothing more is to do, close the case", with that very button."""
    case = helped(house)
    assert READY in of(house, case)
    closes(house, case)
    opens(house, case, "closed_by_mistake")
    page = house.browser().get(f"/cases/{case.code}/").content.decode()
    assert READY not in page
    assert "Close the case</a>" in page, "the way to it is among what can be done with the case"
    next_steps = page.partition('id="what-next"')[2]
    assert 'class="work"' in next_steps
    first = next_steps.partition("</li>")[0]
    assert f'href="/cases/{case.code}/consent/"' in first
    assert "Ask the person again" in first
    pass_time(minutes=1)
    house.agreed(case)
    assert READY not in of(house, case), "why it was opened again is still to be done"
    other = house.sent(case)
    assert READY not in of(house, case)
    house.accepted(other)
    house.finished(other)
    with house.as_() as zarina:
        mine = Referral.objects.get(pk=other.pk)
        confirm.confirm(zarina, mine, version=mine.version, her_view="content", agrees=True)
    pass_time(minutes=1)
    found(house, case, "own_home")
    assert READY in of(house, case)


def test_a_closed_case_is_opened_again_from_the_notice_at_its_top(house: Senders) -> None:
    """Red before: the last link of a long page."""
    case = house.case()
    closes(house, case)
    address = f'href="/cases/{case.code}/reopen/"'
    page = house.browser(ABOVE).get(f"/cases/{case.code}/").content.decode()
    assert page.count(address) == 1
    assert address in page.partition("This case is closed")[2].partition("</section>")[0].partition("<h2")[0]
    assert address not in house.browser().get(f"/cases/{case.code}/").content.decode()
