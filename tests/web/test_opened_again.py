"""The worker closes, the supervisor opens again, the worker tries to send: first she is asked again."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.models import Case
from hamkori.casework.consent.actions import consent
from hamkori.casework.consent.models import Consent
from hamkori.casework.referral.actions import send
from tests import doors
from tests.database import god
from tests.web.forms_of import fields, press, text
from tests.web.scene import Scene

pytestmark = pytest.mark.django_db


def stands(case: Case) -> Case:
    with god():
        return Case.objects.get(pk=case.pk)


def test_she_is_asked_again_before_anything_leaves(world: Scene) -> None:
    case = world.case()
    lead, above = doors.client_for(world.zarina), doors.client_for(world.saida)
    home, address = f"/cases/{case.code}/", f"/cases/{case.code}/reopen/"
    referral = world.sent(case)
    world.accepted(referral)
    world.served(referral)
    # Red before: "Help elsewhere continues", also where none had begun.
    closing = text(lead.get(f"/cases/{case.code}/close/"))
    assert "Help continues at: Shelter-Kulob." in closing
    assert "Drafts of referrals" not in closing
    assert "Help continues" not in text(lead.get(f"/cases/{world.case().code}/close/"))
    assert press(lead, f"/cases/{case.code}/close/", outcome="goals_met", sure="on").status_code == 303
    shown = text(above.get(address))
    assert "The earlier answers are not taken over: ask the person again before anything leaves this case." in shown
    assert "Help elsewhere continues" in shown
    assert press(above, address, reason="returned").status_code == 303
    page = text(lead.get(home))
    assert "The case was opened again: what the person was not asked about since then is not sent." in page
    assert "The earlier consent is asked again" in page
    assert "Last asked" not in page
    assert "Paused: the consent is not valid now." in text(lead.get(f"/referrals/{referral.code}/"))
    work = text(doors.client_for(world.parvina).get(f"/referrals/{referral.code}/"))
    assert "The person's consent is not valid, so nothing can be read now." in work
    drawn = lead.get(f"/cases/{case.code}/consent/")
    words = text(drawn)
    marked = re.search(r'icons[^"]*#(\w+)"/></svg>\s*<span>Agreed before\.', drawn.content.decode())
    assert marked is not None
    assert marked[1] == "seen", "red before: an empty circle, as of something to press"
    once = "The case was opened again: ask the person again. Nothing is sent before the person says so."
    assert (words.count(once), words.count("Agreed before.")) == (1, 1)
    assert "Shelter and social help" in text(lead.get(f"/cases/{case.code}/consent/withdraw/")), "help rests on it"
    assert "The case was opened again: the earlier consent is asked again" in words
    assert "Saida" in words
    with doors.acting(world.zarina) as actor:
        draft = send.write(
            actor, stands(case), service=world.service, purpose="help", urgency="urgent", sections=["contact"],
            agreed_text="Canary-Text", told_body=True,
        )  # fmt: skip
    written = f"/referrals/{draft.code}/"
    assert "Consent given" not in text(lead.get(written))
    edit = f"{written}edit/"
    before = text(lead.get(edit))
    assert "The person was not asked about “Shelter and social help”." in before
    assert "It cannot be sent now." in before
    refused = lead.post(f"{written}send/", {**fields(lead.get(edit), edit), "another": "on", "do": "send"})
    assert refused.status_code == 409
    assert "The person was not asked about “Shelter and social help”." in text(refused)
    with doors.acting(world.zarina) as actor:
        answers = [consent.Answer("shelter_social", "help", "yes", frozenset({"contact", "needs"}))]
        until = timezone.localdate() + timedelta(days=60)
        asking = consent.Asking(language="tg", how_given="spoken", until_on=until)
        consent.record(actor, stands(case), answers=answers, asking=asking)
    assert "Last asked" in text(lead.get(home))
    form = {**fields(lead.get(edit), edit), "another": "on", "do": "send"}
    assert lead.post(f"{written}send/", form).status_code == 303


def test_a_closed_case_takes_a_yes_only_while_somebody_helps(world: Scene) -> None:
    case, helped = world.case(), world.case()
    lead = doors.client_for(world.zarina)
    referral = world.sent(helped)
    world.accepted(referral)
    world.served(referral)
    yes = {
        "a_legal_help": "yes",
        "s_legal_help": ["contact"],
        "language": "tg",
        "how_given": "spoken",
        "read": "on",
        "until": (timezone.localdate() + timedelta(days=60)).isoformat(),
    }
    for one in (case, helped):
        assert press(lead, f"/cases/{one.code}/close/", outcome="goals_met", sure="on").status_code == 303
        address = f"/cases/{one.code}/consent/"
        drawn = lead.get(address)
        offered = 'name="a_legal_help" value="yes"' in drawn.content.decode()
        assert offered == (one == helped)
        assert ("a new yes cannot be saved" in text(drawn)) == (one == case)
        given = {**fields(drawn, address), **yes}
        answer = lead.post(address, given)
        with god():
            said = list(Consent.objects.filter(case=one).order_by("number").values_list("step_code", flat=True))
        if one == helped:
            assert (answer.status_code, said) == (303, ["give", "give"])
            continue
        assert answer.status_code == 409
        assert "This case is closed. A yes is saved only while an organisation is helping" in text(answer)
        assert said == [], "nothing was written"
        assert fields(answer, address)["a_legal_help"] == ["yes"], "what was marked is kept"
        no = {**fields(lead.get(address), address), "a_legal_help": "no", "how_said": "in_person"}
        assert lead.post(address, no).status_code == 303, "a no is taken in any state"


def test_from_a_closed_case_nobody_is_asked_and_the_page_says_so(world: Scene) -> None:
    """Red before: all services to choose from, and no word of it; and after a refused save the consent said nothing."""
    case = world.case()
    with doors.acting(world.zarina) as actor:
        mine = stands(case)
        cases.close(actor, mine, version=mine.version, outcome="goals_met")
    lead = doors.client_for(world.zarina)
    page = text(lead.get(f"/cases/{case.code}/refer/"))
    assert "This case is closed: nobody is asked for help from here." in page
    assert "the supervisor opens the case again" in page
    assert "Choose" not in page.partition("This case is closed")[2]
    at = f"/cases/{case.code}/consent/"
    assert "a new yes cannot be saved" in text(lead.get(at))
    refused = lead.post(at, fields(lead.get(at), at))
    assert refused.status_code == 400
    assert text(refused).count("a new yes cannot be saved") == 1
