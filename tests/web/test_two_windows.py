"""What two windows say about one thing: nothing is replaced or ended in silence."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest

from hamkori.casework.case.actions import team
from hamkori.casework.referral.actions import receive, send
from hamkori.casework.referral.models import Referral
from tests.cast import pass_time
from tests.web.senders import Senders, page_text
from tests.web.test_a_yes_for_another_age import put_right
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
    assert save(house, sent, again, BAZAAR).status_code == 409, "after another yes the line stands again (ADR 0180)"


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
        assert answer.redirect_chain[-1][0].partition("?")[0] == page
        return page_text(answer)

    old = form(second)
    pass_time(minutes=1)
    assert "Saved: looked for, not found." in press("caseworker-cso", form("caseworker-cso"), "not_found")
    pass_time(minutes=1)
    said = press(second, old, "is_safe")
    assert re.search(r"Not saved yet\. Recorded meanwhile: looked for, not found \([^()]+, \w+ \d\d:\d\d\)\.", said)
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
    assert "Saved: the person is there. From the next morning on, Today asks whether they still sleep there." in said
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


# --- whose line it is, and whether it is read -----------------------------------------------------------------------


def test_a_desk_that_has_opened_a_line_reads_that_it_was_written_anew(house: Senders) -> None:
    """Red before: the desk had opened 05:00, and nothing told it that the sender wrote 06:30 afterwards."""
    _case, sent = asked(house)
    call(house, sent, "said_yes")
    assert save(house, sent, opened(house, sent), BAZAAR).status_code == 303
    desk, row, box = house.browser("desk-shelter"), "the sender changed hour or meeting point: ", "has changed it since"

    def reads() -> list[bool]:
        waiting = page_text(desk.get("/desk/waiting/"))
        return [row in page_text(desk.get("/")), row in waiting, box in page_text(look(house, sent, "desk-shelter"))]

    assert reads() == [False, False, False], "nobody has opened it yet"
    assert "canary-bazaar" in page_text(look(house, sent, "desk-shelter", OPEN))
    pass_time(minutes=1)
    assert reads() == [False, False, False], "it is as it was opened"
    seen = re.search(r"seen=([0-9a-f]+)", desk.get("/desk/").content.decode())
    assert seen is not None
    assert save(house, sent, opened(house, sent, query=OPEN), BRIDGE).status_code == 303
    pass_time(minutes=1)
    assert desk.get(f"/desk/waiting/?seen={seen[1]}").status_code == 200, "the open page hears of it"
    assert reads() == [True, True, True]
    anew = page_text(look(house, sent, "desk-shelter", OPEN))
    assert ("canary-bridge" in anew, box in anew) == (True, False)
    pass_time(minutes=1)
    assert reads() == [False, False, False], "it was opened again"


def test_after_acceptance_the_sender_reads_whose_line_it_is(house: Senders) -> None:
    """Red before: hour, place and name stood there as if the shelter had agreed, which had not opened them."""
    _case, sent = asked(house)
    call(house, sent, "said_yes")
    assert save(house, sent, opened(house, sent), BAZAAR).status_code == 303
    house.accepted(sent)
    for query in ("", OPEN):
        text = page_text(look(house, sent, "caseworker-cso", query))
        assert re.search(r"Written by your team before they accepted \(\w+ \d\d:\d\d\)\.", text), query
        assert "They have not opened it: call them." in text, query
    assert "They have not opened it: call them." in page_text(look(house, sent, "supervisor-cso"))
    assert "canary-bazaar" in page_text(look(house, sent, "shelter-worker", OPEN))
    text = page_text(look(house, sent, "caseworker-cso"))
    assert ("They have opened it." in text, "not opened" in text) == (True, False)


def test_a_line_of_the_desk_is_not_said_to_be_of_the_team(house: Senders) -> None:
    _case, sent = asked(house)
    call(house, sent, "said_yes")
    assert save(house, sent, opened(house, sent), BAZAAR).status_code == 303
    house.accepted(sent, {"place": "canary-door"})
    assert "Written by your team" not in page_text(look(house, sent, "caseworker-cso"))


def test_a_line_from_before_the_age_was_corrected_says_so(house: Senders) -> None:
    """Red before: what was agreed for a woman stood for the child as "What was agreed by telephone"."""
    case, sent = asked(house)
    call(house, sent, "said_yes")
    assert save(house, sent, opened(house, sent), LINE).status_code == 303
    pass_time(minutes=1)
    before = "Agreed by telephone before the age was corrected"
    assert before not in page_text(look(house, sent, "caseworker-cso"))
    put_right(house, case, "a9_17")
    assert before in page_text(look(house, sent, "caseworker-cso"))
    assert "It was agreed before the age was corrected." in page_text(look(house, sent, "desk-shelter"))
    call(house, sent, "said_yes")
    pass_time(minutes=1)
    assert save(house, sent, opened(house, sent, query=OPEN), LINE).status_code == 303
    assert before not in page_text(look(house, sent, "caseworker-cso")), "it was agreed anew"


# --- the last word stands -------------------------------------------------------------------------------------------


def test_the_last_answer_by_telephone_stands_alone(house: Senders) -> None:
    """Red before: "Your team called 03:37: yes" beside "They said no", of one minute, in an order nobody can tell."""
    case, sent = asked(house)
    call(house, sent, "said_yes")
    call(house, sent, "said_no")
    pages = (f"/referrals/{sent.code}/", "/", f"/cases/{case.code}/")
    for who in ("caseworker-cso", "supervisor-cso"):
        for page in pages:
            text = page_text(house.browser(who).get(page))
            said_no = "no, not confirmed" in text or "they said no" in text.casefold()
            assert ("yes, not confirmed" in text, said_no) == (False, True), (who, page)
    for page in (pages[0], "/", "/desk/"):
        text = page_text(house.browser("desk-shelter").get(page))
        assert ("somebody of yours said yes" in text, "somebody of yours said no" in text) == (False, True), page
    call(house, sent, "not_reached")
    assert "yes, not confirmed" not in page_text(house.browser().get(pages[0]))
    call(house, sent, "said_yes")
    text = page_text(house.browser().get(pages[0]))
    assert ("yes, not confirmed" in text, "no, not confirmed" in text) == (True, False)


def _cancelled(house: Senders) -> tuple[Any, Referral]:
    case, sent = asked(house)
    call(house, sent, "said_yes")
    with house.as_() as zarina:
        found = Referral.objects.get(pk=sent.pk)
        send.recall(zarina, found, version=found.version, reason="mistake")
    pass_time(minutes=1)
    return case, sent


def test_the_page_of_a_cancelled_yes_says_what_today_says(house: Senders) -> None:
    """Red before: "nobody comes" on the page, "ask first whether theirs is still free" on Today, and one button."""
    case, sent = _cancelled(house)
    asks, nobody = "ask first whether theirs is still free", "say that nobody comes"
    for who in ("caseworker-cso", "supervisor-cso"):
        for page in ("/", f"/referrals/{sent.code}/"):
            text = page_text(house.browser(who).get(page))
            assert (asks in text, nobody in text) == (True, False), (who, page)
    found(house, case)
    for page in ("/", f"/referrals/{sent.code}/"):
        text = page_text(house.browser().get(page))
        assert (asks in text, nobody in text) == (False, True), page


def test_before_a_case_is_closed_the_calls_that_are_owed_are_named(house: Senders) -> None:
    """Red before: the page that closes the case named neither."""
    case, sent = _cancelled(house)
    page = house.browser().get(f"/cases/{case.code}/close/")
    assert "say that nobody comes" in page_text(page)
    assert f'href="/referrals/{sent.code}/"' in page.content.decode()
    house.browser().post(f"/referrals/{sent.code}/call/", {"operation": str(uuid4()), "answer": "reached"})
    assert "say that nobody comes" not in page_text(house.browser().get(f"/cases/{case.code}/close/"))


def test_before_a_case_is_closed_who_may_be_on_the_way_is_named(house: Senders) -> None:
    case, sent = asked(house)
    call(house, sent, "said_yes")
    assert save(house, sent, opened(house, sent), BAZAAR).status_code == 303
    pass_time(minutes=1)
    with house.as_("desk-shelter") as desk:
        answered = Referral.objects.get(pk=sent.pk)
        receive.decline(desk, answered, version=answered.version, reason="full")
    page = house.browser().get(f"/cases/{case.code}/close/")
    assert "had agreed by telephone. If the person was told, tell them not to go." in page_text(page)
    assert f'href="/referrals/{sent.code}/"' in page.content.decode()
