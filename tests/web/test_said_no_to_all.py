"""Who said no to everything is called by nobody: no page urges it, and whoever goes on helping knows of it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.models import Case
from hamkori.casework.referral.actions import receive
from hamkori.casework.referral.models import Referral
from hamkori.directory.models import Service
from hamkori.people.actions import desk_phone
from tests.cast import pass_time
from tests.database import god
from tests.web.consenting import form_of
from tests.web.senders import Senders, page_text, version
from tests.web.test_red_alike import counted
from tests.web.test_withdrawing import take_back

pytestmark = pytest.mark.django_db

PLACE = {"need_tonight_codes": ["safe_place"]}
NO = "the person said no: our own help goes on"
BOTH = ("caseworker-cso", "supervisor-cso")


def declined(house: Senders, case: Case) -> Referral:
    referral = house.sent(case)
    pass_time(minutes=1)
    with house.as_("desk-shelter") as gulnora:
        receive.decline(gulnora, Referral.objects.get(pk=referral.pk), version=version(referral), reason="full")
    return referral


def calm(house: Senders, slug: str) -> str:
    """The list of Today that calls nobody to act."""
    page = page_text(house.browser(slug).get("/"))
    assert "Call now" not in page, slug
    assert "to call now" not in page, slug
    return page.partition("The person said no ")[2]


def test_what_is_missing_calls_nobody_after_a_no_to_everything(house: Senders) -> None:
    """Red before: "Call now 1" in red, while the case said "ask again only if the person raises it"."""
    case = house.case(PLACE)
    house.agreed(case)
    declined(house, case)
    for slug in BOTH:
        assert len(counted(house, slug).unread) == 1, slug
    take_back(house, case)
    for slug in BOTH:
        found = counted(house, slug)
        assert (found.unread, found.late) == ((), ()), slug
        assert NO in calm(house, slug), slug
        assert "Declined: NGO shelter" in calm(house, slug), "what is missing is still said"
    page = house.browser("supervisor-cso").get("/").content.decode()
    assert "Tell the " not in page, "nobody is sent after the person"
    listed = page_text(house.browser().get("/cases/"))
    assert "Ask another organisation" not in listed
    house.agreed(case, kind="legal", sections={"contact"})


def test_a_yes_to_one_thing_calls_for_nothing_else_that_was_refused(house: Senders) -> None:
    """Red before: days later the person asked for a lawyer, and "Call now" asked for the shelter they had refused."""
    case = house.case(PLACE)
    house.agreed(case)
    declined(house, case)
    take_back(house, case)
    house.agreed(case, kind="legal", sections={"contact"})
    for slug in BOTH:
        found = counted(house, slug)
        assert (found.unread, found.late) == ((), ()), slug
        assert NO in calm(house, slug), slug
    assert "Ask another organisation" not in page_text(house.browser().get("/cases/"))
    house.agreed(case)
    assert len(counted(house, "caseworker-cso").unread) == 1, "a yes to it, and it is asked for as before"
    house.agreed(case, answer="no")
    assert len(counted(house, "caseworker-cso").unread) == 1, "of a no beside a yes it calls as ever"


def test_what_was_planned_is_late_no_more_after_a_no_to_everything(house: Senders) -> None:
    """Red before: "Meet again" stood in red below the calm list, and the list of cases said since when it was late."""
    step = {"next_step_code": "meet", "next_step_on": timezone.localdate() + timedelta(days=1)}
    case, child = house.case(step), house.case(step)
    for one in (case, child):
        house.agreed(one)
    with house.as_() as zarina:
        known = Case.objects.get(pk=child.pk)
        cases.settle_age(zarina, known, version=known.version, age_band="a9_17", reason="papers")
    pass_time(days=3)
    for slug in BOTH:
        assert {row.case for row in counted(house, slug).late if row.what == "next_step"} == {case.code, child.code}
    for one in (case, child):
        take_back(house, one)
    for slug in BOTH:
        assert {row.case for row in counted(house, slug).late if row.what == "next_step"} == {child.code}, slug
        said = page_text(house.browser(slug).get("/")).partition("The person said no ")[2]
        assert "Meet again" in said.partition(NO)[0], slug
        line = house.browser(slug).get("/cases/").content.decode().partition(f"/cases/{case.code}/")[2]
        assert "late since" not in line.partition("</tr>")[0], slug
        assert "1 case is late" in page_text(house.browser(slug).get("/cases/")), slug
        assert "late since" not in page_text(house.browser(slug).get(f"/cases/{case.code}/")), slug
    assert f'href="/cases/{case.code}/edit/?done=1"' in house.browser().get("/").content.decode(), "a way to plan anew"
    calm_list = house.browser("supervisor-cso").get("/").content.decode().partition(">The person said no</h2>")[2]
    assert "Meet again" in calm_list
    assert "Tell the " not in calm_list
    house.agreed(case, kind="legal", sections={"contact"})
    assert case.code in {row.case for row in counted(house, "caseworker-cso").late}, "one yes: late again"


def test_the_case_has_a_way_for_whoever_raises_it_again(house: Senders) -> None:
    """Red before: "Ask again only if the person raises it", and the one button of the page said "Refer"."""
    case = house.case()
    house.agreed(case)
    take_back(house, case)
    page = house.browser().get(f"/cases/{case.code}/").content.decode()
    strip = page.partition('<div class="strip">')[2].partition("</div>")[0]
    assert "The person asks again" in strip
    assert f'href="/cases/{case.code}/consent/"' in strip
    assert f'href="/cases/{case.code}/refer/"' not in strip
    assert "The person asks again" not in page_text(house.browser("supervisor-cso").get(f"/cases/{case.code}/"))
    house.agreed(case, kind="legal", sections={"contact"})
    page = house.browser().get(f"/cases/{case.code}/").content.decode()
    assert f'href="/cases/{case.code}/refer/"' in page.partition('<div class="strip">')[2].partition("</div>")[0]


def test_a_missing_place_or_doctor_calls_nobody_after_a_no_to_everything(house: Senders) -> None:
    case = house.case({"need_tonight_codes": ["safe_place", "doctor"]})
    for kind in ("shelter_social", "health"):
        house.agreed(case, kind=kind, sections={"contact"})
    assert len(counted(house, "caseworker-cso").unread) == 1
    for kind in ("shelter_social", "health"):
        house.agreed(case, kind=kind, answer="no")
    listed = page_text(house.browser().get("/cases/"))
    assert "No place" not in listed
    assert "Needs a doctor" not in listed
    for slug in BOTH:
        assert "Needs a doctor" in calm(house, slug), "red before: the supervisor's Today had lost it"
        assert "tell_lead" not in house.browser(slug).get("/").content.decode(), "nobody is urged"
        assert counted(house, slug).unread == (), slug
        assert calm(house, slug).index("No place for tonight") < calm(house, slug).index(NO), slug


def test_whom_more_than_peace_is_owed_stay_red(house: Senders) -> None:
    """A child, and who is in danger."""
    child, danger = house.case(PLACE), house.case(PLACE)
    for case in (child, danger):
        house.agreed(case)
        declined(house, case)
        take_back(house, case)
    assert counted(house, "caseworker-cso").unread == ()
    with house.as_() as zarina:
        found = Case.objects.get(pk=child.pk)
        cases.settle_age(zarina, found, version=found.version, age_band="a9_17", reason="papers")
        found = Case.objects.get(pk=danger.pk)
        cases.edit(zarina, found, version=found.version, codes={"has_danger": True})
    for slug in BOTH:
        found_red = counted(house, slug)
        assert {row.case for row in (*found_red.unread, *found_red.danger)} == {child.code, danger.code}, slug


def served(house: Senders, case: Case) -> Referral:
    """Help of the lawyer's that has begun; their number is recorded."""
    house.agreed(case, kind="legal", sections={"contact", "legal"})
    sent = house.sent(case, service="LEGAL-01", sections=["contact"])
    pass_time(minutes=1)
    with house.as_("lawyer") as rustam:
        desk_phone.record(rustam, phone="(demo) 00-22")
        team, meet = [house.world.membership("lawyer")], {"address": "Canary-Door", "time": "10:00"}
        found = Referral.objects.get(pk=sent.pk)
        days = {"arrival_on": timezone.localdate(), "arrival_part": "now"}
        receive.accept(rustam, found, version=found.version, team=team, meeting=meet, **days)
        found = Referral.objects.get(pk=sent.pk)
        receive.serve(rustam, found, version=found.version)
    return sent


