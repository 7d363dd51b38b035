"""The page of closing says who it is and what is needed; what was closed by mistake is open since the first day."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from hamkori.access.context import now
from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.actions.section import open_section, write_section
from hamkori.casework.case.models import Case
from hamkori.web.kit import moments
from tests import doors
from tests.cast import pass_time
from tests.database import god
from tests.web.forms_of import press
from tests.web.scene import Scene
from tests.web.senders import Senders, page_text
from tests.web.test_short_way import goes, to_check
from tests.web.test_the_way_on import another

pytestmark = pytest.mark.django_db


def page(who: doors.Person, address: str) -> str:
    return page_text(doors.client_for(who).get(address))


def test_the_page_of_closing_says_who_and_what_is_still_needed(scene: Scene) -> None:
    """Red before: a number alone, and nothing of the need that stood in the case a tap before."""
    case = scene.case(need_tonight_codes=["someone_to_talk"])
    needed = "Needed; your team has no referral to an organisation yet: a psychologist"
    assert needed in page(scene.zarina, f"/cases/{case.code}/")
    closing = page(scene.zarina, f"/cases/{case.code}/close/")
    assert "Woman, 18\u201129" in closing
    assert needed in closing
    assert "I have read this." not in closing, "no tick for what is not dangerous"


@pytest.mark.parametrize(("reason", "first"), [("closed_by_mistake", True), ("returned", False)])
def test_what_was_closed_by_mistake_is_open_since_the_first_day(scene: Scene, reason: str, first: bool) -> None:
    """Red before: since the day on which it was opened again."""
    case = scene.case()
    day = timezone.localdate(now())
    pass_time(days=5)
    with doors.acting(scene.zarina) as actor:
        mine = Case.objects.get(pk=case.pk)
        cases.close(actor, mine, version=mine.version, outcome="goals_met")
    with doors.acting(scene.saida) as actor:
        mine = Case.objects.get(pk=case.pk)
        cases.reopen(actor, mine, version=mine.version, reason=reason)
    today = timezone.localdate(now())
    since = day if first else today
    assert f"open since {moments.full_day(since, today)}" in page(scene.zarina, f"/cases/{case.code}/")
    assert today - day >= timedelta(days=4)


def test_a_heading_counts_who_has_no_place_and_not_whom_they_asked(house: Senders) -> None:
    """Red before: 2, of one person of whom two organisations are asked."""
    for service in ("HEALTH-02", "HOME-01"):
        house.world.services[service] = another(house, service_code=service).pk
    house.agreed(ill := house.case({"need_tonight_codes": ["doctor"]}), kind="health")
    house.sent(ill, service="HEALTH-02")
    pass_time(minutes=1)
    house.agreed(case := house.case({"need_tonight_codes": ["safe_place"]}))
    for service in ("HOME-02", "HOME-01"):
        house.sent(case, service=service)
    shown = page_text(house.browser().get("/"))
    assert re.search(r"No place for tonight yet 1\b", shown)
    of_person = shown.partition("No place for tonight yet 1")[2]
    for service in ("NGO shelter", "State shelter"):
        assert service in of_person, "the second one of this person as a line of the first"


def test_of_one_that_was_accepted_no_page_says_that_it_waits(scene: Scene) -> None:
    """Red before: "1 referral waits or is disputed" of one that was accepted."""
    case = scene.case()
    scene.accepted(scene.sent(case))
    closing = page(scene.zarina, f"/cases/{case.code}/close/")
    assert "1 referral is not finished, or is disputed. End it first." in closing
    assert "Woman, 18\u201129" in closing


def test_the_way_to_the_other_consents_says_what_it_is_for(scene: Scene) -> None:
    case = scene.case()
    referral = scene.sent(case)
    ends = page(scene.zarina, f"/referrals/{referral.code}/withdraw/")
    assert "The other consents stay as they are. Ask the person about them" in ends


def test_a_second_referral_says_that_nobody_wrote_how_to_reach_the_person(house: Senders) -> None:
    """Red before: "How to reach the person safely" stood among what is sent, with no word that it is empty."""
    zarina, said = house.browser(), "Nothing is written yet: How to reach the person safely."
    way = to_check(zarina)
    assert said in page_text(zarina.get(way))
    sent = goes(press(zarina, way, do="send", agreed_text="Canary-Words"))
    with god():
        case = Case.objects.get(code=sent.split("/")[2])
    second = house.draft(case)
    at = f"/referrals/{second.code}/edit/"
    assert said in page_text(zarina.get(at))
    with house.as_() as actor:
        sheet = open_section(actor, case, section="contact")
        fields = {**sheet.fields, "safe_phone": "+992 900 00 00 00"}
        write_section(actor.doing(uuid4()), case, section="contact", fields=fields, seal_no=sheet.seal_no)
    assert said not in page_text(zarina.get(at))
