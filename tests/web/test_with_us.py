"""Whose place it is that was found: a shelter says of its own that the person is with it (ADR 256)."""

from __future__ import annotations

import re
from typing import Any

import pytest

from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.actions import team
from hamkori.casework.case.models import Case, CaseStep
from hamkori.directory.models import Service
from tests.cast import FACTS, SEALED, pass_time
from tests.database import god
from tests.web.senders import Senders, page_text
from tests.web.test_place_found import ASKS, NEEDED, ROW, file
from tests.web.test_today_in_danger import form_of

pytestmark = pytest.mark.django_db

LEAD, COLLEAGUE = "shelter-worker", "shelter-social"
TEAM = (LEAD, COLLEAGUE)
FOUND, REACHED, NONE = "place-found", "place-reached", "place-needed"
SHIFT = "Who is there tonight? So far nobody else works on this case."
WITH_US = 'name="whose" value="with_us"'


def at_the_door(house: Senders, who: str = LEAD, *, also: str = COLLEAGUE, **facts: Any) -> Case:
    """Somebody stands there, and needs a place for tonight: a case of the organisation itself, with a colleague."""
    with house.as_(who) as actor:
        case = cases.begin(actor, codes={**FACTS, **NEEDED, **facts}, sealed=SEALED)
        case = cases.register(actor, case, version=case.version)
        if also:
            team.admit(actor, case, membership=house.world.membership(also))
    return case


def press(house: Senders, case: Case, step: str, who: str = LEAD, **said: str) -> str:
    """A button of the page of the case."""
    to, form = form_of(file(house, case, who), f"/cases/{case.code}/{step}/")
    pass_time(minutes=1)
    return page_text(house.browser(who).post(to, {**form, **said}, follow=True))


def test_who_alone_works_on_it_is_asked_who_is_there_tonight(house: Senders) -> None:
    """Red before: "Add a colleague" was the third of six links, and the night shift knew of nobody."""
    case = at_the_door(house, also="")
    assert SHIFT not in page_text(house.browser(LEAD).get(f"/cases/{case.code}/"))
    for step, more in ((FOUND, {"whose": "with_us"}), (REACHED, {})):
        shown = press(house, case, step, **more)
        assert shown.count(SHIFT) == 1, step
    page = house.browser(LEAD).get(f"/cases/{case.code}/").content.decode()
    assert f'href="/cases/{case.code}/admit/"' in page.partition(SHIFT)[2].partition("</a>")[0], "with the way to it"
    with house.as_(LEAD) as actor:
        team.admit(actor, Case.objects.get(pk=case.pk), membership=house.world.membership(COLLEAGUE))
    for who in TEAM:
        assert SHIFT not in page_text(house.browser(who).get(f"/cases/{case.code}/")), who


def test_a_shelter_says_first_that_the_place_is_with_us(house: Senders) -> None:
    """Red before: it had to call itself "an organisation, by telephone"."""
    case = at_the_door(house)
    for who in TEAM:
        page = file(house, case, who)
        answers = re.findall(r'<button[^>]*name="whose"[^>]*value="([^"]+)"', page)
        assert answers[0] == "with_us", who
        assert "With us" in page_text(house.browser(who).get(f"/cases/{case.code}/"))
    said = press(house, case, FOUND, whose="with_us")
    assert "Saved: a place for tonight was found. Today asks whether the person got there." in said
    assert SHIFT not in said, "a colleague works on it"
    with god():
        (step,) = CaseStep.objects.filter(case=case, step_code="place_found")
        assert (step.reason_code, step.organisation_id) == ("organisation", house.world.bodies["shelter-kulob"])
        assert Case.objects.get(pk=case.pk).need_tonight_codes == ["nothing_now"]


def test_nobody_is_told_to_call_the_own_house(house: Senders, second_shelter: Service) -> None:
    case = at_the_door(house, "lawyer", also="")
    press(house, case, FOUND, "lawyer", whose="with_us")
    shown = page_text(house.browser("lawyer").get(f"/cases/{case.code}/"))
    box = shown.partition(ASKS)[2].partition("What happened")[0]
    assert "000 00 31" not in shown, "its own number"
    for words in ("by telephone", "If it changes, call them", "they said no"):
        assert words not in shown, words
    assert "No place after all" in box
    assert re.search(r"A place for tonight was found .{3,30}: with us\.", shown)
    row = page_text(house.browser("lawyer").get("/"))
    assert "with us" in row.partition(ROW)[2]
    assert "by telephone" not in row
    assert "With us" in shown.partition("What happened")[2], "the history too"
    # Where it is none after all nobody is to hear that nobody comes.
    press(house, case, NONE, "lawyer", why="")
    pass_time(minutes=5)
    for page in ("/", f"/cases/{case.code}/"):
        shown = page_text(house.browser("lawyer").get(page)).partition("What happened")[0]
        assert "No place for tonight" in shown, page
        for words in ("nobody comes", "said yes by telephone", "000 00 31"):
            assert words not in shown, (page, words)