def taken_back(house: Senders, case: Case) -> Any:
    """The page after everything was taken back."""
    address = f"/cases/{case.code}/consent/withdraw/"
    form = form_of(house.browser().get(address)) | {"took": ["all"], "how_said": "in_person"}
    return house.browser().post(address, form, follow=True)


def test_the_page_afterwards_names_whose_help_goes_on_and_the_way_to_end_our_own(house: Senders) -> None:
    """Red before: "help that has begun may go on" named nobody, and no way led to the end of the own help."""
    case = house.case()
    sent = served(house, case)
    page = taken_back(house, case)
    shown = page_text(page)
    told = shown.partition("What comes next")[2].partition("Tell the person")[0]
    assert "Ask the person whether help at Legal Aid goes on" in told
    stopped = shown.partition("What stopped, and who had opened it")[2]
    assert "Legal Aid · " in stopped
    assert "They read that the person withdrew consent for everything that we had shared" in stopped
    assert "if the person does not want it either, call them: 00\N{NON-BREAKING HYPHEN}22" in told
    assert f'href="/cases/{case.code}/close/"' in page.content.decode()
    assert f'href="/cases/{case.code}/who/"' in page.content.decode(), "where a colleague is removed"
    rustam = house.browser("lawyer")
    home = page_text(rustam.get("/"))
    assert "Ask the person whether help goes on: " in home
    assert "the person withdrew consent for everything that the sender had shared: ask only in person" in home
    read = page_text(rustam.get(f"/referrals/{sent.code}/"))
    assert "The person withdrew consent for everything that the sender had shared." in read
    assert "shelter" not in read.lower(), "nothing of whom else they had said yes or no to"


