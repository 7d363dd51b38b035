"""An address that stays open, or is kept, says how a referral stands now: what was sent, and what was unlocked."""

from __future__ import annotations

import re

import pytest

from hamkori.casework.case.models import Case
from hamkori.casework.consent.actions import consent
from hamkori.casework.referral.actions import send as sending
from hamkori.casework.referral.models import Referral
from tests.cast import pass_time
from tests.database import god
from tests.web.senders import Senders, asked, page_text

pytestmark = pytest.mark.django_db
PROMISES = ("Sent to", "If nobody answers", "Stay with the person", "The answer appears on Today", "See or cancel")


def test_the_page_after_sending_promises_nothing_once_the_referral_has_moved_on(house: Senders) -> None:
    """Red before: after a cancelling, the same press, a reload and the address itself said "Sent", in green."""
    case = house.case()
    house.agreed(case)
    sent, zarina = house.draft(case), house.browser()
    after, check = (f"/cases/{case.code}/first/?step={step}&of={sent.code}" for step in ("sent", "check"))
    assert zarina.get(after)["Location"] == check, "a draft is not sent"
    with house.as_() as actor:
        sending.send(actor, sent, version=sent.version)
    assert [one for one in PROMISES if one not in page_text(zarina.get(after))] == []

    def now(said: str) -> None:
        answer = zarina.get(after)
        text = page_text(answer)
        assert re.search(said, text), text
        assert [one for one in PROMISES if one in text] == []
        assert f'href="/referrals/{sent.code}/"' in answer.content.decode()

    pass_time(hours=3)
    now("Shelter Kulob: No answer yet. The coordinator has been told.")
    asked(house, sent)
    now("Shelter Kulob: They asked you a question")
    with house.as_() as actor:
        one = Referral.objects.get(pk=sent.pk)
        sending.recall(actor, one, version=one.version, reason="mistake")
    ended = r"Shelter Kulob: Cancelled by the sender, [\w ]+ \d\d:\d\d\. No answer is awaited\."
    now(ended)
    assert zarina.get(check)["Location"] == after, "the page with the button, in another window"


def test_what_a_receiver_unlocked_is_emptied_on_a_page_that_stays_open(house: Senders) -> None:
    """Red before: an open page showed name and story after everything was withdrawn, until the vault closed."""
    case = house.case(needs={"wishes": "Canary-Wish"})
    house.agreed(case)
    sent = house.sent(case, sections=["contact", "needs"])
    house.accepted(sent)
    opened = house.browser("shelter-worker").get(f"/referrals/{sent.code}/?open=packet").content.decode()
    found = re.search(r'data-still="([^"]+)"', opened)
    assert found is not None
    asks = found[1].replace("&amp;", "&")
    assert "Canary" not in asks

    def asks_by_itself(address: str = asks, who: str = "shelter-worker") -> int:
        return house.browser(who).get(address, headers={"HX-Request": "true"}).status_code

    assert asks_by_itself() == 204
    assert {asks_by_itself(who=who) for who in ("desk-shelter", "lawyer", "caseworker-cso")} == {205}
    assert asks_by_itself(asks.replace(sent.code, "40000004")) == 205, "an invented number answers the same"
    part = f"/referrals/{sent.code}/?still=contact"
    assert asks_by_itself(part) == 204
    for what, codes in (({"parts": [(("shelter_social", "help"), "needs")], "rows": ()}, (205, 204)), ({}, (205, 205))):
        with house.as_() as zarina:
            consent.withdraw(zarina, Case.objects.get(pk=case.pk), how_said="in_person", **what)  # type: ignore[arg-type]
        assert (asks_by_itself(), asks_by_itself(part)) == codes, what
    with god():
        assert Referral.objects.get(pk=sent.pk).ended_at is not None
