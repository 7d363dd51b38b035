"""What was accepted waits until the person is asked again: no list says in green that it is accepted."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from hamkori.casework.case.models import Case
from hamkori.casework.consent.actions import consent
from tests import doors
from tests.cast import pass_time
from tests.database import god
from tests.web.forms_of import text
from tests.web.scene import Scene

pytestmark = pytest.mark.django_db

PAUSED = "Accepted, ask the person again"
SHORT = "accepted, ask again"


def row_of(page: str, address: str) -> str:
    return page.partition(f'href="{address}"')[2].partition("</tr>")[0]


def test_a_list_says_that_what_was_accepted_waits_for_the_person(scene: Scene) -> None:
    """Red before: "accepted", in green, though nothing could be read or confirmed."""
    case = scene.case()
    with god():
        Case.objects.filter(pk=case.pk).update(next_step_on=timezone.localdate() + timedelta(days=99))
    referral = scene.sent(case)
    scene.accepted(referral, days=70)
    lead, above = doors.client_for(scene.zarina), doors.client_for(scene.saida)
    before = row_of(lead.get("/cases/").content.decode(), f"/cases/{case.code}/")
    assert re.search(r'"tag done"><span>accepted<', before), before
    assert PAUSED not in text(lead.get("/referrals/"))
    pass_time(days=61)  # the consent of the scene is valid for sixty days
    for who in (lead, above):
        row = row_of(who.get("/cases/").content.decode(), f"/cases/{case.code}/")
        assert re.search(rf'"tag wait"><span>{SHORT}<', row), row
        assert "tag done" not in row
    listed = lead.get("/referrals/").content.decode()
    of_it = listed.partition(f'href="/referrals/{referral.code}/"')[2].partition("</li>")[0]
    assert PAUSED in of_it
    assert "tag done" not in of_it
    page = lead.get(f"/cases/{case.code}/").content.decode()
    there = page.rpartition(f'href="/referrals/{referral.code}/"')[2].partition("</li>")[0]
    assert "tag done" not in there
    assert PAUSED in text(lead.get(f"/cases/{case.code}/"))
    assert PAUSED in text(lead.get(f"/referrals/{referral.code}/"))


def test_today_says_that_who_is_expected_is_asked_again_first(scene: Scene) -> None:
    """Red before: the case was opened again, and the row said no more than that the person is expected."""
    case = scene.case()
    with god():
        Case.objects.filter(pk=case.pk).update(next_step_on=timezone.localdate() + timedelta(days=99))
    referral = scene.sent(case)
    scene.accepted(referral, days=63)
    lead = doors.client_for(scene.zarina)
    pass_time(days=61)
    today = lead.get("/").content.decode()
    row = today.partition(f'href="/referrals/{referral.code}/"')[2].partition("</li>")[0]
    assert "<b>accepted, ask the person again" in row, row


def test_once_the_person_said_yes_again_it_is_accepted(scene: Scene) -> None:
    case = scene.case()
    referral = scene.sent(case)
    scene.accepted(referral, days=63)
    pass_time(days=61)
    lead = doors.client_for(scene.zarina)
    assert PAUSED in text(lead.get("/referrals/"))
    with doors.acting(scene.zarina) as actor:
        answers = [consent.Answer("shelter_social", "help", "yes", frozenset({"contact", "needs"}))]
        until = timezone.localdate() + timedelta(days=61 + 60)
        asking = consent.Asking(language="tg", how_given="spoken", until_on=until)
        consent.record(actor, Case.objects.get(pk=case.pk), answers=answers, asking=asking)
    assert PAUSED not in text(lead.get("/referrals/"))
