"""After a no: the supervisor tells the lead worker, or says why nothing more is to do; either of them puts it back.

Where there is no consent, the person is asked before anybody else.
"""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.http import HttpResponse

from hamkori.casework.case.actions import team
from hamkori.casework.case.models import Case
from hamkori.casework.consent.actions import consent
from hamkori.casework.referral.actions import confirm
from hamkori.casework.referral.models import Referral
from hamkori.refusal import NotNow
from tests import doors
from tests.cast import pass_time
from tests.database import god
from tests.web import forms_of
from tests.web.forms_of import fields
from tests.web.test_today import code_of, declined, home, whats

pytestmark = pytest.mark.django_db
NEEDS = ("needs.anew", False)
"""What is needed now, of a case that was opened again."""


def press(who, path: str, page: str, **said: str) -> HttpResponse:
    """A press on the page that has its form: the answer's page."""
    client = doors.client_for(who)
    form = fields(client.get(page), path)
    return client.post(path, {**form, **said}, follow=True)


def test_a_supervisor_tells_the_lead_worker_what_only_the_team_can_do(world) -> None:
    case = world.case()
    first = world.sent(case)
    declined(world, first)
    at, tells = f"/referrals/{first.code}/", f"/cases/{case.code}/tell_lead/"
    assert "Tell the team" in home(world.saida)
    page = doors.client_for(world.saida).get(at).content.decode()
    assert f"{at}again/" not in page
    assert f'<a class="btn plain" href="{at}settle/">' in page, "for nobody the first button"
    assert "Saida told the lead worker" in press(world.saida, tells, at).content.decode()
    assert "the lead worker was told " in home(world.saida)
    assert tells not in doors.client_for(world.saida).get(at).content.decode(), "once in twelve hours"
    assert "your supervisor asks you to look" in home(world.zarina)
    with doors.acting(world.saida) as actor, pytest.raises(NotNow, match="not_told_lately"):
        team.tell_lead(actor, Case.objects.get(pk=case.pk))
    assert doors.client_for(world.zarina).post(tells, {"operation": str(uuid4())}).status_code == 403
    pass_time(hours=13)
    assert tells in doors.client_for(world.saida).get(at).content.decode()


def test_the_supervisor_says_why_nothing_more_is_to_do_and_it_can_be_put_back(world) -> None:
    case = world.case()
    first = world.sent(case)
    declined(world, first)
    at = f"/referrals/{first.code}/"
    saida = doors.client_for(world.saida)
    asked = saida.get(f"{at}settle/").content.decode()
    assert "Zarina is told" in asked
    without = saida.post(f"{at}settle/", fields(saida.get(f"{at}settle/"), f"{at}settle/"))
    assert "Choose a reason." in without.content.decode()
    assert whats(world.zarina) == [("stopped.declined", False)], "nothing was written"
    shown = press(world.saida, f"{at}settle/", f"{at}settle/", reason="other_help").content.decode()
    assert "Nothing more to do: Help was found another way" in shown
    assert "No place now" in shown, "why it ended is said still"
    assert whats(world.saida) == whats(world.zarina) == []
    assert "A colleague said that nothing more is to do: NGO shelter" in home(world.zarina)
    with doors.acting(world.zarina) as actor, pytest.raises(NotNow, match="not_settled"):
        confirm.settle(actor, Referral.objects.get(pk=first.pk), reason="mistake")
    for page in (at, f"/cases/{case.code}/", f"/cases/{case.code}/history/"):
        assert "othing more" in doors.client_for(world.zarina).get(page).content.decode(), page
    assert "othing more" not in doors.client_for(world.gulnora).get(at).content.decode()
    assert "Put back" in press(world.zarina, f"{at}put_back/", at).content.decode()
    assert whats(world.saida) == whats(world.zarina) == [("stopped.declined", False)]
    with doors.acting(world.zarina) as actor, pytest.raises(NotNow, match="is_settled"):
        confirm.put_back(actor, Referral.objects.get(pk=first.pk))
    for step in ("settle", "put_back"):
        theirs = doors.client_for(world.gulnora).post(f"{at}{step}/", {"operation": str(uuid4()), "reason": "mistake"})
        assert theirs.status_code in (403, 404), step


def test_what_a_supervisor_heard_of_an_arrival_is_told_to_the_team(world) -> None:
    referral = world.sent(world.case())
    world.accepted(referral)
    pass_time(days=1)
    at = f"/referrals/{referral.code}/"
    said = press(world.saida, f"{at}hear/", f"{at}hear/", heard="came").content.decode()
    assert "The team was told, and the organisation was asked to confirm it." in said
    assert "Your supervisor said that the person came" in home(world.zarina)


def test_that_a_supervisor_called_says_nothing_of_the_arrival(world) -> None:
    """Red before: "Your supervisor said whether the person came", of whom nothing was known."""
    referral = world.sent(world.case())
    world.accepted(referral)
    pass_time(days=1)
    at = f"/referrals/{referral.code}/"
    press(world.saida, f"{at}hear/", f"{at}hear/", heard="called")
    said = home(world.zarina)
    assert "Your supervisor called: " in said
    assert "Your supervisor said" not in said