def test_where_help_had_not_begun_nobody_reads_how_it_ended(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    sent = house.sent(case)
    house.accepted(sent)
    page = taken_back(house, case)
    assert "Ask the person whether help" not in page_text(page)
    parvina = house.browser("shelter-worker")
    assert "Do not wait for the person" in page_text(parvina.get("/"))
    for at in ("/", f"/referrals/{sent.code}/"):
        assert "withdrew consent" not in page_text(parvina.get(at)), at


def test_a_draft_says_that_it_cannot_be_sent_after_a_no(house: Senders) -> None:
    """Red before: "ask the person again", beside "ask again only if the person raises it"."""
    case = house.case()
    house.agreed(case)
    draft = house.draft(case)
    page = taken_back(house, case)
    assert "stays here, and cannot be sent: the person said no to it. Open the draft" in page_text(page)
    assert f'href="/referrals/{draft.code}/"' in page.content.decode()
    assert "the person said no: cannot be sent" in page_text(house.browser().get(f"/cases/{case.code}/"))
    shown = page_text(house.browser().get(f"/referrals/{draft.code}/"))
    assert "The person said no to this: the draft cannot be sent." in shown
    assert "Ask the person again" not in shown
    assert "Throw the draft away" in shown


def test_what_is_said_to_the_person_is_in_the_language_of_the_case(house: Senders) -> None:
    """Red before: in that in which consent was read once, though the case says another."""
    case = house.case({"language_code": "ru"})
    house.agreed(case)
    house.sent(case)
    said = taken_back(house, case).content.decode().partition("Tell the person")[2]
    assert '<div lang="ru">' in said
    assert 'lang="tg"' not in said


def test_who_said_yes_for_this_person_an_hour_ago_is_offered_with_that(house: Senders) -> None:
    """Red before: under "Others" with "Asked for another person", and nothing of the yes."""
    case, other = house.case(PLACE), house.case(PLACE)
    for one in (case, other):
        house.agreed(one)
    declined(house, other)
    sent = house.sent(case)
    pass_time(minutes=1)
    zarina = house.browser()
    zarina.post(f"/referrals/{sent.code}/call/", {"operation": str(uuid4()), "answer": "said_yes"})
    taken_back(house, case)
    pass_time(minutes=60)
    house.agreed(case)
    page = page_text(zarina.get(f"/cases/{case.code}/refer/?need=tonight"))
    assert re.search(r"For this person they said yes by telephone [^.]*\d\d:\d\d, before that referral ended\.", page)
    assert "Asked for another person" not in page
    with god():
        Service.objects.filter(pk=sent.service_id).update(is_full=True)
    page = page_text(zarina.get(f"/cases/{case.code}/refer/?need=tonight"))
    assert "Suitable services" in page.partition("For this person they said yes")[0], "though its entry says full"
