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
