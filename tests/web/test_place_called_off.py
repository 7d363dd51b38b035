"""A place for tonight that an organisation promised by telephone: whoever made a bed is called off (ADR 130)."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from hamkori import definer
from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.models import Case
from hamkori.casework.referral.actions import confirm, send
from hamkori.casework.referral.models import Referral
from hamkori.directory.models import Service
from tests.cast import pass_time
from tests.web.senders import Senders, page_text
from tests.web.test_looked_for import says
from tests.web.test_place_found import ASKS, BOTH, NEEDED, ROW, file, take_back_all, today, until
from tests.web.test_today_in_danger import form_of
from tests.web.test_which_place import CALL_OFF, found, number, off, shown, steps

pytestmark = pytest.mark.django_db

SURE = "call them, and say that nobody comes. Name nobody."
MAYBE = "If the person does not go there: call them, and say that nobody comes. Name nobody."


def called(house: Senders, case: Case, answer: str, who: str = "caseworker-cso", page: str = "") -> str:
    to, form = form_of(page or file(house, case, who), f"/cases/{case.code}/call_off/")
    return page_text(house.browser(who).post(to, {**form, "answer": answer}, follow=True))


def knows(house: Senders, referral: Referral) -> None:
    """The person was told of the place that was accepted: until then nobody is called off (ADR 0168)."""
    with house.as_() as zarina:
        mine = Referral.objects.get(pk=referral.pk)
        confirm.tell_person(zarina, mine, version=mine.version, answer="told")


def is_called_off(house: Senders, case: Case, said: str) -> None:
    """On the case and on Today of both, until somebody told them."""
    for who in BOTH:
        page = shown(house, case, who)
        assert said in page, who
        assert number(page), who
        row = off(house, who)
        assert said in row, who
        assert number(row), who
        assert ROW not in today(house, who), "one question at a time"
    again = called(house, case, "not_reached", "supervisor-cso")
    assert "Saved: they were not reached. Call again: this stays on Today." in again
    assert off(house, "caseworker-cso")
    pass_time(minutes=1)
    assert "Saved: they were told that nobody comes." in called(house, case, "reached")
    for who in BOTH:
        assert (off(house, who), said in shown(house, case, who)) == ("", False), who
    assert "Told them" in shown(house, case), "the history says it"


def test_another_shelter_accepts_for_tonight_and_the_person_knows(house: Senders, second_shelter: Service) -> None:
    """Red before: the place that was found vanished with its number, and they went on waiting."""
    case = house.case(NEEDED)
    found(house, case)
    house.agreed(case)
    pass_time(minutes=1)
    referral = house.sent(case)
    assert not off(house, "caseworker-cso")
    house.accepted(referral, part="now")
    knows(house, referral)
    is_called_off(house, case, SURE)


def test_who_said_yes_on_the_telephone_and_then_in_hamkori_is_not_called_off(house: Senders) -> None:
    case = house.case(NEEDED)
    found(house, case, "shelter-kulob")
    house.agreed(case)
    house.accepted(house.sent(case), part="now")
    assert (off(house, "caseworker-cso"), CALL_OFF in shown(house, case)) == ("", False)
    assert SURE not in shown(house, case)


def test_a_bed_of_the_next_evening_calls_nobody_off(house: Senders, second_shelter: Service) -> None:
    until(22)
    case = house.case(NEEDED)
    found(house, case)
    house.agreed(case)
    house.accepted(house.sent(case))
    assert not off(house, "caseworker-cso")
    assert ROW in today(house)


def test_another_place_is_found(house: Senders, second_shelter: Service) -> None:
    case = house.case(NEEDED)
    found(house, case)
    pass_time(minutes=1)
    to, form = form_of(file(house, case), f"/cases/{case.code}/place-needed/")
    house.browser().post(to, {**form, "why": "did_not_get_there"})
    pass_time(minutes=1)
    to, form = form_of(file(house, case), f"/cases/{case.code}/place-found/")
    page = page_text(house.browser().post(to, {**form, "whose": "known_people"}, follow=True))
    assert SURE in page, "the page after the press"
    for who in BOTH:
        assert SURE in off(house, who), who
        assert "find out whether they are safe" in today(house, who), "that is asked first (ADR 162)"
    called(house, case, "reached")
    assert not off(house, "caseworker-cso")
    says(house, case, "is_safe")
    assert ROW in today(house), "of the new place it is asked too"


def test_who_is_asked_for_another_night_too_is_not_told_that_nobody_comes(house: Senders) -> None:
    until(20)
    case = house.case(NEEDED)
    house.agreed(case)
    house.accepted(house.sent(case))  # from tomorrow
    found(house, case, "shelter-kulob")
    pass_time(minutes=1)
    to, form = form_of(file(house, case), f"/cases/{case.code}/place-needed/")
    house.browser().post(to, {**form, "why": "did_not_get_there"})
    pass_time(minutes=1)
    to, form = form_of(file(house, case), f"/cases/{case.code}/place-found/")
    house.browser().post(to, {**form, "whose": "known_people"})
    assert MAYBE in off(house, "caseworker-cso")


def test_no_place_after_all_calls_nobody_off(house: Senders, second_shelter: Service) -> None:
    """They said so."""
    case = house.case(NEEDED)
    found(house, case)
    pass_time(minutes=1)
    house.browser().post(*form_of(file(house, case), f"/cases/{case.code}/place-needed/"))
    pass_time(minutes=1)
    to, form = form_of(file(house, case), f"/cases/{case.code}/place-found/")
    house.browser().post(to, {**form, "whose": "own_home"})
    assert not off(house, "caseworker-cso")


def test_everything_is_withdrawn(house: Senders, second_shelter: Service) -> None:
    """Red before: "What comes next" said nothing of it."""
    case = house.case(NEEDED)
    house.agreed(case)
    found(house, case)
    pass_time(minutes=1)
    after = page_text(take_back_all(house, case))
    assert "Legal Aid said yes by telephone" in after
    assert MAYBE in after
    is_called_off(house, case, MAYBE)
    assert ASKS not in shown(house, case), "they know, and the person wants nothing from anyone"


def test_who_still_needs_it_is_asked_about_again(house: Senders, second_shelter: Service) -> None:
    case = house.case(NEEDED)
    house.agreed(case)
    found(house, case)
    pass_time(minutes=1)
    take_back_all(house, case)
    pass_time(minutes=1)
    said = called(house, case, "still_needed")
    assert "Saved: the place is still needed. They do not have to be called." in said
    assert ASKS in said
    assert (off(house, "caseworker-cso"), ROW in today(house)) == ("", True)
    pass_time(minutes=1)
    with house.as_("supervisor-cso") as malika:
        known = Case.objects.get(pk=case.pk)
        cases.close(malika, known, version=known.version, outcome="lost_contact", older_case=None)
    assert MAYBE in off(house, "caseworker-cso"), "what came since is asked anew"


def test_the_case_is_closed(house: Senders, second_shelter: Service) -> None:
    """Red before: “Closed. Nothing more is due in this case.”"""
    case = house.case(NEEDED)
    found(house, case)
    pass_time(minutes=1)
    at = f"/cases/{case.code}/close/"
    page = house.browser().get(at)
    before = page_text(page)
    assert "Legal Aid said yes by telephone: call them if the person does not go there." in before
    assert number(before)
    form = {**form_of_this(page.content.decode()), "outcome": "goals_met", "sure": "on"}
    said = page_text(house.browser().post(at, form, follow=True))
    assert "Closed. Somebody may still have a place ready: see below." in said
    is_called_off(house, case, MAYBE)


def form_of_this(page: str) -> dict[str, str]:
    """The form of a page that is sent to its own address."""
    inside = page[page.index('<form class="card stack"') :].partition("</form>")[0]
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', inside))


def test_who_got_there_is_not_called_off(house: Senders, second_shelter: Service) -> None:
    case = house.case(NEEDED)
    house.agreed(case)
    found(house, case)
    pass_time(minutes=1)
    house.browser().post(*form_of(file(house, case), f"/cases/{case.code}/place-reached/"))
    pass_time(minutes=1)
    assert MAYBE not in page_text(take_back_all(house, case))
    assert not off(house, "caseworker-cso")


def test_from_the_noon_after_on_nobody_waits_any_more(house: Senders, second_shelter: Service) -> None:
    until(21)
    case = house.case(NEEDED)
    house.agreed(case)
    found(house, case)
    until(12)
    assert MAYBE not in page_text(take_back_all(house, case))
    assert not off(house, "caseworker-cso")


def test_after_a_day_nothing_of_it_is_read(house: Senders, second_shelter: Service) -> None:
    case = house.case(NEEDED)
    house.agreed(case)
    found(house, case)
    pass_time(minutes=1)
    take_back_all(house, case)
    assert off(house, "supervisor-cso")
    pass_time(hours=24)
    assert not off(house, "supervisor-cso")
    with house.as_("supervisor-cso"):
        assert definer.value("case_places_told", case.pk) is None


def test_one_that_is_not_listed_is_called_off_too(house: Senders) -> None:
    case = house.case(NEEDED)
    found(house, case, "another")
    house.agreed(case)
    pass_time(minutes=1)
    sent = house.sent(case)
    house.accepted(sent, part="now")
    knows(house, sent)
    for who in BOTH:
        assert "It is not listed: its name may be in the locked part" in off(house, who), who
    called(house, case, "reached", page=house.browser().get("/").content.decode())
    assert not off(house, "caseworker-cso")


def test_where_nobody_has_a_place_after_all_it_is_asked_first_whether_theirs_is_free(
    house: Senders, second_shelter: Service
) -> None:
    case = house.case(NEEDED)
    found(house, case)
    pass_time(minutes=1)
    to, form = form_of(file(house, case), f"/cases/{case.code}/place-needed/")
    house.browser().post(to, {**form, "why": "did_not_get_there"})
    pass_time(minutes=1)
    to, form = form_of(file(house, case), f"/cases/{case.code}/place-found/")
    house.browser().post(to, {**form, "whose": "own_home"})
    pass_time(minutes=1)
    house.browser().post(*form_of(file(house, case), f"/cases/{case.code}/place-needed/"))
    assert "ask first whether theirs is still free. Name nobody." in today(house)
    assert "ask first whether theirs is still free. Name nobody." in shown(house, case)
    house.agreed(case)
    pass_time(minutes=1)
    take_back_all(house, case)
    for page in (today(house), shown(house, case)):
        assert ("ask first whether theirs is still free" in page, SURE in page) == (False, True), (
            "they said no to a bed"
        )


def test_nothing_is_said_of_who_is_not_to_be_called(house: Senders, second_shelter: Service) -> None:
    """An older window, a word of no list, an organisation that promised nothing."""
    case = house.case(NEEDED)
    house.agreed(case)
    found(house, case)
    pass_time(minutes=1)
    take_back_all(house, case)
    old = file(house, case)
    to, form = form_of(old, f"/cases/{case.code}/call_off/")
    for bad in ({"answer": "Canary-Name"}, {"answer": "reached", "which": "shelter-kulob"}):
        answer = house.browser().post(to, {**form, **bad, "operation": str(uuid4())})
        assert answer.status_code == 409, bad
    pass_time(minutes=1)
    called(house, case, "reached")
    assert house.browser("colleague-cso").post(to, {**form, "answer": "reached"}).status_code == 404
    late = house.browser().post(to, {**form, "answer": "not_reached"})
    assert late.status_code == 409
    assert "Nobody has to be called about that place any more." in page_text(late)
    assert [one[:2] for one in steps(case)] == [("place_found", "organisation"), ("call_off", "reached")]


def test_where_a_place_was_found_since_nobody_is_called_off_for_an_earlier_referral(
    house: Senders, second_shelter: Service
) -> None:
    """Red before: Today said "Call: nobody comes" of the bed in which the person sleeps."""
    case = house.case(NEEDED)
    house.agreed(case)
    sent = house.sent(case)
    with house.as_() as lead:
        confirm.call(lead, Referral.objects.get(pk=sent.pk), answer="said_yes")
        send.recall(lead, (now_ := Referral.objects.get(pk=sent.pk)), version=now_.version, reason="mistake")
    for who in BOTH:
        assert "said yes by telephone" in today(house, who), who
    pass_time(minutes=1)
    found(house, case, "shelter-kulob")
    for who in BOTH:
        assert "said yes by telephone" not in today(house, who), who
    pass_time(minutes=1)
    house.browser().post(*form_of(file(house, case), f"/cases/{case.code}/place-reached/"))
    for who in BOTH:  # red before: "call them, and say that nobody comes" of the bed in which the person sleeps
        assert "said yes by telephone" not in today(house, who), who
    pass_time(days=2)
    assert not off(house, "caseworker-cso")
