"""Whose place it is that was found: a shelter says of its own that the person is with it (ADR 256)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.utils import timezone

from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.actions import team
from hamkori.casework.case.actions.place import place_found, place_reached
from hamkori.casework.case.models import Case, CaseStep
from hamkori.casework.referral.actions import receive
from hamkori.casework.referral.actions.confirm import hear
from hamkori.casework.referral.models import Referral
from hamkori.directory.models import Service
from hamkori.people.models import Membership
from tests.cast import FACTS, SEALED, pass_time
from tests.database import god
from tests.web.senders import Senders, page_text
from tests.web.test_here_now import HERE, home, listed
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


def beds_of_the_senders(house: Senders) -> None:
    """The organisation of the case worker gives places to sleep, too."""
    with god():
        body = Membership.objects.get(pk=house.world.membership("caseworker-cso")).organisation_id
        Service.objects.create(
            organisation_id=body, service_code="HOME-02", region_code="TJ-KT", changed_at=timezone.now()
        )


@pytest.mark.parametrize(
    ("admits", "facts", "offered"),
    [
        ([], {}, "With us"),
        (["boys", "girls"], {}, "With us: beds for children"),
        (["boys", "girls"], {"age_band_code": "a9_17"}, "With us"),
        (["women"], {"age_band_code": "a9_17"}, "With us: beds for adults"),
        (["boys", "girls"], {"age_band_code": "unknown"}, "With us"),
        (["men"], {}, ""),
        (["men"], {"sex_code": "male"}, "With us"),
    ],
)
def test_for_whom_the_beds_are_is_said_where_the_person_is_another(
    house: Senders, admits: list[str], facts: dict[str, Any], offered: str
) -> None:
    """Red before: "With us" to whoever has beds for children alone, of an adult, and the reverse."""
    with god():
        Service.objects.filter(organisation_id=house.world.bodies["shelter-kulob"]).update(admission_codes=admits)
    case = at_the_door(house, also="", **facts)
    found = re.search(rf"<button[^>]*{WITH_US}[^>]*>(.*?)</button>", file(house, case, LEAD), re.DOTALL)
    assert (" ".join(re.sub(r"<[^>]+>", " ", found[1]).split()) if found else "") == offered


SENDER = "caseworker-cso"
SLEEPS_HERE, GONE = "that the person sleeps here", "The person sleeps at Shelter Kulob: it was said"


def asked_elsewhere(house: Senders) -> tuple[Case, Referral]:
    """Somebody sleeps with us, and another shelter was asked for a place and has accepted."""
    beds_of_the_senders(house)
    case = at_the_door(house, SENDER, also="")
    press(house, case, FOUND, SENDER, whose="with_us")
    press(house, case, REACHED, SENDER)
    house.agreed(case)
    house.accepted(referral := house.sent(case), part="now")
    pass_time(days=1)
    return case, referral


def shown_to_sender(house: Senders, case: Case) -> str:
    return page_text(house.browser(SENDER).get(f"/cases/{case.code}/")).partition("What happened")[0]


def test_who_came_to_another_shelter_sleeps_there_alone(house: Senders) -> None:
    """Red before: "the person sleeps here" and, on the same page, help that was being given at another shelter."""
    case, referral = asked_elsewhere(house)
    assert GONE not in shown_to_sender(house, case)
    with house.as_(LEAD) as parvina:
        mine = Referral.objects.get(pk=referral.pk)
        receive.serve(parvina, mine, version=mine.version)
    pass_time(minutes=5)
    page = shown_to_sender(house, case)
    assert GONE in page
    assert "That they sleep here is over." in page
    assert (SLEEPS_HERE in page, "Say that the person leaves" in page) == (False, False)
    assert "The person sleeps with you" not in page_text(house.browser(SENDER).get(f"/cases/{case.code}/close/"))


def test_who_was_said_to_have_come_there_is_here_no_more(house: Senders) -> None:
    case, referral = asked_elsewhere(house)
    assert case.code[:4] in str(listed(home(house, SENDER), HERE))
    with house.as_(SENDER) as zarina:
        mine = Referral.objects.get(pk=referral.pk)
        hear(zarina, mine, version=mine.version, heard="came")
    pass_time(minutes=5)
    page = shown_to_sender(house, case)
    assert (GONE in page, SLEEPS_HERE in page) == (True, False)
    assert listed(home(house, SENDER), HERE) == []


def test_who_came_back_from_a_shelter_that_says_nothing_sleeps_here(house: Senders) -> None:
    """They left it, and nobody there has ended its help: the later word counts, and the page says whom to call."""
    case, referral = asked_elsewhere(house)
    with house.as_(LEAD) as parvina:
        mine = Referral.objects.get(pk=referral.pk)
        receive.serve(parvina, mine, version=mine.version)
    pass_time(minutes=5)
    with god():
        known = Case.objects.get(pk=case.pk)
    with house.as_(SENDER) as zarina:
        found = place_found(
            zarina, known, version=known.version, reason="organisation", codes={}, organisation=known.organisation_id
        )
        pass_time(minutes=5)
        place_reached(zarina, found, version=found.version)
    pass_time(minutes=5)
    page = shown_to_sender(house, case)
    assert "The person sleeps here. Shelter Kulob has not ended its help yet: call them" in page
    assert GONE not in page
