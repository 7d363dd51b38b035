"""A place for tonight that was found: whose it is, and whether the person got there (ADR 0124)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.utils import timezone

from hamkori.access.context import now
from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.models import Case, CaseStep
from hamkori.casework.work.queries.counts import counts
from hamkori.casework.work.queries.no_place import WHOSE
from hamkori.people.models import OrganisationPhone
from tests.cast import pass_time
from tests.database import god
from tests.web.senders import Senders, page_text, press
from tests.web.test_today_in_danger import form_of

pytestmark = pytest.mark.django_db

NEEDED = {"need_tonight_codes": ["safe_place"]}
ASKS = "Did the person get there?"
ROW = "A place was found: did the person get there?"
BOTH = ("caseworker-cso", "supervisor-cso")


def found_of(page: str, action: str, whose: str = "known_people") -> tuple[str, dict[str, str]]:
    """The form of the page as one of its buttons sends it."""
    to, form = form_of(page, action)
    if whose == "organisation":  # that page asks which (test_which_place.py)
        assert f'href="{action.replace("place-found", "place-which")}"' in page
        return to, {**form, "whose": whose, "which": "another"}
    assert f'name="whose" value="{whose}"' in page
    return to, {**form, "whose": whose}


def until(hour: int) -> None:
    """The clock on the wall of the house goes on to this hour: of today, or of tomorrow where that is over."""
    with god():
        at = timezone.localtime(now())
    goal = datetime.combine(at.date(), datetime.min.time(), at.tzinfo) + timedelta(hours=hour)
    pass_time(seconds=((goal if goal > at else goal + timedelta(days=1)) - at).total_seconds())


def file(house: Senders, case: Case, who: str = "caseworker-cso") -> str:
    return house.browser(who).get(f"/cases/{case.code}/").content.decode()


def pressed(house: Senders, case: Case, step: str, page: str = "") -> str:
    at = f"/cases/{case.code}/{step}/"
    return page_text(house.browser().post(*form_of(page or file(house, case), at), follow=True))


def found(house: Senders, case: Case, whose: str = "known_people") -> str:
    at = f"/cases/{case.code}/place-found/"
    return page_text(house.browser().post(*found_of(file(house, case), at, whose), follow=True))


def today(house: Senders, who: str = "caseworker-cso") -> str:
    return page_text(house.browser(who).get("/"))


def rail(house: Senders, who: str = "caseworker-cso") -> int:
    with house.as_(who) as actor:
        return counts(actor).without_place


def take_back_all(house: Senders, case: Case) -> HttpResponse:
    """Everything is withdrawn; the page after it."""
    form = {"operation": str(uuid4()), "took": ["all"], "how_said": "in_person"}
    return house.browser().get(house.browser().post(f"/cases/{case.code}/consent/withdraw/", form)["Location"])


def steps(case: Case) -> list[tuple[str, str]]:
    with god():
        said = CaseStep.objects.filter(case=case, step_code__startswith="place_").order_by("at")
        return list(said.values_list("step_code", "reason_code"))


@pytest.mark.parametrize("whose", WHOSE)
def test_it_is_said_whose_it_is_and_asked_until_noon(house: Senders, whose: str) -> None:
    """Red before: one tap closed the night, and nobody was asked where the person is, nor whether they got there."""
    until(21)
    case = house.case(NEEDED)
    said = found(house, case, whose)
    assert "Saved: a place for tonight was found. Today asks whether the person got there." in said
    assert ASKS in said
    assert ("Hamkori tells them nothing of it. If it changes, call them." in said) == (whose == "organisation")
    assert steps(case) == [("place_found", whose)]
    for who in BOTH:
        page = today(house, who)
        assert "Accepted for today" not in page, "nobody accepted"
        assert ROW in page.partition("Today: whether the person gets there")[2], who
        assert f'href="/cases/{case.code}/#tonight"' in house.browser(who).get("/").content.decode(), who
        assert 'id="tonight"' in file(house, case, who)
        assert rail(house, who) == 0
    above = file(house, case, "supervisor-cso")
    assert "Yes, the person is there" not in above, "the team says it"
    assert "Only the team can do it: speak with them." in page_text(
        house.browser("supervisor-cso").get(f"/cases/{case.code}/")
    )
    assert ROW not in today(house, "stranger")
    until(11)
    assert (ROW in today(house), ASKS in file(house, case)) == (True, True), "the next morning"
    until(12)
    for who in BOTH:
        assert (ROW in today(house, who), ASKS in file(house, case, who)) == (False, False), "from noon on"


def test_who_got_there_is_asked_about_no_more(house: Senders) -> None:
    case = house.case(NEEDED)
    found(house, case)
    pass_time(minutes=1)
    old = file(house, case)
    assert (
        "Saved: the person is there. From the next morning on, Today asks whether they still sleep there."
        in pressed(house, case, "place-reached")
    )
    for who in BOTH:
        assert (ROW in today(house, who), ASKS in file(house, case, who)) == (False, False)
    assert "The person is at the place for tonight" in file(house, case), "the history says it"
    again = house.browser().post(*form_of(old, f"/cases/{case.code}/place-reached/"))
    assert again.status_code == 409
    assert steps(case)[-1][0] == "place_reached"


def test_no_place_after_all_is_red_again_at_once_for_both(house: Senders) -> None:
    """Red before: "Put it back" stood in the green line alone, which is gone when the case is opened again."""
    case = house.case(NEEDED)
    found(house, case, "organisation")
    pass_time(minutes=1)
    old = file(house, case)
    said = pressed(house, case, "place-needed")
    assert "Saved: no place for tonight. Today says it until there is one." in said
    assert ASKS not in said
    for who in BOTH:
        assert "No place for tonight" in today(house, who), who
        assert ROW not in today(house, who), who
        assert ">No place for tonight<" in file(house, case, who), who
        assert rail(house, who) == 1, who
    with god():
        assert Case.objects.get(pk=case.pk).need_tonight_codes == ["safe_place"]
    stale = house.browser().post(*form_of(old, f"/cases/{case.code}/place-reached/"), follow=True)
    assert "Not saved yet. Recorded meanwhile: a place for tonight is needed" in page_text(stale)
    assert steps(case)[-1][0] == "place_needed", "an older window moves nothing"
    pass_time(minutes=1)
    found(house, case, "own_home")
    assert ROW in today(house), "another one is asked about again"
    assert [one for one, _whose in steps(case)] == ["place_found", "place_needed", "place_found"]


def test_a_registration_that_is_not_finished_is_asked_too(house: Senders) -> None:
    with house.as_() as zarina:
        draft = cases.begin(zarina, codes=NEEDED, sealed={"contact": {"by_code": True}})
    found(house, draft)
    assert ROW in today(house)
    pass_time(minutes=1)
    pressed(house, draft, "place-needed")
    assert (ROW in today(house), "No place for tonight" in today(house)) == (False, True)


def test_a_place_that_is_needed_again_or_accepted_since_asks_nothing_of_the_first(house: Senders) -> None:
    case = house.case(NEEDED)
    found(house, case)
    pass_time(minutes=1)
    with house.as_() as zarina:
        known = Case.objects.get(pk=case.pk)
        cases.edit(zarina, known, version=known.version, codes=NEEDED)
    assert (ROW in today(house), ASKS in file(house, case)) == (False, False)
    pass_time(minutes=1)
    found(house, case)
    house.agreed(case)
    referral = house.sent(case)
    assert ROW in today(house), "who was asked has not answered"
    pass_time(minutes=1)
    house.accepted(referral, part="now")
    assert (ROW in today(house), ASKS in file(house, case)) == (False, False), "that row and page ask about the arrival"


def test_a_closed_case_asks_nothing(house: Senders) -> None:
    case = house.case(NEEDED)
    found(house, case)
    with house.as_("supervisor-cso") as malika:
        known = Case.objects.get(pk=case.pk)
        cases.close(malika, known, version=known.version, outcome="lost_contact", older_case=None)
    for who in BOTH:
        assert (ROW in today(house, who), ASKS in file(house, case, who)) == (False, False)


def test_a_code_of_no_list_is_refused(house: Senders) -> None:
    case = house.case(NEEDED)
    at = f"/cases/{case.code}/place-found/"
    for whose in ("", "papers", "Canary-Name"):
        form = {**form_of(file(house, case), at)[1], "whose": whose}
        answer = house.browser().post(at, form)
        assert (answer.status_code, "Say whose place it is." in page_text(answer)) == (409, True)
    assert not steps(case)
    assert rail(house) == 1


def stays_there(house: Senders, codes: dict[str, Any], *also: str) -> Case:
    """A woman at a shelter who took back everything; another shelter had been asked after it, and did not answer.
    `also`: to what else she had said yes.
    """
    case = house.case(codes)
    if also:
        house.agreed(case, *also)
    house.agreed(case)
    referral = house.sent(case)
    house.accepted(referral)
    house.browser("shelter-worker").post(f"/referrals/{referral.code}/serve/", press(referral))
    house.sent(case, "normal")
    take_back_all(house, case)
    return case


STAYS = "Does the person stay in the shelter?"


def test_the_case_asks_the_same_as_today_whoever_was_asked_beside(house: Senders) -> None:
    """Red before: Today asked whether she stays, and its button led to "No place for tonight. The person said no."."""
    until(21)
    case = stays_there(house, NEEDED)
    shown = page_text(house.browser().get(f"/cases/{case.code}/"))
    assert f"{STAYS} The bed at Shelter Kulob did not end with the withdrawal." in shown
    assert "No place for tonight" not in shown
    for who in BOTH:
        assert STAYS in today(house, who), who
        assert STAYS in page_text(house.browser(who).get(f"/cases/{case.code}/")), who
    said = pressed(house, case, "place-found")
    assert "Saved: the person stays at the place. Today no longer asks." in said, "what was pressed, and no place found"
    back = f'href="/cases/{case.code}/edit/?all=1#id_need_tonight_codes_0"'
    who_sees = page_text(house.browser().get(f"/cases/{case.code}/who/"))
    assert "The person stays at Shelter Kulob: it knows the person" in who_sees, (
        "red before: None, and not a word of it"
    )
    shown = file(house, case)
    assert back in shown.partition("that the person stays at Shelter Kulob.")[2].partition("</p>")[0], (
        "and not in passing"
    )
    assert back not in file(house, case, "supervisor-cso").partition("that the person stays")[2]
    assert steps(case) == [("place_found", "stays")]
    for who in BOTH:
        page = today(house, who) + page_text(house.browser(who).get(f"/cases/{case.code}/"))
        assert not [word for word in (STAYS, ROW, ASKS) if word in page], "one press, and nothing more is asked"
    assert rail(house) == 0
    until(12)
    assert "that the person stays at" not in file(house, case), "until noon"


def test_who_leaves_the_shelter_has_no_place_for_tonight(house: Senders) -> None:
    """Red before: the box had "Say that the person stays" alone."""
    case = stays_there(house, {"need_tonight_codes": ["nothing_now"]})
    pass_time(minutes=1)
    said = pressed(house, case, "place-needed")
    assert "Saved: no place for tonight. Today says it until there is one." in said
    for who in BOTH:
        page = today(house, who)
        assert (STAYS in page, "No place for tonight" in page) == (False, True), who
        assert rail(house, who) == 1, 'to share nothing is no "no" to a bed (ADR 173)'
        shown = page_text(house.browser(who).get(f"/cases/{case.code}/"))
        assert (STAYS in shown, "No place for tonight" in shown) == (False, True), who
    pass_time(minutes=1)
    assert ASKS in found(house, case, "another")


def test_the_number_of_that_shelter_stands_there_for_a_day(house: Senders) -> None:
    """Red before: whoever was to ask there had no number any more."""
    with god():
        OrganisationPhone.objects.create(organisation_id=house.world.bodies["shelter-kulob"], phone="+992 00 000 00 21")
    case = stays_there(house, NEEDED)
    number = "+992\N{NO-BREAK SPACE}00\N{NO-BREAK SPACE}000\N{NO-BREAK SPACE}00\N{NO-BREAK SPACE}21"
    box = file(house, case).partition(STAYS)[2].partition("Say that the person leaves")[0]
    assert number in box or "+992 00 000 00 21" in box
    with house.as_() as zarina:
        assert zarina.organisation_id is not None
        assert OrganisationPhone.objects.filter(pk=house.world.bodies["shelter-kulob"]).exists()
    pass_time(hours=25)
    with house.as_():
        assert not OrganisationPhone.objects.filter(pk=house.world.bodies["shelter-kulob"]).exists(), "no longer"


def test_the_page_after_a_withdrawal_asks_the_same(house: Senders) -> None:
    case = house.case(NEEDED)
    house.agreed(case)
    house.accepted(house.sent(case))
    shown = take_back_all(house, case)
    at = f"/cases/{case.code}/place-found/"
    assert "Whose place is it?" in page_text(shown)
    said = page_text(house.browser().post(*found_of(shown.content.decode(), at, "own_home"), follow=True))
    assert ASKS in said
    assert ROW in today(house)


def test_a_bed_of_the_coming_morning_is_none_for_the_night_that_is_not_over(house: Senders) -> None:
    """Red before: at midnight the red row went, and whoever had a bed from the morning on stood in the street."""
    until(22)
    case = house.case(NEEDED)
    house.agreed(case)
    house.accepted(house.sent(case))
    until(1)
    for who in BOTH:
        assert re.search(r"No place for tonight .*accepted from today, morning", today(house, who)), who
        assert "No place for tonight: accepted from today, morning" in page_text(
            house.browser(who).get(f"/cases/{case.code}/")
        )
        assert rail(house, who) == 1, who
    until(6)
    for who in BOTH:
        assert "No place for tonight" not in today(house, who), who
        assert rail(house, who) == 0, who


def test_a_bed_of_the_next_evening_ends_no_question_about_this_night(house: Senders) -> None:
    """Red before: after midnight nobody asked any more whether the person got to the place of the night."""
    until(22)
    case = house.case(NEEDED)
    house.agreed(case)
    assert ASKS in found(house, case)
    house.accepted(house.sent(case))
    until(1)
    for who in BOTH:
        assert ASKS in page_text(house.browser(who).get(f"/cases/{case.code}/")), who
        assert ROW in today(house, who), who
    until(9)
    assert ROW in today(house)
    until(12)
    assert ROW not in today(house)
