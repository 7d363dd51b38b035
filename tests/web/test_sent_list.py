"""The list of referrals that were sent: order, pages, the ended ones, cost."""

from __future__ import annotations

import re

import pytest

from hamkori.casework.referral.queries import sent_list as queries
from tests.cast import pass_time
from tests.web.senders import Senders, asked, at, closes, counted, page_text, press
from tests.web.test_the_way_on import another, declines

pytestmark = pytest.mark.django_db


@pytest.fixture
def agreed(house: Senders):
    case = house.case()
    house.agreed(case)
    return case


def test_the_list_is_by_state_and_time_left(house: Senders, agreed) -> None:
    later = house.sent(agreed, urgency="within_a_day")
    pass_time(hours=25)
    house.agreed(agreed, "legal", "help")
    sooner = house.sent(agreed, urgency="urgent", service="LEGAL-01")
    draft = house.draft(agreed)
    page = house.browser().get("/referrals/").content.decode()
    places = [page.index(f'href="{at(one)}"') for one in (sooner, later, draft)]
    assert places == sorted(places), "as on Today: urgent, then late; nobody waits for a draft"
    assert "since" in page
    waiting = house.browser().get("/referrals/?show=waiting").content.decode()
    assert at(draft) not in waiting
    assert at(later) in waiting


def test_what_is_late_stands_first_then_what_needs_the_worker_and_i_called_says_the_day(house: Senders, agreed) -> None:
    came = house.sent(agreed)
    house.accepted(came)
    house.agreed(agreed, "legal", "help")
    waits, draft = house.sent(agreed, urgency="normal", service="LEGAL-01"), house.draft(agreed)
    assert "expected: " in page_text(house.browser().get("/referrals/"))
    pass_time(days=2)
    page = house.browser().get("/referrals/").content.decode()
    places = [page.index(f'href="{at(one)}"') for one in (came, waits, draft)]
    assert places == sorted(places), "who may be missing, what waits for others, drafts"
    assert house.browser().post(at(came, "hear"), press(came, heard="called")).status_code == 303
    page = house.browser().get("/referrals/").content.decode()
    places = [page.index(f'href="{at(one)}"') for one in (waits, came, draft)]
    assert places == sorted(places), "it rests"
    assert re.search(
        r"your team called; asked again (today|tomorrow|\w+day|\w+, \d+ \w+,) \d\d:\d\d",
        page_text(house.browser().get("/referrals/")),
    )


def test_the_list_has_the_order_of_today(house: Senders) -> None:
    """Red before: what only a call helps stood below drafts, and below a decline of weeks ago."""
    case = house.case({"need_tonight_codes": ["nothing_now"]})
    house.agreed(case)
    declined = house.sent(case, urgency="normal")
    pass_time(hours=1)
    declines(house, declined)
    house.agreed(case, "legal", "help")
    draft = house.draft(case)
    closes(house, "LEGAL-01")
    unread = house.sent(case, service="LEGAL-01")
    zarina = house.browser()
    for url in ("/", "/referrals/", "/referrals/?show=needs_me"):
        page = zarina.get(url).content.decode()
        places = [page.find(f'href="{at(one)}') for one in (unread, declined, draft)]
        known = [place for place in places if place >= 0]
        assert known == sorted(known), url
        assert url != "/referrals/" or len(known) == 3
    row = page_text(zarina.get("/referrals/")).partition("only a call helps")[0]
    assert declined.code[:4] not in row


def test_pages_of_the_list_meet_and_do_not_overlap(house: Senders, agreed) -> None:
    drafts = [house.draft(agreed) for _ in range(5)]
    with house.as_() as zarina:
        first = queries.sent(zarina, size=2)
        second = queries.sent(zarina, after=first.after, size=2)
        third = queries.sent(zarina, after=second.after, size=2)
        seen = [line.code for page in (first, second, third) for line in page.lines]
        back = queries.sent(zarina, before=third.before, size=2)
        nonsense = queries.sent(zarina, after="nonsense", size=2)
    assert seen == [one.code for one in drafts]
    assert (first.before, third.after) == ("", "")
    assert [line.code for line in back.lines] == [line.code for line in second.lines]
    assert [line.code for line in nonsense.lines] == [line.code for line in first.lines]


def test_ended_ones_stand_apart_the_newest_first(house: Senders, agreed) -> None:
    ended = []
    for _ in range(3):
        referral = house.sent(agreed)
        house.browser().post(at(referral, "recall"), press(referral, reason="mistake"))
        pass_time(minutes=1)
        ended.append(referral)
    zarina = house.browser()
    assert "You have sent no open referrals." in page_text(zarina.get("/referrals/"))
    page = zarina.get("/referrals/?show=ended").content.decode()
    places = [page.index(at(one)) for one in reversed(ended)]
    assert places == sorted(places)


def test_empty_lists_say_why_and_what_next(house: Senders) -> None:
    zarina = house.browser()
    assert "A referral begins on the page of a case." in page_text(zarina.get("/referrals/"))
    assert "Take the filter away" in page_text(zarina.get("/referrals/?show=accepted"))
    assert zarina.get("/referrals/?show=nonsense&after=nonsense").status_code == 200
    assert house.browser("auditor").get("/referrals/").status_code == 403


def test_a_colleagues_referrals_are_not_in_my_list(house: Senders, agreed) -> None:
    referral = house.sent(agreed)
    for slug in ("colleague-cso", "stranger"):
        assert referral.code not in house.browser(slug).get("/referrals/").content.decode()
    assert referral.code in house.browser("supervisor-cso").get("/referrals/").content.decode()


def test_list_and_page_ask_the_database_little(house: Senders, agreed) -> None:
    referrals = [house.draft(agreed) for _ in range(4)]
    sent = house.sent(agreed)
    asked(house, sent)
    zarina = house.browser()
    zarina.get("/referrals/")
    with counted():
        zarina.get("/referrals/")
    with counted():
        zarina.get(at(sent))
    with counted():
        zarina.get(at(referrals[0]))


def test_what_stopped_says_why_and_whose_and_has_its_button(house: Senders, agreed) -> None:
    """Red before: the list named the organisation alone, and the way on was two pages further."""
    another(house)
    sent = house.sent(agreed)
    declines(house, sent)
    for chip in ("", "?show=needs_me"):
        page = house.browser().get(f"/referrals/{chip}")
        text = page_text(page)
        assert "no place now" in text.lower(), chip
        assert "Woman, 18" in text or "Girl" in text, chip
        assert "Ask another organisation" in text, chip
        assert f'href="{at(sent, "again")}"' in page.content.decode(), chip
