"""After a yes by telephone of a closed desk: what was agreed, and what becomes of the referral, on each page."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest

from hamkori.casework.case.models import Case
from hamkori.casework.referral.models import Referral
from tests.cast import pass_time
from tests.web.forms_of import fields
from tests.web.senders import Senders, closes, page_text
from tests.web.test_agreed_by_telephone import LINE, OPEN, asked, call, written
from tests.web.test_nobody_answers import opens_after

pytestmark = pytest.mark.django_db
WRITE = "Write down what you agreed"
ENDS = "The referral itself expires "


def sent_page(case: Case, sent: Referral) -> str:
    return f"/cases/{case.code}/first/?step=sent&of={sent.code}"


def pages(case: Case, sent: Referral) -> tuple[str, ...]:
    return f"/referrals/{sent.code}/", sent_page(case, sent), f"/cases/{case.code}/"


def text_of(house: Senders, at: str, who: str = "caseworker-cso") -> str:
    return page_text(house.browser(who).get(at))


def writes(house: Senders, page: str, sent: Referral) -> Any:
    """The form of this page, filled and pressed."""
    at = f"/referrals/{sent.code}/arrange/"
    form = {**fields(house.browser().get(page), at), **LINE, "operation": str(uuid4())}
    return house.browser().post(at, form)


def test_what_was_agreed_is_written_on_the_page_on_which_the_yes_was_pressed(house: Senders) -> None:
    """Red before: "What comes next" had no field for it, and it lay behind "See or cancel this referral"."""
    case, sent = asked(house)
    after = sent_page(case, sent)
    assert WRITE not in text_of(house, after), "nobody said yes"
    call(house, sent, "said_yes")
    assert text_of(house, after).count(WRITE) == 1
    assert 'id="arrange" open' in house.browser().get(after).content.decode(), "it is the first that is to do"
    assert writes(house, after, sent)["Location"] == after, "back to where it was written"
    assert written(sent)[0] == 1
    said = text_of(house, after)
    assert WRITE not in said
    assert "What was agreed by telephone" in said
    assert f"/referrals/{sent.code}/{OPEN}" in house.browser().get(after).content.decode()


def test_the_case_leads_there_until_it_is_written_or_they_accepted(house: Senders) -> None:
    """Red before: the case said "yes, not confirmed", and nothing of what was agreed."""
    case, sent = asked(house)
    home, there = f"/cases/{case.code}/", f'href="/referrals/{sent.code}/#arrange"'
    assert there not in house.browser().get(home).content.decode()
    call(house, sent, "said_yes")
    assert house.browser().get(home).content.decode().count(there) == 1, "in the box, and not beside it once more"
    assert there not in house.browser("supervisor-cso").get(home).content.decode(), "the team writes it"
    writes(house, f"/referrals/{sent.code}/", sent)
    assert there not in house.browser().get(home).content.decode()


def test_of_other_help_it_stands_in_the_row_of_the_referral(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    closes(house)
    sent = house.sent(case)
    pass_time(minutes=1)
    call(house, sent, "said_yes")
    home, there = f"/cases/{case.code}/", f'href="/referrals/{sent.code}/#arrange"'
    assert house.browser().get(home).content.decode().count(there) == 1
    assert "Yes by telephone, not confirmed" in text_of(house, home)
    house.accepted(sent)
    assert there not in house.browser().get(home).content.decode()
    assert "Yes by telephone" not in text_of(house, home).partition("Referrals")[2].partition("What happened")[0]


def test_that_it_expires_before_they_open_is_said_on_each_page_once(house: Senders) -> None:
    """Red before: after the yes the hour stood on two of them, and none said what the yes counts as."""
    case, sent = asked(house)
    for page in pages(case, sent):
        assert ENDS not in text_of(house, page), page
    call(house, sent, "said_yes")
    ends = re.compile(
        r"This yes counts as said by telephone, not as confirmed\. The referral itself expires [\w ]+ \d\d:\d\d, "
        r"before they open: then what you sent is deleted, also hour and meeting point\. Send it again when they open "
        r"\([\w ]+ \d\d:\d\d\), and ask them to accept it then\."
    )
    for written_down in (False, True):
        for page in pages(case, sent):
            assert len(ends.findall(text_of(house, page))) == 1, (page, written_down)
        for page in pages(case, sent)[::2]:
            assert len(ends.findall(text_of(house, page, "supervisor-cso"))) == 1, (page, "the supervisor reads it")
        writes(house, pages(case, sent)[0], sent)
    pass_time(hours=3)
    assert len(ends.findall(text_of(house, pages(case, sent)[0]))) == 1, "also once the answer is late"


def test_who_can_accept_in_time_is_asked_to_and_nothing_expires_first(house: Senders) -> None:
    case = house.case({"need_tonight_codes": ["safe_place"]})
    house.agreed(case)
    sent = house.sent(case)
    opens_after(house, 30)
    pass_time(minutes=1)
    call(house, sent, "said_yes")
    for page in pages(case, sent):
        assert ENDS not in text_of(house, page), page
    after = text_of(house, sent_page(case, sent))
    assert "Ask them to accept in Hamkori" in after, "also where they open in time"
    assert after.count("it expires, and what you sent is deleted") == 1, "said in one sentence"
    assert after.count(WRITE) == 1


def test_the_person_hears_that_their_desk_is_closed_now(house: Senders) -> None:
    """Red before: "We ask … for help", and not that nobody reads it before the morning."""
    case = house.case()
    house.agreed(case)
    draft = house.draft(case)
    check = f"/cases/{case.code}/first/?step=check&of={draft.code}"
    said = re.compile(r"“They are closed now\. Nobody there reads it before [\w ]+ \d\d:\d\d\.”")
    assert not said.search(text_of(house, check)), "their hours are not known"
    opens_after(house, 5 * 60)
    assert said.search(text_of(house, check))
    aloud = re.findall(r'<p lang="\w+"[^>]*>(.*?)</p>', house.browser().get(check).content.decode(), re.DOTALL)
    assert aloud
    assert all(re.search(r"\d\d:\d\d", one) for one in aloud), "in each language in which it is said"
