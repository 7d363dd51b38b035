"""What a change tells other organisations is said before it is saved, and the way to end it first (ADR 0159)."""

from __future__ import annotations

import re

import pytest
from django.http import HttpResponse

from hamkori.casework.case.models import Case
from hamkori.casework.case.rules.said import SAID
from hamkori.casework.consent.rules.consent import kind_of
from hamkori.web.cases.beforehand import DETAILS as DETAILS_NAMED
from tests import doors
from tests.attacks.test_values_that_no_program_reads import ask
from tests.cast import pass_time
from tests.database import god
from tests.web.forms_of import fields, press
from tests.web.scene import Scene, again
from tests.web.senders import page_text
from tests.web.test_lines_stay_true import recalled
from tests.web.test_region_put_right import ELSEWHERE, SAME_REGION, THERE
from tests.web.test_summary_corrected import changed, page

pytestmark = pytest.mark.django_db
REGION = "The district stays locked, but if it moves to another region, these read which one: "
DETAILS = "If you change one, these read it: "
NOT_YET = "Not saved yet. Once you save, these read Sughd Region in the summary, and are told: "
FIRST = "If one of them must get nothing, say it first"


def place_of(case: Case) -> str:
    return f"/cases/{case.code}/section/?of=place"


def details_of(case: Case) -> str:
    return f"/cases/{case.code}/edit/?all=1"


def asked(answer: HttpResponse) -> str:
    """What its button says, where it is asked first."""
    assert answer.status_code == 409
    told = re.search(r'name="told" value="([^"]+)"', answer.content.decode())
    assert told
    return told.group(1)


def told_of_it(scene: Scene) -> bool:
    return "The region was corrected" in page(scene.gulnora, "/")


def test_who_hides_is_announced_to_nobody_before_it_was_said(scene: Scene) -> None:
    """Red before: the page said "These can read it: Zarina.", and its press announced the region to all of them."""
    case = scene.case()
    scene.sent(case)
    pass_time(hours=1)
    client, at = doors.client_for(scene.zarina), place_of(case)
    shown = client.get(at)
    assert REGION in page_text(shown)
    assert FIRST in page_text(shown)
    assert f'href="/cases/{case.code}/consent/?without=1#without"' in shown.content.decode()
    answer = press(client, at, district=ELSEWHERE)
    said, told = page_text(answer), asked(answer)
    assert NOT_YET in said
    assert "The district itself stays locked." in said
    assert "Save, and they read it" in said
    assert again(case).region_code == "TJ-KT"
    assert not told_of_it(scene), "nothing was saved"
    typed = fields(answer, at)
    assert typed["district"] == [ELSEWHERE], "what was typed is kept"
    saved = client.post(at, {**typed, "told": told}, follow=True)
    assert "Summaries that were sent show Sughd Region now." in page_text(saved)
    assert told_of_it(scene)


def test_back_keeps_what_was_typed_and_saves_nothing(scene: Scene) -> None:
    case = scene.case()
    scene.sent(case)
    client, at = doors.client_for(scene.zarina), place_of(case)
    answer = press(client, at, district=ELSEWHERE)
    back = client.post(at, {**fields(answer, at), "back": "1"})
    assert back.status_code == 200
    assert NOT_YET not in page_text(back)
    assert fields(back, at)["district"] == [ELSEWHERE]
    assert again(case).region_code == "TJ-KT"


def test_nothing_more_is_asked_where_nobody_reads_another_region(scene: Scene) -> None:
    case = scene.case()
    client, at = doors.client_for(scene.zarina), place_of(case)
    assert REGION not in page_text(client.get(at)), "nothing was sent"
    assert press(client, at, district=SAME_REGION).status_code == 303
    referral = scene.sent(case)
    pass_time(minutes=1)
    assert press(client, at, district=THERE).status_code == 303, "the region stays"
    recalled(scene, referral)
    assert REGION not in page_text(client.get(at)), "it has ended"
    assert press(client, at, district=ELSEWHERE).status_code == 303


@pytest.mark.parametrize("why", ["police", "rests"])
def test_who_is_not_told_is_not_named(scene: Scene, why: str) -> None:
    """The police read no region; while the consent is not valid nobody is told anything new."""
    case = scene.case()
    referral = scene.sent(case)
    if why == "police":
        with god():
            ask("update referral set recipient_kind_code = 'police' where id = %s", referral.pk)
    else:
        scene.accepted(referral)
        scene.served(referral)
        pass_time(days=61)
        assert DETAILS not in page(scene.zarina, details_of(case))
    client = doors.client_for(scene.zarina)
    assert REGION not in page_text(client.get(place_of(case)))
    assert press(client, place_of(case), district=ELSEWHERE).status_code == 303


def test_whoever_began_to_read_it_meanwhile_is_named_before(scene: Scene) -> None:
    """The button was pressed for those who stood beside it."""
    case = scene.case()
    client, at = doors.client_for(scene.zarina), place_of(case)
    scene.sent(case)
    answer = press(client, at, district=ELSEWHERE)
    stale = asked(answer).rsplit(" ", 1)[0]
    once_more = client.post(at, {**fields(answer, at), "told": stale})
    assert once_more.status_code == 409
    assert NOT_YET in page_text(once_more)


def test_the_details_say_who_reads_them(scene: Scene) -> None:
    case = scene.case()
    assert DETAILS not in page(scene.zarina, details_of(case)), "nothing was sent"
    referral = scene.sent(case)
    shown = page(scene.zarina, details_of(case))
    assert DETAILS in shown
    assert FIRST in shown
    recalled(scene, referral)
    assert DETAILS not in page(scene.zarina, details_of(case)), "it has ended"


@pytest.mark.alarms  # the consent is rewritten for another kind of help
def test_after_a_change_that_nobody_reads_nothing_is_said_of_the_one_before(scene: Scene) -> None:
    """Red before: "Summaries that were sent show this now: Risk", after the doctor alone was saved, of whom no lawyer
    is told.
    """
    case = scene.case(doctor_code="no")
    referral = scene.sent(case)
    with god():
        of, lawyer = kind_of("service", "LEGAL-01"), "LEGAL-01"
        ask("update service set service_code = %s where id = %s", lawyer, scene.service)
        changes = "update referral set service_code = %s, recipient_kind_code = %s where id = %s"
        ask(changes, lawyer, of, referral.pk)
        ask("update referral_sender set consent_rows = array[%s] where referral_id = %s", f"{of}:help", referral.pk)
        ask("update consent_row set kind_code = %s", of)
        ask("update referral_card set doctor_code = 'not_asked' where referral_id = %s", referral.pk)
    now = "Summaries that were sent show this now: "
    assert f"{now}Risk: high." in changed(scene.zarina, case, risk_code="high")
    assert now not in changed(scene.zarina, case, doctor_code="yes")


def test_the_details_that_are_named_are_those_that_a_summary_says() -> None:
    assert {*DETAILS_NAMED} == {*SAID}
