"""A yes or a no that the coordinator puts back was read: whoever was told hears of it, and history keeps it."""

from __future__ import annotations

from uuid import uuid4

import pytest

from hamkori.casework.referral.models import Referral
from tests.cast import pass_time
from tests.web.senders import Senders, page_text
from tests.web.test_agreed_by_telephone import arrange, asked, written
from tests.web.test_place_found import until
from tests.web.test_taken_back import ABOVE, DESK, LEAD, TITLE, page, presses, steps, today
from tests.web.test_taken_back_by_telephone import HERS, TELLS, reads, says
from tests.web.test_told_and_cancelled import cancels, told

pytestmark = pytest.mark.django_db
SLIP = "The coordinator took the yes of Shelter Kulob back ("
CALLS_SENDER = "the sender could read"
AFTER_ALL = "they are expected after all"


def heard(house: Senders) -> Referral:
    """The coordinator wrote that they said yes; the sender agreed on an hour, and told the person."""
    until(20)
    _case, sent = asked(house)
    pass_time(hours=3)
    says(house, sent, "said_yes", HERS)
    assert arrange(house, sent).status_code == 303
    pass_time(minutes=1)
    told(house, sent)
    return sent


def undoes(house: Senders, sent: Referral) -> str:
    farida = house.browser(HERS)
    assert 'value="put_back"' in farida.get("/").content.decode()
    said = page_text(
        farida.post(f"/coordination/{sent.code}/call/", {"answer": "put_back", "operation": str(uuid4())}, follow=True)
    )
    pass_time(minutes=1)
    return said


def test_a_yes_that_is_put_back_is_as_a_no(house: Senders) -> None:
    """Red before: "that call counts no more", no word to anybody, and the yes was gone from the history."""
    sent = heard(house)
    said = undoes(house, sent)
    assert "Now call who sent it" in said
    assert CALLS_SENDER in today(house, HERS)
    for each in (LEAD, ABOVE):
        for shown in reads(house, sent, each):
            assert SLIP in shown, each
            assert "The person was told (" in shown, each
            assert TELLS in shown, each
        assert TITLE in today(house, each)
    assert TELLS not in page(house, sent, DESK)
    assert "as agreed on the telephone" not in page(house, sent, DESK)
    past = page(house, sent).partition("What happened")[2]
    assert "They said yes" in past
    assert "Put back: that call counts no more" in past
    presses(house, sent, "warn_person", "warned")
    assert TITLE not in today(house)
    assert "the person was told not to go." in page(house, sent)
    says(house, sent, "sender", HERS)
    assert CALLS_SENDER not in today(house, HERS)


def test_a_no_that_is_put_back_is_told_too(house: Senders) -> None:
    """Red before: yes again, the no was on no page, and whoever was told not to go did not go."""
    sent = heard(house)
    stood = written(sent)
    says(house, sent, "said_no", HERS)
    presses(house, sent, "warn_person", "warned")
    undoes(house, sent)
    assert CALLS_SENDER in today(house, HERS)
    assert written(sent) == stood
    for each in (LEAD, ABOVE):
        assert TELLS not in today(house, each), each
        assert AFTER_ALL in page(house, sent, each), each
        assert AFTER_ALL in today(house, each), each
    past = page(house, sent).partition("What happened")[2]
    assert "They said no" in past
    assert "Put back: that call counts no more" in past
    told(house, sent)
    assert AFTER_ALL not in page(house, sent) + today(house)


def test_each_no_after_a_yes_asks_again(house: Senders) -> None:
    """Red before: the second no asked nobody: "It was said that the person was told not to go", before that yes."""
    sent = heard(house)
    says(house, sent, "said_no")
    presses(house, sent, "warn_person", "warned")
    assert TITLE not in today(house)
    says(house, sent, "said_yes")
    says(house, sent, "said_no")
    for each in (LEAD, ABOVE):
        for shown in reads(house, sent, each):
            assert TELLS in shown, each
        assert "the person was told not to go." not in page(house, sent, each).partition("What happened")[0], each
    presses(house, sent, "warn_person", "warned")
    assert TITLE not in today(house)
    says(house, sent, "said_no")
    assert TITLE not in today(house), "a second no without a yes is no news"


def test_that_nobody_was_reached_is_of_the_no_before_it(house: Senders) -> None:
    """Red before: "Not reached 08:32: try again" below a telling of 08:52."""
    sent = heard(house)
    says(house, sent, "said_no")
    presses(house, sent, "warn_person", "not_reached")
    assert "try again." in page(house, sent)
    says(house, sent, "said_yes")
    told(house, sent, "not_told", opens=False)
    told(house, sent)
    cancels(house, sent)
    for shown in reads(house, sent, LEAD):
        assert TELLS in shown
        assert "try again." not in shown
    assert steps(sent, "warn_person") == [("not_reached", "S")]
