"""A district that was put right moves the region: what was sent says so, both sides are told, the history keeps it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.models import Case, CaseStep
from hamkori.casework.referral.actions import receive
from hamkori.casework.referral.models import Referral, ReferralCard
from tests import doors
from tests.cast import pass_time
from tests.database import god
from tests.web.forms_of import fields, press
from tests.web.scene import Scene
from tests.web.senders import page_text
from tests.web.test_today_in_danger import form_of

pytestmark = pytest.mark.django_db
THERE, ELSEWHERE, SAME_REGION = "TJ-KT-01", "TJ-SU-01", "TJ-KT-02"
CORRECTED = "Region changed (before: Khatlon Region)"
TOLD = "The region was corrected: Sughd Region"


def page(who: doors.Person, address: str) -> str:
    return page_text(doors.client_for(who).get(address))


def moved(who: doors.Person, case: Case, district: str) -> str:
    """The district is written in its locked part; what is said after it."""
    pass_time(minutes=1)
    client = doors.client_for(who)
    at = f"/cases/{case.code}/section/?of=place"
    asked = press(client, at, district=district)
    if asked.status_code == 409:  # who reads it is said before it is saved
        told = re.search(r'name="told" value="([^"]+)"', asked.content.decode())
        assert told
        client.post(at, {**fields(asked, at), "told": told.group(1)})
    return page_text(client.get(f"/cases/{case.code}/"))


def test_the_region_is_corrected_wherever_it_was_sent(scene: Scene) -> None:
    """Red before: the head said Sughd, the summary Khatlon; nobody was told, and the history said nothing."""
    case = scene.case()
    referral = scene.sent(case)
    pass_time(hours=1)
    said = moved(scene.zarina, case, ELSEWHERE)
    assert "Summaries that were sent show Sughd Region now. Told: " in said
    assert "The agreed meeting stays as it is" not in said, "none is agreed"
    assert CORRECTED in said.partition("What happened")[2]
    for who in (scene.zarina, scene.gulnora):
        shown = page(who, f"/referrals/{referral.code}/")
        assert "Sughd Region" in shown
        assert "Khatlon Region" not in shown.partition("Region")[0]
    with god():
        assert ReferralCard.objects.get(pk=referral.pk).region_code == "TJ-SU"
    assert TOLD in page(scene.gulnora, "/")


def test_a_meeting_that_is_agreed_stays_and_that_is_said(scene: Scene) -> None:
    """Red before: who moved away was expected at the old place, and nothing said so."""
    case = scene.case()
    scene.accepted(scene.sent(case), days=1)
    said = moved(scene.zarina, case, ELSEWHERE)
    assert "The agreed meeting stays as it is: agree on another one if it no longer fits." in said


def test_whoever_helps_is_told_of_the_region_and_of_the_age(scene: Scene) -> None:
    case = scene.case()
    referral = scene.sent(case)
    scene.accepted(referral)
    pass_time(minutes=1)
    scene.served(referral)
    pass_time(minutes=1)
    with doors.acting(scene.zarina) as actor:
        found = Case.objects.get(pk=case.pk)
        cases.settle_age(actor, found, version=found.version, age_band="a30_47", reason="papers")
    moved(scene.zarina, case, ELSEWHERE)
    news = page(scene.parvina, "/")
    assert TOLD in news
    assert "The age was corrected: Woman" in news, "one does not hide the other"


def test_a_district_of_the_same_region_tells_nobody(scene: Scene) -> None:
    case = scene.case()
    scene.sent(case)
    said = moved(scene.zarina, case, SAME_REGION)
    assert "Summaries that were sent" not in said
    assert "Region changed" not in said
    assert "The region was corrected" not in page(scene.gulnora, "/")


def test_where_nothing_was_sent_the_history_alone_says_it(scene: Scene) -> None:
    case = scene.case()
    said = moved(scene.zarina, case, ELSEWHERE)
    assert CORRECTED in said
    assert "Summaries that were sent" not in said
    with god():
        assert CaseStep.objects.filter(case=case, step_code="region_changed").count() == 1


def test_the_page_of_what_is_not_locked_says_where_the_district_is(scene: Scene) -> None:
    """Red before: the region stood in the head, and nothing on this page led to it."""
    case = scene.case()
    shown = doors.client_for(scene.zarina).get(f"/cases/{case.code}/edit/?all=1")
    assert "The person moved, or the district is wrong: Change the district" in page_text(shown)
    assert f'href="/cases/{case.code}/section/?of=place"' in shown.content.decode()


MOVED_SINCE = "moved to another region since it was agreed"
ON_THE_PAGE = "The person moved to another region since it was agreed."


def told_person(scene: Scene, referral: Referral) -> None:
    """The worker says so, on the page."""
    client = doors.client_for(scene.zarina)
    shown = client.get(f"/referrals/{referral.code}/").content.decode()
    to, form = form_of(shown, f"/referrals/{referral.code}/tell_person/")
    assert 'name="answer" value="told"' in shown
    client.post(to, {**form, "answer": "told"})


@pytest.mark.parametrize("ends", ["told", "another day", "arrival"])
def test_who_moved_since_the_meeting_was_agreed_is_asked_until_it_is_known(scene: Scene, ends: str) -> None:
    """Red before: the green line said it once, and from then on they were expected as if nothing had happened."""
    case = scene.case()
    referral = scene.accepted(scene.sent(case), days=1)
    at = f"/referrals/{referral.code}/"
    told_person(scene, referral)
    assert MOVED_SINCE not in page(scene.zarina, "/")
    moved(scene.zarina, case, ELSEWHERE)
    assert MOVED_SINCE in page(scene.zarina, "/")
    for who in (scene.zarina, scene.saida):
        assert ON_THE_PAGE in page(who, at), who.name
    assert MOVED_SINCE not in page(scene.parvina, "/"), "they read which region it is"
    pass_time(minutes=1)
    mine = Referral.objects.get
    if ends == "told":
        told_person(scene, referral)
    elif ends == "another day":
        with doors.acting(scene.parvina) as actor:
            found = mine(pk=referral.pk)
            receive.expect(
                actor,
                found,
                version=found.version,
                arrival_on=timezone.localdate() + timedelta(days=2),
                arrival_part="evening",
            )
    else:
        scene.served(referral)
    assert MOVED_SINCE not in page(scene.zarina, "/")
    assert ON_THE_PAGE not in page(scene.zarina, at)
    moved(scene.zarina, case, THERE)
    assert (MOVED_SINCE in page(scene.zarina, "/")) is (ends != "arrival"), "they moved again"


@pytest.mark.parametrize("urgency", ["urgent", "normal"])
@pytest.mark.parametrize("days", [1, 4])
def test_whoever_supervises_reads_it_with_what_is_agreed(scene: Scene, urgency: str, days: int) -> None:
    """Red before: only the page of the referral said so; of who is not urgent, or comes later, there was no row."""
    case = scene.case()
    sent = scene.sent(case, urgency)
    pass_time(minutes=20)  # a desk reads what is not urgent a little later
    referral = scene.accepted(sent, days=days)
    moved(scene.zarina, case, ELSEWHERE)
    row = doors.client_for(scene.saida).get("/").content.decode().partition(f"/referrals/{referral.code}/")[2]
    row = row.partition("</li>")[0]
    assert MOVED_SINCE in row
    with god():
        on = Referral.objects.get(pk=referral.pk).arrival_on
    assert on is not None
    said = "omorrow" if days == 1 else f"{on.day} {on:%B}"
    assert (said in row, "vening" in row) == (True, True), row
