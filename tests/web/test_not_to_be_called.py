"""“They may not call me any more”: how to reach the person is withdrawn, and whoever has it is told not to call."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from hamkori.access.context import now
from hamkori.casework.case.models import Case
from hamkori.casework.referral.actions import receive, send
from hamkori.casework.referral.models import Referral, ReferralOwnCase
from tests.database import god
from tests.web.senders import Senders, page_text, press, state
from tests.web.test_the_way_on import another
from tests.web.test_withdrawing import helped, take_back

pytestmark = pytest.mark.django_db

QUIET = "Do not call the person and do not write: the person does not want it."
ROW = "Do not call the person and do not write: "
ASKED = "What they wrote down themselves Hamkori cannot delete: they were asked to delete it."


def beside(house: Senders, case: Case, sections: list[str]) -> Referral:
    """The same person is referred to another organisation of the same group."""
    house.world.services["HOME-01"] = another(house, service_code="HOME-01").pk
    return house.sent(case, service="HOME-01", sections=sections)


def withdrawn(house: Senders, case: Case, *took: str) -> str:
    form = {"operation": str(uuid4()), "took": list(took), "how_said": "by_phone"}
    return page_text(
        house.browser().get(house.browser().post(f"/cases/{case.code}/consent/withdraw/", form)["Location"])
    )


def test_whoever_helps_is_told_not_to_call_and_to_delete_what_they_noted(house: Senders) -> None:
    """Red before: "Nothing of it is kept here. Help goes on.", and nobody was asked not to call."""
    case, referral = helped(house)
    parvina, page = house.browser("shelter-worker"), f"/referrals/{referral.code}/"
    assert QUIET not in page_text(parvina.get(page))
    after = withdrawn(house, case, "shelter_social:help:contact")
    assert "It was deleted at Shelter Kulob. They were told not to call the person and not to write." in after
    assert f"{ASKED} Help goes on." in after
    assert "Shelter Kulob was told not to call you and not to write to you." in after
    assert "we cannot delete it: we asked them to delete it." in after
    assert ROW in page_text(parvina.get("/"))
    theirs = page_text(parvina.get(page))
    assert QUIET in theirs
    assert re.search(
        r"How to reach the person safely \(today \d\d:\d\d\)\. It was deleted from what was shared\. If you wrote a "
        r"number or an address down yourselves, delete it\. If the person must know something, ask the sender to tell "
        r"them\. Help goes on\.",
        theirs,
    ) or re.search(r"\(yesterday \d\d:\d\d\)", theirs)
    ours = page_text(house.browser().get(page))
    assert "They were told not to call the person and not to write. Help goes on." in ours
    assert ASKED in ours
    for page in (theirs, page_text(house.browser("desk-shelter").get("/"))):
        assert ASKED not in page
    assert ROW not in page_text(house.browser("desk-shelter").get("/")), "the desk never held it"
    assert state(referral) == "accepted"


def test_on_today_it_stands_first_until_it_is_opened(house: Senders) -> None:
    case, referral = helped(house)
    house.browser("shelter-worker").post(f"/referrals/{referral.code}/serve/", press(referral))
    take_back(house, case, sections=["contact"])
    parvina = house.browser("shelter-worker")
    home = parvina.get("/").content.decode()
    said = page_text(parvina.get("/"))
    assert said.index(ROW) < said.index("Open the referral")
    assert "Consent to share a part was withdrawn" not in said, "said once"
    seen = re.findall(r'name="key" value="(\w+)"', home)
    parvina.post("/seen/", {"operation": str(uuid4()), "key": seen})
    assert ROW in page_text(parvina.get("/")), "it stands until it is opened"
    opened = page_text(parvina.get(f"/referrals/{referral.code}/"))
    assert QUIET in opened
    assert "delete it, also in your own case." in opened, "help has begun: they have a case of their own"
    assert ROW not in page_text(parvina.get("/"))
    with god():
        own = ReferralOwnCase.objects.get(referral=referral).case.code
    assert QUIET in page_text(parvina.get(f"/cases/{own}/")), "from there the number may be called that they noted"
    assert QUIET not in page_text(house.browser().get(f"/cases/{case.code}/")), "the sender may call the person"
    house.agreed(case)
    with house.as_() as zarina:
        mine = Referral.objects.get(pk=referral.pk)
        send.add(zarina, mine, version=mine.version, sections=["contact"])
    for one in (f"/cases/{own}/", f"/referrals/{referral.code}/", "/"):
        assert "Do not call the person" not in page_text(parvina.get(one)), "the person had it sent again"


def test_another_part_that_is_withdrawn_forbids_no_call(house: Senders) -> None:
    case, referral = helped(house)
    take_back(house, case, sections=["needs"])
    parvina = house.browser("shelter-worker")
    assert ROW not in page_text(parvina.get("/"))
    assert "Consent to share a part was withdrawn" in page_text(parvina.get("/"))
    theirs = page_text(parvina.get(f"/referrals/{referral.code}/"))
    assert "Needs, risk, plan" in theirs
    assert QUIET not in theirs
    assert ASKED not in page_text(house.browser().get(f"/referrals/{referral.code}/"))


def test_whoever_has_not_accepted_read_nothing_and_is_told_nothing(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    referral = house.sent(case, sections=["contact", "needs"])
    after = withdrawn(house, case, "shelter_social:help:contact")
    # Red before: the page after it said nothing of whoever waits.
    assert "Shelter Kulob has not answered yet: nobody there has read this, and it is not sent there." in after
    assert "Shelter Kulob has not answered yet: nobody there has read this, and they do not get it." in after
    assert "not to call" not in after
    house.accepted(referral)
    assert QUIET not in page_text(house.browser("shelter-worker").get(f"/referrals/{referral.code}/"))


def test_a_part_counts_for_the_whole_group_and_each_of_it_is_named_before_and_after(house: Senders) -> None:
    """Red before: only the one that had the part was named, and another of the group could get it no more."""
    case, _referral = helped(house)
    page = f"/cases/{case.code}/consent/withdraw/"
    group = "A part counts for all organisations of this group: Shelter Kulob"
    assert f"{group}, and those that you ask later." in page_text(house.browser().get(page))
    beside(house, case, ["needs"])
    before = page_text(house.browser().get(page))
    assert f"{group}; Legal Aid, and those that you ask later. For one organisation alone you can only end" in before
    contact = before[before.index("How to reach the person safely") :]
    told = "Help goes on. This is deleted at Shelter Kulob. They are told not to call and not to write."
    assert contact.index(told) < contact.index("Legal Aid does not have this, and cannot be sent it any more.")
    after = withdrawn(house, case, "shelter_social:help:contact")
    assert "It was deleted at Shelter Kulob." in after
    assert "Legal Aid has not answered yet: nobody there has read this, and it is not sent there." in after
    assert (
        "It counts for all organisations of the group “Shelter and social help”, also for those that you ask" in after
    )
    assert "Legal Aid has not answered yet: nobody there has read this, and they do not get it." in after, "for her"
    assert "Others who give the same help do not get it either, if we ask them later." in after


def test_who_is_about_to_be_asked_is_named_too(house: Senders) -> None:
    """Red before: a draft was not spoken of, and was sent without the way to the person."""
    case, _referral = helped(house)
    house.world.services["HOME-01"] = another(house, service_code="HOME-01").pk
    house.draft(case, service="HOME-01")
    before = page_text(house.browser().get(f"/cases/{case.code}/consent/withdraw/"))
    assert "for all organisations of this group: Shelter Kulob; Legal Aid, and those that you ask later." in before
    lacks = "Legal Aid does not have this, and cannot be sent it any more."
    assert lacks in before
    assert lacks in withdrawn(house, case, "shelter_social:help:contact")


def test_both_that_have_it_lose_it_and_are_named(house: Senders) -> None:
    case, _referral = helped(house)
    beside(house, case, ["contact"])
    before = page_text(house.browser().get(f"/cases/{case.code}/consent/withdraw/"))
    assert "Nobody at Legal Aid can have read it." in before
    after = withdrawn(house, case, "shelter_social:help:contact")
    assert "Legal Aid has not answered yet: nobody there has read this, and it is not sent there." in after
    assert "does not have this" not in after


def test_what_was_sent_after_a_later_word_is_not_spoken_of(house: Senders) -> None:
    case, _referral = helped(house)
    beside(house, case, ["needs"])
    form = {"operation": str(uuid4()), "took": ["shelter_social:help:contact"], "how_said": "by_phone"}
    went = house.browser().post(f"/cases/{case.code}/consent/withdraw/", form)["Location"]
    house.agreed(case)
    assert "does not have this" not in page_text(house.browser().get(went))


def test_where_nobody_of_the_group_is_asked_the_page_says_for_whom_a_part_counts(house: Senders) -> None:
    case = house.case()
    house.agreed(case, kind="legal", sections={"contact", "legal"})
    before = page_text(house.browser().get(f"/cases/{case.code}/consent/withdraw/"))
    assert "A part counts for all organisations of this group, also for those that you ask later." in before


def test_whoever_helps_without_that_part_is_said_not_to_have_it(house: Senders) -> None:
    case, _referral = helped(house)
    other = beside(house, case, ["needs"])
    with house.as_("lawyer") as desk:
        mine = Referral.objects.get(pk=other.pk)
        receive.accept(
            desk,
            mine,
            version=mine.version,
            team=[house.world.membership("lawyer")],
            arrival_on=timezone.localdate(now()) + timedelta(days=1),
            arrival_part="morning",
        )
    after = withdrawn(house, case, "shelter_social:help:contact")
    assert "Legal Aid does not have this, and cannot be sent it any more." in after
    assert "Legal Aid does not have this, and does not get it any more." in after, "for the person"
    assert ROW not in page_text(house.browser("lawyer").get("/")), "nothing was taken from them"