def test_what_stopped_before_the_case_was_opened_again_is_no_work(world) -> None:
    case = world.case()
    declined(world, first := world.sent(case))
    at = f"/cases/{case.code}/"
    for who, path, said in (
        (world.zarina, f"{at}close/", {"outcome": "goals_met", "sure": "on"}),
        (world.saida, f"{at}reopen/", {"reason": "returned"}),
    ):
        assert forms_of.press(doors.client_for(who), path, **said).status_code == 303
    asks = [("opened_again", False), NEEDS]
    assert (whats(world.zarina), whats(world.saida)) == (asks, []), "beside the step that was planned before"
    with god():
        Case.objects.filter(pk=case.pk).update(next_step_on=None)
    assert whats(world.zarina) == asks, "and no step to choose before the person was asked"
    page = home(world.zarina)
    assert "Opened again: the person came back. Ask the person what may be shared" in page
    assert code_of(page)[0] == f"{at}edit/?all=1#id_need_tonight_codes_0", "whether somebody is in danger comes first"
    assert f'href="{at}consent/"' in page
    lead = doors.client_for(world.zarina)
    assert first.code not in lead.get("/referrals/?show=needs_me").content.decode()
    assert "still needs help" not in lead.get(f"/referrals/{first.code}/").content.decode()
    assert case.code not in lead.get("/cases/?late=1").content.decode()
    pass_time(minutes=1)
    declined(world, world.sent(case))
    assert ("stopped.declined", False) in whats(world.zarina), "what stops from now on is"


def test_what_was_closed_by_mistake_asks_again_for_what_was_missing(world) -> None:
    """Red before: emergency care that had been declined was asked for by no page any more (ADR 145)."""
    case = world.case()
    first = world.sent(case)
    declined(world, first)
    at, lead = f"/cases/{case.code}/", doors.client_for(world.zarina)
    assert forms_of.press(lead, f"{at}close/", outcome="goals_met", sure="on").status_code == 303
    pass_time(minutes=1)
    mistake = {"reason": "closed_by_mistake"}
    assert forms_of.press(doors.client_for(world.saida), f"{at}reopen/", **mistake).status_code == 303
    assert ("stopped.declined", False) in whats(world.zarina)
    assert f"/referrals/{first.code}/" in home(world.zarina), "with the rail, which counts the same"
    assert first.code in lead.get("/referrals/?show=needs_me").content.decode()
    assert "Declined" in lead.get(at).content.decode()
    assert case.code in lead.get("/cases/?late=1").content.decode()
    pass_time(minutes=1)
    assert forms_of.press(lead, f"{at}close/", outcome="goals_met", sure="on").status_code == 303
    assert forms_of.press(doors.client_for(world.saida), f"{at}reopen/", reason="returned").status_code == 303
    assert ("stopped.declined", False) not in whats(world.zarina), "that closing decided it"


def test_what_is_opened_again_after_weeks_is_not_late_at_once(world) -> None:
    """Red before: its first working day was counted from the first registration, and Today called it late."""
    case = world.case()
    with god():
        Case.objects.filter(pk=case.pk).update(next_step_on=None)
    at, lead = f"/cases/{case.code}/", doors.client_for(world.zarina)
    assert forms_of.press(lead, f"{at}close/", outcome="goals_met", sure="on").status_code == 303
    pass_time(days=50)
    assert forms_of.press(doors.client_for(world.saida), f"{at}reopen/", reason="returned").status_code == 303
    assert (whats(world.zarina), whats(world.saida)) == ([("no_next_step", False), NEEDS], [])
    assert case.code not in doors.client_for(world.zarina).get("/cases/?late=1").content.decode()
    pass_time(days=5)
    assert whats(world.zarina) == [("no_next_step", True), NEEDS]


def test_without_a_consent_the_person_is_asked_before_another_organisation(world) -> None:
    case = world.case()
    first = world.sent(case)
    declined(world, first)
    pass_time(days=61)
    found = whats(world.zarina)
    assert ("stopped.declined", False) in found
    assert ("consent", True) not in found, "what one asking ends is one thing, in the rail too"
    assert ("consent", True) in whats(world.saida), "her row leads elsewhere"
    page = home(world.zarina)
    assert page.count("the consent has ended") == 1, "in the row of what stopped"
    assert page.count("Ask the person again") == 1
    assert f'<a class="btn quiet small" href="/cases/{case.code}/consent/">' in page
    page += doors.client_for(world.zarina).get(f"/cases/{case.code}/").content.decode()
    assert f"/referrals/{first.code}/again/" not in page, "a way that ends"


ONLY_THEN = ("Ask again only if the person raises it.", "If they ask for a place, ask again what may be shared.")
"""On the page of the referral; and on the case, where the place is still needed."""


def test_after_a_no_nobody_is_urged_by_today_the_case_or_the_referral(world) -> None:
    """Red before: minutes after everything was withdrawn each of them said "Ask the person again"."""
    case = world.case(need_tonight_codes=["safe_place"])
    first = world.sent(case)
    declined(world, first)
    with doors.acting(world.zarina) as actor:
        consent.withdraw(actor, Case.objects.get(pk=case.pk), how_said="in_person")
    client, page = doors.client_for(world.zarina), home(world.zarina)
    assert "No place for tonight" in page, "it is known still"
    assert f'href="/referrals/{first.code}/"' in page
    for at in ("/", f"/cases/{case.code}/", f"/referrals/{first.code}/"):
        shown = client.get(at).content.decode()
        assert "Ask the person" not in shown, at
        assert f"/referrals/{first.code}/again/" not in shown, at
        assert at == "/" or ONLY_THEN[at.startswith("/cases")] in shown, at
