"""What a list or a page says of a referral and of a case is what the page behind it says."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from hamkori.casework.case.actions import case as cases
from hamkori.directory.models import Service
from tests.cast import pass_time
from tests.web.forms_of import fields
from tests.web.senders import Senders, asked, at, page_text
from tests.web.test_a_brought_no_on_both_sides import accepted, ends_alone
from tests.web.test_asked_before_anybody_is_called_off import BROUGHT
from tests.web.test_looked_for import FIND_OUT, missed, says
from tests.web.test_place_found import until
from tests.web.test_said_on_the_telephone import press
from tests.web.test_two_are_asked import two

pytestmark = pytest.mark.django_db
DESK = "desk-shelter"


@pytest.mark.parametrize("how", [*BROUGHT, "in_person"])
def test_a_no_that_is_not_certain_is_not_the_persons_in_the_list(house: Senders, how: str) -> None:
    """Red before: "Ended by the person" in the list, "stopped by a no in a message" on its page."""
    until(18)
    _case, sent = accepted(house)
    ends_alone(house, sent, how)
    row = page_text(house.browser().get("/referrals/?show=ended"))
    page = page_text(house.browser().get(at(sent)))
    for said in (row, page):
        assert ("Stopped by a no" in said) is (how in BROUGHT), how
    assert ("Ended by the person" in row) is (how not in BROUGHT)


def test_who_is_looked_for_is_that_in_the_list_with_the_button_of_today(
    house: Senders, second_shelter: Service
) -> None:
    """Red before: "the person did not come: decide what comes next", and "Ask another organisation" alone; later, that
    nowhere.
    """
    case, sent = missed(house)
    says(house, case, "not_found")
    pass_time(minutes=1)
    for chip in ("", "?show=needs_me", "?show=accepted"):
        page = house.browser().get(f"/referrals/{chip}")
        text = page_text(page)
        assert "Looked for, not found" in text or "looked for, not found" in text, chip
        assert FIND_OUT.casefold() in text.casefold(), chip
        assert "decide what comes next" not in text, chip
        assert text.index("Open the referral") < text.index("Ask another organisation"), chip
        assert f'href="{at(sent)}"' in page.content.decode(), chip


def test_a_question_that_nobody_answered_stays_on_the_page_of_who_accepted(house: Senders) -> None:
    """Red before: with the acceptance neither the question nor that no answer came was there."""
    house.agreed(case := house.case())
    sent = house.sent(case)
    pass_time(minutes=1)
    asked(house, sent)
    pass_time(minutes=1)
    assert "No answer yet" in page_text(house.browser(DESK).get(at(sent)))
    house.accepted(sent)
    pass_time(minutes=1)
    for who in (DESK, "shelter-worker"):
        said = page_text(house.browser(who).get(at(sent)))
        assert "Questions and answers" in said, who
        assert "no answer. Ask the sender by telephone." in said, who


def test_cancelling_is_no_main_button_beside_a_yes_that_is_not_confirmed(house: Senders) -> None:
    """Red before: the one filled button beside an unconfirmed yes took the other request away."""
    _case, refusing, giving = two(house)
    zarina = house.browser()
    press(zarina, f"/referrals/{refusing.code}/call/", "said_no")
    press(zarina, f"/referrals/{giving.code}/call/", "said_yes")
    page = zarina.get(at(refusing)).content.decode()
    address = page.partition(f'href="/referrals/{refusing.code}/recall/"')
    assert address[1]
    tag = address[0].rpartition("<a ")[2] + address[2].partition(">")[0]
    assert "quiet" in tag, tag


def test_a_desk_reads_nothing_of_today_that_is_not_asked(house: Senders) -> None:
    """Red before: "Nothing else waits: to Today", while late things stood there."""
    house.agreed(case := house.case())
    sent = house.sent(case)
    pass_time(minutes=1)
    desk = house.browser(DESK)
    form = fields(desk.get(at(sent)), at(sent, "decline")) | {"operation": str(uuid4()), "reason": "full"}
    text = page_text(desk.post(at(sent, "decline"), form, follow=True))
    assert "To Today" in text
    assert "Nothing else waits" not in text


def test_not_yet_decided_is_open_in_the_case_as_when_it_is_closed(house: Senders) -> None:
    """Red before: "not yet decided" stood among what is done, and closing said that nobody ever decided."""
    case = house.case({"has_danger": True})
    with house.as_() as zarina:
        cases.decide(zarina, case, version=case.version, decision="not_yet", reason="more_time")
    text = page_text(house.browser().get(f"/cases/{case.code}/"))
    undated = text.partition("Also to do, no day is set")[2].partition("Already done")[0]
    assert "Decision" in undated
    assert "The decision on the signs is still open." in page_text(house.browser().get(f"/cases/{case.code}/close/"))


def test_a_no_by_telephone_after_they_accepted_asks_for_one_more_call(house: Senders) -> None:
    """Red before: "this referral is “Accepted” by now, and no answer is awaited": what was heard was thrown away."""
    house.agreed(case := house.case())
    sent = house.sent(case)
    pass_time(minutes=1)
    house.accepted(sent)
    pass_time(minutes=1)
    late = house.browser().post(at(sent, "call"), {"operation": str(uuid4()), "answer": "said_no"})
    assert late.status_code == 409
    assert re.search(
        r"they accepted in Hamkori \(.{5,40}\), and you heard a no\. Call them once more\.", page_text(late)
    )
