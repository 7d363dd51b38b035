"""A child alone while the worker is away: the supervisor reads whom to call, and who records it (ADR 125)."""

from __future__ import annotations

import re
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.utils import timezone

from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.models import Case, CaseStep
from hamkori.people.actions import desk_phone
from tests.cast import pass_time
from tests.database import god
from tests.web.senders import Senders, closes, page_text

pytestmark = pytest.mark.django_db
BOX = "Call now, and name nobody:"


def alone(house: Senders) -> Case:
    """A girl for whom no adult answers yet, without a place; the shelter has recorded its number."""
    with house.as_("desk-shelter") as gulnora:
        desk_phone.record(gulnora, phone="+992 00 000 00 11")
    case = house.case({"age_band_code": "a9_17", "need_tonight_codes": ["safe_place"]})
    with house.as_() as zarina:
        codes = {"next_step_code": "ask_agreement", "next_step_on": timezone.localdate()}
        return cases.edit(zarina, case, version=case.version, codes=codes)


def box(house: Senders, slug: str, case: Case) -> str:
    return page_text(house.browser(slug).get(f"/cases/{case.code}/")).partition(BOX)[2].partition("In danger")[0]


def phones(house: Senders, slug: str, case: UUID) -> list[str]:
    with house.as_(slug), connection.cursor() as cursor:
        bodies = [house.world.bodies["shelter-kulob"]]
        cursor.execute("select phone from phones_for_child(%s, %s::uuid[])", [case, bodies])
        return [phone for (phone,) in cursor.fetchall()]


def test_the_supervisor_reads_whom_to_call_and_who_records_it(house: Senders) -> None:
    """Red before: her page said "call the organisations" and had no number; its row about child protection was a link
    to itself.
    """
    case = alone(house)
    page, of_worker = box(house, "supervisor-cso", case), box(house, "caseworker-cso", case)
    for said in ("Shelter Kulob", "+992", "National coordinator", "Tell child protection by"):
        assert said in of_worker, said
        assert said in page, said
    assert "Only the lead worker can record here that they were told: Caseworker Cso" in page
    assert "Say whom you reached" in of_worker
    assert "Say whom you reached" not in page
    whole = house.browser("supervisor-cso").get(f"/cases/{case.code}/").content.decode()
    assert 'href="#child"' not in whole
    assert "tell_child_protection" not in whole, "a button that the policy refuses"
    assert whole.count('id="child"') == 1, "there Today's row leads"
    of_case = page_text(house.browser("supervisor-cso").get(f"/cases/{case.code}/"))
    assert "Waits for an adult: 5" in of_case, "once, with the number"
    assert of_case.count("Waits for an adult") == 1
    assert "An adult answers now" not in whole
    pass_time(days=2)
    late = house.browser("supervisor-cso").get(f"/cases/{case.code}/").content.decode()
    assert late.count('id="child"') == 1
    told = page_text(house.browser("supervisor-cso").get(f"/cases/{case.code}/"))
    assert "Tell child protection: late" in told
    assert "nobody else is on the team: you can call organisations" in told


def test_who_is_closed_now_is_called_tomorrow(house: Senders) -> None:
    """Red before: the page named all of tonight, and of nobody when they open."""
    closes(house)
    case = alone(house)
    for said in (
        box(house, "caseworker-cso", case),
        page_text(house.browser().get(f"/cases/{case.code}/first/?step=alone")),
    ):
        assert re.search(r"Shelter Kulob \(closed until [^)]+\)", said), said


def test_numbers_for_a_child_are_read_for_that_child_alone(house: Senders) -> None:
    case, adult = alone(house), house.case()
    assert phones(house, "supervisor-cso", case.pk) == phones(house, "caseworker-cso", case.pk) == ["+992 00 000 00 11"]
    assert phones(house, "supervisor-cso", adult.pk) == [], "of an adult nobody is called about in this way"
    for slug in ("auditor", "desk-shelter"):
        assert phones(house, slug, case.pk) == [], slug
    with god():
        version = Case.objects.get(pk=case.pk).version
    with house.as_("supervisor-cso") as malika:
        cases.close(malika, case, version=version, outcome="lost_contact", older_case=None)
    assert phones(house, "supervisor-cso", case.pk) == []


def test_a_call_in_vain_says_whom_it_did_not_reach(house: Senders) -> None:
    """Red before: "Not reached yet", of child protection, the coordinator and a shelter alike."""
    case = house.case({"age_band_code": "a9_17"})
    zarina, here = house.browser(), f"/cases/{case.code}/tell_child_protection/"
    for told, reason, said in (
        ("else", "no_coordinator", "Coordinator not reached: tried today"),
        ("place", "no_shelter", "Shelter not reached: tried today"),
        ("", "not_reached", "Not reached yet: tried today"),
    ):
        pass_time(minutes=1)
        with god():
            version = Case.objects.get(pk=case.pk).version
        zarina.post(here, {"operation": str(uuid4()), "version": version, "told": told, "do": "not_reached"})
        assert said in page_text(zarina.get(f"/cases/{case.code}/")), told
        with god():
            assert CaseStep.objects.filter(case=case).latest("at").reason_code == reason
    with god():
        assert Case.objects.get(pk=case.pk).told_child_protection_at is None
