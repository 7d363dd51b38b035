"""What two windows say about one thing: nothing is replaced or ended in silence."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest

from hamkori.casework.case.actions import team
from hamkori.casework.referral.models import Referral
from tests.cast import pass_time
from tests.web.senders import Senders, page_text
from tests.web.test_agreed_by_telephone import LINE, OPEN, asked, call, written
from tests.web.test_looked_for import missed
from tests.web.test_place_found import file, found, take_back_all, until
from tests.web.test_received import look
from tests.web.test_today_in_danger import form_of

pytestmark = pytest.mark.django_db

BRIDGE = {"hour": "tonight, 19:30", "place": "canary-bridge", "ask_for": "canary-nurse"}
BAZAAR = {"hour": "tomorrow, 05:00", "place": "canary-bazaar"}
CORRECT = "Correct what you agreed"


def opened(house: Senders, sent: Referral, who: str = "caseworker-cso", query: str = "") -> dict[str, str]:
    """The form of the line as a window draws it."""
    page = look(house, sent, who, query).content.decode()
    return form_of(page, f"/referrals/{sent.code}/arrange/")[1]


def save(
    house: Senders, sent: Referral, form: dict[str, str], line: dict[str, str], who: str = "caseworker-cso"
) -> Any:
    return house.browser(who).post(f"/referrals/{sent.code}/arrange/", {**form, "operation": str(uuid4()), **line})


@pytest.mark.parametrize("second", ["caseworker-cso", "colleague-cso"])
def test_a_line_that_was_written_meanwhile_is_replaced_by_a_press_that_says_so(house: Senders, second: str) -> None:
    """Red before: the second window deleted the first line in silence, and both read "Saved"."""
    case, sent = asked(house)
    with house.as_() as zarina:
        team.admit(zarina, case, membership=house.world.membership("colleague-cso"))
    call(house, sent, "said_yes")
    old = opened(house, sent, second)
    assert save(house, sent, opened(house, sent), BRIDGE).status_code == 303
    pass_time(minutes=1)
    answer = save(house, sent, old, BAZAAR, second)
    assert answer.status_code == 409
    said, source = page_text(answer), answer.content.decode()
    assert re.search(r"Not saved yet\. Written meanwhile: hour or meeting point, \w+ \d\d:\d\d, Caseworker Cso", said)
    assert 'value="canary-bazaar"' in source, "what was typed stands there"
    assert "canary-bridge" not in source, "the other is locked"
    assert f'href="/referrals/{sent.code}/?open=meeting" target="_blank"' in source
    assert "canary-bridge" in page_text(look(house, sent, second, OPEN)), "nothing was replaced"
    again = form_of(source, f"/referrals/{sent.code}/arrange/")[1]
    assert save(house, sent, again, BAZAAR, second).status_code == 303
    text = page_text(look(house, sent, "caseworker-cso", OPEN))
    assert ("canary-bazaar" in text, "canary-bridge" in text) == (True, False)
    assert written(sent)[0] == 1


def test_a_wrong_hour_in_an_old_window_forgets_nothing(house: Senders) -> None:
    _case, sent = asked(house)
    call(house, sent, "said_yes")
    old = opened(house, sent)
    assert save(house, sent, old, BRIDGE).status_code == 303
    wrong = save(house, sent, old, {**BAZAAR, "hour": "05:00"})
    assert wrong.status_code == 400
    again = form_of(wrong.content.decode(), f"/referrals/{sent.code}/arrange/")[1]
    assert save(house, sent, again, BAZAAR).status_code == 409, "it was opened on no line"
    call(house, sent, "said_no")
    call(house, sent, "said_yes")
    assert save(house, sent, again, BAZAAR).status_code == 303, "where nothing is written nothing is replaced"


def test_it_is_corrected_once_it_is_open_so_that_no_field_is_lost(house: Senders) -> None:
    """Red before: an hour alone in the empty form deleted meeting point and name."""
    _case, sent = asked(house)
    call(house, sent, "said_yes")
    assert save(house, sent, opened(house, sent), LINE).status_code == 303
    shut = page_text(look(house, sent, "caseworker-cso"))
    assert (CORRECT in shut, "To correct it, open it first." in shut) == (False, True)
    page = look(house, sent, "caseworker-cso", OPEN)
    assert CORRECT in page_text(page)
    form = opened(house, sent, query=OPEN)
    assert all(f'value="{text}"' in page.content.decode() for text in LINE.values()), "what is there is in the fields"
    assert save(house, sent, form, {**LINE, "hour": "tonight, 3:00"}).status_code == 303
    text = page_text(look(house, sent, "caseworker-cso", OPEN))
    assert "Hour tonight, 3:00 Meeting point canary-gate Whom to ask for canary-guard" in text
    bare = house.browser().post(
        f"/referrals/{sent.code}/arrange/", {"operation": str(uuid4()), "hour": "tonight, 4:00"}
    )
    assert bare.status_code == 409, "a page that does not say what it replaces asks"


def test_who_cannot_open_it_reads_that_all_of_it_goes(house: Senders) -> None:
    case, sent = asked(house)
    call(house, sent, "said_yes")
    assert save(house, sent, opened(house, sent), LINE).status_code == 303
    with house.as_() as zarina:
        team.admit(zarina, case, membership=house.world.membership("colleague-cso"))
    text = page_text(look(house, sent, "colleague-cso", OPEN))
    assert "It was written before you could open it." in text
    assert "You have not opened what is written. When you save, all three fields of it are deleted." in text


@pytest.mark.parametrize("of_referral", [False, True])
@pytest.mark.parametrize("second", ["caseworker-cso", "supervisor-cso"])
def test_who_was_looked_for_in_vain_is_not_safe_by_an_older_window(
    house: Senders, second: str, of_referral: bool
) -> None:
    """Red before: it was saved in silence, and nobody looked any more."""
    case, referral = missed(house)
    at, page = (
        f"/cases/{case.code}/looked_for/",
        f"/referrals/{referral.code}/" if of_referral else f"/cases/{case.code}/",
    )

    def form(who: str) -> dict[str, str]:
        return form_of(house.browser(who).get(page).content.decode(), at)[1]

    def press(who: str, form: dict[str, str], why: str) -> str:
        answer = house.browser(who).post(at, {**form, "operation": str(uuid4()), "why": why}, follow=True)
        assert answer.redirect_chain[-1][0] == page
        return page_text(answer)

    old = form(second)
    pass_time(minutes=1)
    assert "Saved: looked for, not found." in press("caseworker-cso", form("caseworker-cso"), "not_found")
    pass_time(minutes=1)
    said = press(second, old, "is_safe")
    assert re.search(r"Not saved yet\. Recorded meanwhile: looked for, not found: \w+ \d\d:\d\d\.", said)
    assert "If you know that the person is safe, press once more." in said
    assert "looked for, not found" in house.browser().get("/").content.decode().casefold(), "the search goes on"
    assert "Saved: the person is safe." in press(second, form(second), "is_safe"), "the second press saves"


@pytest.mark.parametrize("whose", ["organisation", "known_people"])
def test_a_fact_of_an_older_window_is_saved_and_says_what_was_withdrawn(house: Senders, whose: str) -> None:
    """Red before: "Saved: the person is there", and nothing of the withdrawal."""
    until(21)
    case = house.case({"need_tonight_codes": ["safe_place"]})
    house.agreed(case)
    found(house, case, whose)
    pass_time(minutes=1)
    at = f"/cases/{case.code}/place-reached/"
    old = file(house, case)
    take_back_all(house, case)
    pass_time(minutes=1)
    said = page_text(house.browser().post(*form_of(old, at), follow=True))
    assert "Saved: the person is there. Today no longer asks." in said
    assert re.search(r"Everything was withdrawn meanwhile: \w+ \d\d:\d\d\.", said)
    asks = "Ask the person whether they stay there. If not, call who has the place ready: The organisation"
    assert (asks in said) == (whose == "organisation")


def test_a_window_after_the_withdrawal_says_nothing_of_it(house: Senders) -> None:
    until(21)
    case = house.case({"need_tonight_codes": ["safe_place"]})
    house.agreed(case)
    found(house, case)
    take_back_all(house, case)
    pass_time(minutes=1)
    said = page_text(
        house.browser().post(*form_of(file(house, case), f"/cases/{case.code}/place-needed/"), follow=True)
    )
    assert "Saved: no place for tonight." in said
    assert "withdrawn meanwhile" not in said