def test_who_did_not_get_there_is_looked_for_and_the_own_house_is_not_called(
    house: Senders, second_shelter: Service
) -> None:
    case = at_the_door(house, "lawyer", also="")
    press(house, case, FOUND, "lawyer", whose="with_us")
    press(house, case, NONE, "lawyer", why="did_not_get_there")
    for page in ("/", f"/cases/{case.code}/"):
        shown = page_text(house.browser("lawyer").get(page)).partition("What happened")[0]
        assert "find out whether they are safe" in shown, page
        for words in ("000 00 31", "found by telephone", "expected the person", "expected by"):
            assert words not in shown, (page, words)


def test_the_record_says_so_and_paper_does_not(house: Senders) -> None:
    """Red before: in the record of access, too, it was an organisation by telephone."""
    case = at_the_door(house)
    press(house, case, FOUND, whose="with_us")
    record = page_text(house.browser(LEAD).get(f"/cases/{case.code}/history/"))
    assert "A place for tonight was found: With us" in record
    paper = page_text(house.browser(LEAD).get(f"/cases/{case.code}/print/"))
    assert "A place for tonight was found" in paper
    for words in ("With us", "by telephone"):
        assert words not in paper, words


def test_who_gives_no_beds_is_not_asked_so(house: Senders) -> None:
    """A press from elsewhere saves nothing either."""
    case = house.case(NEEDED)
    page = file(house, case)
    assert WITH_US not in page
    assert 'name="whose" value="known_people"' in page
    to, form = form_of(page, f"/cases/{case.code}/place-found/")
    answer = house.browser().post(to, {**form, "whose": "with_us"})
    assert (answer.status_code, "Choose the organisation from the list" in page_text(answer)) == (409, True)
    with god():
        assert not CaseStep.objects.filter(case=case, step_code="place_found").exists()


def test_the_own_house_is_not_among_those_that_were_called(house: Senders, second_shelter: Service) -> None:
    case = at_the_door(house)
    page = house.browser(LEAD).get(f"/cases/{case.code}/place-which/").content.decode()
    assert 'value="legal-aid"' in page
    assert "shelter-kulob" not in page


def test_an_older_window_asks_once_more_before_it_says_so(house: Senders) -> None:
    """A colleague said meanwhile that the person is elsewhere: that is told, and the same press says it knowingly."""
    case = at_the_door(house)
    old = form_of(file(house, case, LEAD), f"/cases/{case.code}/place-found/")
    pass_time(minutes=1)
    press(house, case, FOUND, COLLEAGUE, whose="known_people")
    press(house, case, REACHED, COLLEAGUE)
    to, form = old
    answer = house.browser(LEAD).post(to, {**form, "whose": "with_us"}, follow=True)
    assert "Not saved yet. Recorded meanwhile" in page_text(answer)
    to, form = form_of(answer.content.decode(), to)
    assert form["whose"] == "with_us"
    assert "Saved" in page_text(house.browser(LEAD).post(to, form, follow=True))
    with god():
        last = CaseStep.objects.filter(case=case, step_code="place_found").latest("at")
        assert last.organisation_id == house.world.bodies["shelter-kulob"]


def test_who_sleeps_with_us_is_read_before_the_case_is_closed(house: Senders) -> None:
    """Red before: the case closed without a word of who slept in the house that night."""
    says = "The person sleeps with you, as was said here."
    case = at_the_door(house)
    press(house, case, FOUND, whose="with_us")
    press(house, case, REACHED)
    page = house.browser(LEAD).get(f"/cases/{case.code}/close/")
    assert says in page_text(page)
    assert 'name="sure"' in page.content.decode(), "it is ticked that this was read"
    press(house, case, NONE)
    assert says not in page_text(house.browser(LEAD).get(f"/cases/{case.code}/close/"))
