"""Who agreed without her name is not named to the receiver: not in `identity`, and not by what to call her either."""

from __future__ import annotations

from uuid import uuid4

import pytest

from hamkori.casework.consent.actions import consent
from hamkori.casework.referral.actions import send as sending
from hamkori.casework.referral.models import Referral
from tests.web.consenting import ask
from tests.web.senders import Senders, page_text

HELP = ("shelter_social", "help")

pytestmark = pytest.mark.django_db

NAME = "Canary-Call-Name"
TELEPHONE = "canary-phone"
SAID = "The person said yes without a name"


def opened(house: Senders, referral: Referral) -> str:
    """What the receiver's worker reads in the packet."""
    return page_text(house.browser("shelter-worker").get(f"/referrals/{referral.code}/?open=packet"))


def test_the_receiver_reads_the_telephone_and_no_name(house: Senders) -> None:
    case = house.case()
    house.agreed(case, answer="without_name")
    referral = house.sent(case)
    house.accepted(referral)
    read = opened(house, referral)
    assert TELEPHONE in read
    assert SAID in read
    assert NAME not in read


def test_who_said_yes_is_called_by_what_she_told(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    referral = house.sent(case)
    house.accepted(referral)
    read = opened(house, referral)
    assert NAME in read
    assert SAID not in read


def test_a_name_that_went_before_is_shown_no_more_and_comes_back_with_her_yes(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    referral = house.sent(case)
    house.accepted(referral)
    assert NAME in opened(house, referral)
    house.agreed(case, answer="without_name")
    read = opened(house, referral)
    assert TELEPHONE in read
    assert NAME not in read
    house.agreed(case)
    assert NAME in opened(house, referral)


def test_what_is_added_later_is_read_by_the_team(house: Senders) -> None:
    case = house.case(needs={"wishes": "Canary-Wish"})
    house.agreed(case)
    referral = house.sent(case, sections=["needs"])
    house.accepted(referral)
    assert TELEPHONE not in opened(house, referral)
    with house.as_() as zarina:
        mine = Referral.objects.get(pk=referral.pk)
        sending.add(zarina, mine, version=mine.version, sections=["contact"])
    read = opened(house, referral)
    assert TELEPHONE in read
    assert NAME in read


def test_what_is_added_later_brings_no_name(house: Senders) -> None:
    case = house.case(needs={"wishes": "Canary-Wish"})
    house.agreed(case)
    referral = house.sent(case, sections=["needs"])
    house.accepted(referral)
    house.agreed(case, answer="without_name")
    with house.as_() as zarina:
        mine = Referral.objects.get(pk=referral.pk)
        sending.add(zarina, mine, version=mine.version, sections=["contact"])
    house.agreed(case)
    read = opened(house, referral)
    assert TELEPHONE in read
    assert NAME not in read, "it was never sealed to them"


def test_who_takes_her_name_back_is_called_by_none_from_then_on(house: Senders) -> None:
    """What to call her stands in another part, which may still go: it went to the police with her first name."""
    case = house.case(needs={"wishes": "Canary-Wish"})
    house.agreed(case, sections={"identity", "contact", "needs"})
    referral = house.sent(case, sections=["identity", "needs"])
    house.accepted(referral)
    with house.as_() as zarina:
        consent.withdraw(zarina, case, rows=[HELP], sections=["identity"], how_said="in_person")
        mine = Referral.objects.get(pk=referral.pk)
        sending.add(zarina, mine, version=mine.version, sections=["contact"])
    read = opened(house, referral)
    assert TELEPHONE in read
    assert NAME not in read


def test_her_name_may_go_no_more_also_where_no_papers_went(house: Senders) -> None:
    """By the page: name and papers, to anybody. The shelter was to have no papers, and knew what to call her."""
    case = house.case()
    house.agreed(case, sections={"contact"})
    referral = house.sent(case)
    house.accepted(referral)
    assert NAME in opened(house, referral)
    address = f"/cases/{case.code}/consent/withdraw/"
    before = house.browser().get(address)
    assert 'value="shelter_social:help:identity"' in before.content.decode()
    assert "Help goes on. No name is shown at Shelter Kulob any more, and they are told." in page_text(before)
    said = {"took": ["shelter_social:help:identity"], "how_said": "in_person"}
    assert house.browser().post(address, {**said, "operation": str(uuid4())}).status_code == 303
    read = opened(house, referral)
    assert TELEPHONE in read
    assert NAME not in read


def test_the_sender_reads_beforehand_what_goes(house: Senders) -> None:
    case = house.case()
    house.agreed(case, answer="without_name")
    page = house.browser().post(f"/cases/{case.code}/refer/", {**house.screen(case), "do": "look"})
    assert "safe telephone, hours, code word, interpreter; not what to call the person" in page_text(page)


def test_before_another_answer_counts_she_reads_that_the_name_goes(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    house.accepted(house.sent(case))
    shown = ask(house.browser(), case, a_shelter_social_help="without_name", how_said="in_person")
    assert "continues, but what to call the person is no longer shown there" in page_text(shown)


def test_who_said_yes_without_a_name_is_not_asked_for_it(house: Senders) -> None:
    """Red before: the receiver was invited to ask for name and documents."""
    case = house.case()
    house.agreed(case, answer="without_name")
    referral = house.sent(case, sections=["contact"])
    house.accepted(referral)
    at, worker = f"/referrals/{referral.code}/", house.browser("shelter-worker")
    assert 'value="identity"' not in worker.get(at).content.decode()
    asks = {"operation": str(uuid4()), "section": "identity"}
    assert worker.post(f"{at}ask_part/", asks).status_code == 409
    house.agreed(case)
    assert worker.post(f"{at}ask_part/", {**asks, "operation": str(uuid4())}).status_code == 303
