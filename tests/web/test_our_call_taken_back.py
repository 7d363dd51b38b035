"""A call of the sender's side that was a slip is taken back: it counts nowhere, and history keeps both (ADR 212)."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest

from hamkori.casework.referral.models import Referral, ReferralStep
from hamkori.casework.work.queries.counts import counts
from tests.cast import pass_time
from tests.database import god
from tests.web.senders import Senders, page_text
from tests.web.test_agreed_by_telephone import arrange, asked, call, written
from tests.web.test_not_to_go_there import file
from tests.web.test_place_found import until
from tests.web.test_taken_back import ABOVE, DESK, LEAD, TITLE, page, presses, steps, today
from tests.web.test_taken_back_by_telephone import HERS, TELLS, says
from tests.web.test_told_and_cancelled import cancels, told

pytestmark = pytest.mark.django_db
SAID_YES = re.compile(r"(?:Caseworker|Supervisor) Cso called (?:today|yesterday) \d\d:\d\d: yes")
UNCONFIRMED = "without a confirmed place"
ASKS = "They said yes They said no They will call back Reached nobody"
ASIDE = "Hour and meeting point that were agreed are put aside until they say yes again."
OWED = "theirs is still free"
SLIP = "Your team took the yes of Shelter Kulob back ("
SAVED = "Put back: that call counts no more. The answer of Shelter Kulob is still open."
MAY_GO = "If the person was told to go there, tell them not to go."
AFTER_ALL = "they are expected after all"


def night(house: Senders) -> tuple[str, Referral]:
    """An urgent one at night, and who leads has pressed that they said yes. Of its case the number too."""
    until(20)
    case, sent = asked(house)
    says(house, sent, "said_yes")
    return case.code, sent


def form(html: str, sent: Referral) -> dict[str, str]:
    """The form of the page which takes a call back, as it is pressed."""
    of = [one for one in re.findall(r"<form.*?</form>", html, re.S) if 'value="put_back"' in one]
    found = [one for one in of if f'action="/referrals/{sent.code}/call/"' in one]
    assert len(found) == 1, len(found)
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', found[0]))


def undo(house: Senders, sent: Referral, on: str, who: str = LEAD, **other: Any) -> str:
    """Pressed on that page."""
    browser = house.browser(who)
    fields = form(browser.get(on).content.decode(), sent)
    posted = {**fields, "operation": str(uuid4()), "answer": "put_back", **other}
    said = page_text(browser.post(f"/referrals/{sent.code}/call/", posted, follow=True))
    pass_time(minutes=1)
    return said


def to_call(house: Senders) -> int:
    with house.as_(HERS) as farida:
        return counts(farida).to_call


@pytest.mark.parametrize("on", ["today", "case", "referral", "sent"])
def test_a_wrong_yes_is_put_back_where_it_is_told(house: Senders, on: str) -> None:
    """Red before: "a yes that was pressed by mistake cannot be undone here", and the person left "Call now"."""
    code, sent = night(house)
    pages = {
        "today": "/",
        "case": f"/cases/{code}/",
        "referral": f"/referrals/{sent.code}/",
        "sent": f"/cases/{code}/first/?step=sent&of={sent.code}",
    }
    assert UNCONFIRMED in today(house)
    assert SAID_YES.search(page(house, sent))
    assert "cannot be undone" not in page(house, sent)
    said = undo(house, sent, pages[on])
    assert SAVED in said
    assert MAY_GO in said, "nothing was written, but it may have been told"
    for shown in (today(house), today(house, ABOVE), file(house, sent, LEAD), file(house, sent, ABOVE)):
        assert not SAID_YES.search(shown)
        assert "Yes by telephone" not in shown
        assert UNCONFIRMED not in shown
    assert "Call now" in today(house)
    assert "No place for tonight yet" in today(house)
    assert "No place for tonight yet" in file(house, sent, LEAD)
    shown = page(house, sent)
    first, past = shown.partition("What happened")[::2]
    assert not SAID_YES.search(first)
    assert ASKS in first
    assert MAY_GO in first
    assert "They said yes" in past
    assert "Put back: that call counts no more" in past
    assert steps(sent, "call") == [("said_yes", "S")]
    assert steps(sent, "undo_call") == [("said_yes", "S")]


def test_who_was_told_meanwhile_is_told_first(house: Senders) -> None:
    _code, sent = night(house)
    assert arrange(house, sent).status_code == 303
    pass_time(minutes=1)
    told(house, sent)
    stood = written(sent)
    said = undo(house, sent, f"/referrals/{sent.code}/")
    assert TELLS in said
    for each in (LEAD, ABOVE):
        for shown in (page(house, sent, each), today(house, each), file(house, sent, each)):
            assert "The person was told (" in shown, each
            assert TELLS in shown, each
        assert TITLE in today(house, each)
        assert SLIP in page(house, sent, each), each
    assert "as agreed on the telephone" not in page(house, sent, DESK), "nobody reads hour and place"
    assert ASIDE in page(house, sent)
    presses(house, sent, "warn_person", "warned")
    assert TITLE not in today(house)
    says(house, sent, "said_yes")
    assert written(sent) == stood, "and they stand again once it is a yes"
    assert ASIDE not in page(house, sent)
    says(house, sent, "said_no")
    assert ASIDE in page(house, sent), "red before: after a no, too, they were gone without a word"
    says(house, sent, "said_yes")
    assert AFTER_ALL in page(house, sent)


def test_a_wrong_no_is_put_back_and_the_yes_before_it_counts(house: Senders) -> None:
    code, sent = night(house)
    says(house, sent, "said_no")
    assert "no, not confirmed" in page(house, sent).partition("What happened")[0]
    undo(house, sent, f"/cases/{code}/")
    assert SAID_YES.search(page(house, sent).partition("What happened")[0])
    assert "Yes by telephone, not confirmed" in file(house, sent, LEAD)
    undo(house, sent, f"/referrals/{sent.code}/")
    assert ASKS in page(house, sent)


def test_that_nobody_answered_is_put_back(house: Senders) -> None:
    until(20)
    _case, sent = asked(house)
    assert "Undo" not in page(house, sent), "nothing was recorded"
    says(house, sent, "not_reached")
    undo(house, sent, f"/referrals/{sent.code}/")
    first = page(house, sent).partition("What happened")[0]
    assert "not reached" not in first
    assert ASKS in first


def test_the_coordinator_has_the_call_again(house: Senders) -> None:
    _code, sent = night(house)
    pass_time(hours=3)
    says(house, sent, "said_yes")
    assert to_call(house) == 0
    assert ": yes" in today(house, HERS)
    undo(house, sent, f"/referrals/{sent.code}/")
    undo(house, sent, f"/referrals/{sent.code}/")
    assert to_call(house) == 1
    shown = today(house, HERS)
    assert "the team called" not in shown
    assert ": yes" not in shown
    assert "somebody of yours said yes" not in page(house, sent, DESK)


def test_pressed_twice_nothing_more_is_put_back(house: Senders) -> None:
    _code, sent = night(house)
    fields = form(_html(house, f"/referrals/{sent.code}/"), sent)
    undo(house, sent, f"/referrals/{sent.code}/")
    again = {**fields, "operation": str(uuid4()), "answer": "put_back"}
    said = page_text(house.browser().post(f"/referrals/{sent.code}/call/", again))
    assert "Not put back: that call counts no more already, or they have answered since." in said
    assert len(steps(sent, "undo_call")) == 1


@pytest.mark.parametrize("after", ["a day", "accepted"])
def test_after_a_day_or_an_answer_nothing_is_put_back(house: Senders, after: str) -> None:
    _code, sent = night(house)
    fields = form(_html(house, f"/referrals/{sent.code}/"), sent)
    if after == "a day":
        pass_time(hours=25)
    else:
        house.accepted(sent)
    assert 'value="put_back"' not in _html(house, f"/referrals/{sent.code}/")
    posted = {**fields, "operation": str(uuid4()), "answer": "put_back"}
    answer = house.browser().post(f"/referrals/{sent.code}/call/", posted)
    assert answer.status_code == 409
    with god():
        assert not ReferralStep.objects.filter(referral=sent, undone_at__isnull=False).exists()


def test_a_supervisor_can_put_it_back(house: Senders) -> None:
    _code, sent = night(house)
    undo(house, sent, f"/referrals/{sent.code}/", ABOVE)
    assert steps(sent, "undo_call") == [("said_yes", "SV")]
    assert call(house, sent, "said_yes")


def _html(house: Senders, on: str) -> str:
    return str(house.browser().get(on).content.decode())


@pytest.mark.parametrize("on", ["today", ""])
def test_that_they_were_told_can_be_put_back(house: Senders, on: str) -> None:
    """Red before: no way back, and the history said "reached the referral desk"."""
    _code, sent = night(house)
    cancels(house, sent)
    assert OWED in today(house)
    more = {"from": on} if on else {}
    posted = {"operation": str(uuid4()), "answer": "reached", **more}
    answer = house.browser().post(f"/referrals/{sent.code}/call/", posted, follow=True)
    assert ("Undo" in page_text(answer)) is True
    pass_time(minutes=1)
    shown = page(house, sent)
    assert "Told by telephone (" in shown
    assert OWED not in shown + today(house)
    for past in (shown.partition("What happened")[2], file(house, sent, LEAD).partition("What happened")[2]):
        assert "Told them" in past
        assert "Reached the referral desk" not in past
    said = undo(house, sent, f"/referrals/{sent.code}/")
    assert "Put back: Shelter Kulob has still to hear that nobody comes." in said
    assert OWED in page(house, sent)
    assert OWED in today(house)
    assert page(house, sent).partition("What happened")[2].count("Told them") == 2
