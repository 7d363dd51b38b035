"""Who can see a case, and the record of access: every act by its word, and never what was read or written."""

import pytest

from hamkori.action import ACTIONS
from hamkori.casework.referral.actions import send
from hamkori.casework.referral.models import Referral
from hamkori.casework.referral.rules.lifecycle import REFERRAL
from hamkori.web.cases.history import ACTS
from hamkori.web.words import lists
from tests import doors
from tests.cast import pass_time
from tests.web.forms_of import press, text

pytestmark = pytest.mark.django_db


def test_the_record_of_access_says_who_opened_what_and_nothing_more(world) -> None:
    case = world.case()
    lead = doors.client_for(world.zarina)
    lead.get(f"/cases/{case.code}/?open=contact")
    page = text(lead.get(f"/cases/{case.code}/history/"))
    assert "Opened a locked part: How to reach the person safely" in page
    assert "Zarina" in page
    assert "Canary" not in page
    assert doors.client_for(world.saida).get(f"/cases/{case.code}/history/").status_code == 200
    press(lead, f"/cases/{case.code}/admit/", membership=str(world.manzura.membership_id))
    assert doors.client_for(world.manzura).get(f"/cases/{case.code}/history/").status_code == 403


def test_the_record_of_access_names_what_was_done_with_requests_and_leads_there(world) -> None:
    case = world.case()
    referral = world.sent(case)
    with doors.acting(world.zarina) as actor:
        waiting = Referral.objects.get(pk=referral.pk)
        send.recall(actor, waiting, version=waiting.version, reason="mistake")
    page = text(doors.client_for(world.saida).get(f"/cases/{case.code}/history/"))
    service = lists.label("service", "HOME-02")
    for said in ("Wrote a referral", "Sent a referral", "Cancelled a referral"):
        assert f"{said}: {service}" in page
    assert page.count(f'href="/referrals/{referral.code}/"') == 3
    assert "Another step in this case" not in page


def test_the_record_has_a_word_for_all_that_the_senders_side_and_the_clock_can_do() -> None:
    ours = {"S", "SV", "T"}
    steps = {f"referral.{row.name}" for row in REFERRAL.steps if ours & set(row.sides) and not row.later}
    on_cases = {act.permission for act in ACTIONS if act.on == "case"}
    assert steps | on_cases <= set(ACTS)


def test_other_bodies_stand_by_kind_without_names_of_their_staff(world) -> None:
    case = world.case()
    world.accepted(world.sent(case))
    page = text(doors.client_for(world.zarina).get(f"/cases/{case.code}/who/"))
    assert "Shelter-Kulob" in page
    had = "The person&#x27;s own words; How to reach the person safely; Needs, risk, plan (not sent yet)"
    assert f"referral accepted · {had}" in page
    assert "Parvina" not in page
    assert "Gulnora" not in page


def test_who_sees_it_changes_with_help_and_with_her_agreement(world) -> None:
    case = world.case()
    referral = world.sent(case)
    world.accepted(referral)
    world.served(referral)
    lead = doors.client_for(world.zarina)
    assert (
        "help continues · The person&#x27;s own words; How to reach the person safely; Needs, risk, plan (not sent yet)"
        in text(lead.get(f"/cases/{case.code}/who/"))
    )
    pass_time(days=61)
    page = text(doors.client_for(world.zarina).get(f"/cases/{case.code}/who/"))
    assert "paused: nothing can be opened" in page
    assert "own words" not in page
