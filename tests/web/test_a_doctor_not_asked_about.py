"""A doctor was said to be needed, and the person was not asked about one: the short way names the question to ask."""

from __future__ import annotations

import re

import pytest

from hamkori.casework.referral.models import ReferralOrigin
from hamkori.people.models import OrganisationPhone
from tests import doors
from tests.database import god
from tests.web.senders import Senders, page_text
from tests.web.test_short_way import NEEDS, case_of, chosen, goes, press, to_need

pytestmark = pytest.mark.django_db
ASK = "A doctor is needed: ask whether doctors may be told."
STILL = "Still to ask: a doctor"
AGREES = {"a_shelter_social_help": "yes", "police": "no"}


def to_services(client: doors.DoorClient, doctor: str, **said: str) -> str:
    """A place is agreed to, a doctor is needed; `said`: what was answered about one."""
    return goes(press(client, to_need(client, **AGREES, **said), **NEEDS, doctor=doctor, do="go"))


def link_of(page: str) -> str:
    """Where the line about a doctor leads."""
    found = re.search(r'href="([^"]+)"', page.partition(ASK)[2])
    assert found, page
    return found[1].replace("&amp;", "&")


@pytest.mark.parametrize("doctor", ["soon", "today"])
def test_step_5_leads_to_the_one_question_and_back(house: Senders, zarina: doors.DoorClient, doctor: str) -> None:
    """Red before: neither of the pages said a word of the doctor."""
    at = to_services(zarina, doctor)
    page = zarina.get(at)
    assert page_text(page).count(ASK) == 1
    question, _hash, field = link_of(page.content.decode()).partition("#")
    asked = zarina.get(question)
    assert f'id="{field}"' in asked.content.decode()
    assert page_text(asked).count(ASK) == 1, "and the question is marked"
    assert "<br> With name: " in asked.content.decode(), "what a shelter gets is read line by line"
    assert page_text(asked).index(ASK) < page_text(asked).index("Doctors: treatment")
    back = goes(press(zarina, question, a_health_help="yes", how="spoken"))
    assert back == at, "the need was said: nobody answers it twice"
    assert ASK not in page_text(zarina.get(back))


def test_who_comes_back_to_what_is_kept_reads_it_too(zarina: doors.DoorClient) -> None:
    case = case_of(to_services(zarina, "soon"))
    kept = zarina.get(f"/cases/{case.code}/first/?step=consent")
    assert page_text(kept).count(ASK) == 1
    assert "read=tg" in link_of(kept.content.decode())


@pytest.mark.parametrize(("doctor", "said"), [("soon", "no"), ("today", "yes"), ("no", ""), ("", "")])
def test_nothing_is_said_of_a_doctor_who_is_answered_or_not_needed(
    zarina: doors.DoorClient, doctor: str, said: str
) -> None:
    answers = {"a_health_help": said} if said else {}
    at = to_services(zarina, doctor, **answers)
    assert ASK not in page_text(zarina.get(at))
    assert ASK not in page_text(zarina.get(f"/cases/{case_of(at).code}/first/?step=consent&read=tg"))


@pytest.mark.parametrize(
    ("said", "leads"), [("", "/consent/?then=doctor#id_a_health_help_0"), ("yes", "/refer/?need=HEALTH"), ("no", "")]
)
def test_after_sending_a_doctor_of_this_week_is_still_to_ask(zarina: doors.DoorClient, said: str, leads: str) -> None:
    """Red before: "Not asked so far: the other signs, stairs", and nothing of the doctor."""
    at = to_services(zarina, "soon", **({"a_health_help": said} if said else {}))
    check = goes(press(zarina, at, service=chosen(zarina.get(at).content.decode())))
    sent = zarina.get(goes(press(zarina, check, told_body="on", do="send")))
    assert "Sent to" in page_text(sent)
    assert (STILL in page_text(sent)) == bool(leads)
    assert leads in sent.content.decode()
    assert "nobody asked yet" not in page_text(sent), "said once"
    assert "nobody is asked now" not in page_text(sent), "red before: a second line for the same doctor"
    case = zarina.get(f"/cases/{case_of(at).code}/").content.decode()
    row = case.partition("Needed; your team has no referral to an organisation yet: a doctor")[2].partition("</li>")[0]
    assert bool(row) == bool(leads)
    assert ("Ask the person" in row) == (leads.startswith("/consent/")), "an organisation only after a yes"


NO_DOCTOR = "Needs a doctor: nobody is asked now"
SAID_NO = "the person said no: our own help goes on"


def test_after_sending_who_said_no_to_doctors_is_not_asked_again(house: Senders, zarina: doors.DoorClient) -> None:
    """Red before: "Needs a doctor: nobody is asked now", with the button "Ask the person"."""
    at = to_services(zarina, "today", a_health_help="no")
    check = goes(press(zarina, at, service=chosen(zarina.get(at).content.decode())))
    after = goes(press(zarina, check, told_body="on", do="send"))
    with god():
        sent = ReferralOrigin.objects.get(case=case_of(at)).referral
    for page in (after, f"/referrals/{sent.code}/", "/"):
        text = page_text(zarina.get(page))
        assert NO_DOCTOR in text, page
        assert SAID_NO in text, page
        assert "then=doctor" not in zarina.get(page).content.decode(), page


@pytest.mark.parametrize(("doctor", "said"), [("yes", STILL), ("no", "")])
def test_after_the_whole_referral_a_doctor_is_still_to_ask(house: Senders, doctor: str, said: str) -> None:
    """Red before: the page after sending the whole referral said nothing of a doctor."""
    case = house.case({"doctor_code": doctor})
    house.agreed(case)
    at = f"/referrals/{house.sent(case).code}/"
    page = house.browser().get(at)
    assert (STILL in page_text(page)) == bool(said)
    assert ("then=doctor" in page.content.decode()) == bool(said)
    assert STILL not in page_text(house.browser("supervisor-cso").get(at)), "who asks is the team"
    house.agreed(case, kind="health")
    assert ("need=HEALTH" in house.browser().get(at).content.decode()) == bool(said)
    house.agreed(case, kind="health", answer="no")
    assert STILL not in page_text(house.browser().get(at))


def test_the_number_of_a_desk_stands_beside_its_organisation(house: Senders, zarina: doors.DoorClient) -> None:
    """Red before: "Still to ask: a doctor", and below it the number of the shelter."""
    with god():
        OrganisationPhone.objects.create(organisation_id=house.world.bodies["shelter-kulob"], phone="(demo) 00-11")
    at = to_services(zarina, "soon")
    check = goes(press(zarina, at, service=chosen(zarina.get(at).content.decode())))
    page = page_text(zarina.get(goes(press(zarina, check, told_body="on", do="send"))))
    assert page.index("Shelter Kulob&nbsp;· Referral desk: 00") < page.index(STILL)
