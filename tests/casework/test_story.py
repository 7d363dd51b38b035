"""The main story: recognised, asked, referred, accepted, served, finished, confirmed, closed; and withdrawn."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from hamkori.access.actor import Actor
from hamkori.audit.queries import case_history
from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.actions import section, team
from hamkori.casework.case.models import Case
from hamkori.casework.consent.actions import consent
from hamkori.casework.referral.actions import confirm, disclosure, receive, send
from hamkori.casework.referral.machinery import packets, permits, steps
from hamkori.casework.referral.models import PacketBody, PacketSeal, Referral
from hamkori.casework.screening.actions import screening
from hamkori.refusal import Invalid, NotAllowed, NotNow, NotVisible
from tests.cast import FACTS, SEALED, World, pass_time, tomorrow
from tests.database import god

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(small_world: World) -> World:
    return small_world


def registered(actor: Actor) -> Case:
    case = cases.begin(actor, codes=FACTS, sealed=SEALED)
    return cases.register(actor, case, version=case.version)


def agreed(actor: Actor, case: Case, kind: str = "shelter_social", purpose: str = "help") -> None:
    answers = [consent.Answer(kind, purpose, "yes", frozenset({"contact", "needs"}))]
    asking = consent.Asking(language="tg", how_given="spoken", until_on=timezone.localdate() + timedelta(days=60))
    consent.record(actor, case, answers=answers, asking=asking)


def sent(actor: Actor, case: Case, world: World) -> Referral:
    draft = send.write(
        actor,
        case,
        service=world.services["HOME-02"],
        purpose="help",
        urgency="urgent",
        sections=["contact", "needs"],
        agreed_text="Canary-Agreed-Text",
        told_body=True,
    )
    return send.send(actor, draft, version=draft.version)


def accepted(desk: Actor, referral: Referral, world: World, meeting: dict[str, str] | None = None) -> Referral:
    """The card as the desk read it, with Parvina for a team."""
    card = Referral.objects.get(pk=referral.pk)
    receive.accept(
        desk,
        card,
        version=card.version,
        team=[world.membership("shelter-worker")],
        arrival_on=tomorrow(),
        arrival_part="morning",
        meeting=meeting,
    )
    return card


def test_from_first_contact_to_confirmation(world: World) -> None:
    with world.as_("caseworker-cso") as zarina:
        case = registered(zarina)
        assert case.state_code == "open"
        screening.start(zarina, case, signs=["DR01"])
        agreed(zarina, case)
        referral = sent(zarina, case, world)
        assert referral.state_code == "sent"
    with world.as_("desk-shelter") as desk:
        card = accepted(desk, referral, world, meeting={"hour": "canary-hour", "place": "canary-meeting-place"})
        with pytest.raises(NotAllowed):
            disclosure.open_packet(desk, card)
    with world.as_("caseworker-cso") as zarina:
        again = Referral.objects.get(pk=referral.pk)
        assert disclosure.open_meeting(zarina, again)["hour"] == "canary-hour"
    with world.as_("shelter-worker") as parvina:
        mine = Referral.objects.get(pk=referral.pk)
        packet = disclosure.open_packet(parvina, mine)
        assert packet["contact"]["call_name"] == "Canary-Call-Name"
        assert packet["text"]["agreed_text"] == "Canary-Agreed-Text"
        assert "safe_to_talk" not in packet["contact"]
        own = receive.serve(parvina, mine, version=mine.version)
        assert own.pk != case.pk
        assert own.sex_code == "female"
        mine = Referral.objects.get(pk=referral.pk)
        receive.finish(parvina, mine, version=mine.version, result="given")
        mine = Referral.objects.get(pk=referral.pk)
        with pytest.raises(NotNow):
            disclosure.open_packet(parvina, mine)
    with god():
        assert not PacketBody.objects.filter(referral=referral.pk).exists()
        assert not PacketSeal.objects.filter(referral=referral.pk).exists()
    with world.as_("caseworker-cso") as zarina:
        done = Referral.objects.get(pk=referral.pk)
        confirm.confirm(zarina, done, version=done.version, her_view="content", agrees=True)
        case = Case.objects.get(pk=case.pk)
        closed = cases.close(zarina, case, version=case.version, outcome="goals_met")
        assert closed.state_code == "closed"


def test_withdrawal_bites_at_the_next_click(world: World) -> None:
    with world.as_("caseworker-cso") as zarina:
        case = registered(zarina)
        agreed(zarina, case)
        referral = sent(zarina, case, world)
    with world.as_("desk-shelter") as desk:
        accepted(desk, referral, world)
    with world.as_("shelter-worker") as parvina:
        mine = Referral.objects.get(pk=referral.pk)
        assert disclosure.open_packet(parvina, mine)["contact"]["call_name"] == "Canary-Call-Name"
    with world.as_("caseworker-cso") as zarina:
        consent.withdraw(zarina, Case.objects.get(pk=case.pk), how_said="in_person")
    with world.as_("shelter-worker") as parvina:
        mine = Referral.objects.get(pk=referral.pk)
        assert mine.state_code == "ended", "the receiver reads that it ended, not by whom"
        with pytest.raises(NotNow):
            disclosure.open_packet(parvina, mine)
    with god():
        assert not PacketBody.objects.filter(referral=referral.pk).exists()


def test_a_stranger_and_a_colleague_off_the_team_see_nothing(world: World) -> None:
    with world.as_("caseworker-cso") as zarina:
        case = registered(zarina)
        agreed(zarina, case)
        referral = sent(zarina, case, world)
    for slug in ("stranger", "colleague-cso", "coordinator", "auditor", "shelter-worker"):
        with world.as_(slug) as other:
            assert not Case.objects.filter(pk=case.pk).exists()
            assert not Referral.objects.filter(pk=referral.pk).exists()
            with pytest.raises(NotVisible):
                section.open_section(other, case, section="contact")


def test_a_request_that_waits_can_be_stopped_for_half_a_minute(world: World) -> None:
    with world.as_("caseworker-cso") as zarina:
        case = registered(zarina)
        agreed(zarina, case)
        draft = send.write(
            zarina, case, service=world.services["HOME-02"], purpose="help", urgency="normal", told_body=True
        )
        waiting = send.send(zarina, draft, version=draft.version)
        send.stop(zarina, waiting, version=waiting.version)
        draft = Referral.objects.get(pk=draft.pk)
        assert draft.state_code == "draft"
        waiting = send.send(zarina, draft, version=draft.version)
        pass_time(seconds=31)
        with pytest.raises(NotNow, match="not_yet_visible"):
            send.stop(zarina, waiting, version=waiting.version)
        with pytest.raises(DatabaseError, match="not_yet_visible"), transaction.atomic():
            steps.referral_take(waiting, "stop", waiting.version, {}, [])


def test_nothing_goes_but_what_her_permit_names_and_what_the_sender_holds(world: World) -> None:
    with world.as_("caseworker-cso") as zarina:
        case = registered(zarina)
        section.write_section(zarina, case, section="needs", fields={"wishes": "Canary-Wish"}, seal_no=0)
        agreed(zarina, case)
        ticked = ["contact", "needs"]
        draft = send.write(
            zarina, case, service=world.services["HOME-02"], purpose="help", urgency="normal", sections=ticked
        )
        permit = permits.as_written(case, draft)

        def goes(agreed: set[str], held: set[str]) -> set[str]:
            narrowed = replace(permit, sections=frozenset(agreed))
            return set(packets.contents(case, draft, narrowed, ticked, zarina.keys, held))

        assert goes({*ticked}, {*ticked}) == {"contact", "needs", "text"}
        assert goes({"contact"}, {*ticked}) == {"contact", "text"}
        assert goes({*ticked}, {"needs"}) == {"needs", "text"}


def test_a_member_who_only_reads_needs_refers_too(world: World) -> None:
    with world.as_("caseworker-cso") as zarina:
        case = registered(zarina)
        agreed(zarina, case)
        section.write_section(zarina, case, section="needs", fields={"needs": "Canary-Needs"}, seal_no=0)
        team.admit(zarina, case, membership=world.membership("psychologist-cso"))
    with world.as_("psychologist-cso") as firuza:
        with pytest.raises(NotAllowed):
            section.write_section(firuza, case, section="needs", fields={"needs": "hers"}, seal_no=1)
        assert section.open_section(firuza, case, section="needs").fields["needs"] == "Canary-Needs"
        assert sent(firuza, case, world).state_code == "sent"


def test_an_answer_belongs_to_its_question(world: World) -> None:
    with world.as_("caseworker-cso") as zarina:
        case = registered(zarina)
        agreed(zarina, case)
        referral = sent(zarina, case, world)
    with world.as_("desk-shelter") as desk:
        receive.ask(desk, referral, version=referral.version, question_code="length_of_stay")
    with world.as_("caseworker-cso") as zarina:
        asked = Referral.objects.get(pk=referral.pk)
        with pytest.raises(Invalid):
            send.answer(zarina, asked, version=asked.version, answer_code="no_children")
        send.answer(zarina, asked, version=asked.version, answer_code="one_night")


def test_the_record_of_a_case_tells_what_became_of_its_requests(world: World) -> None:
    with world.as_("caseworker-cso") as zarina:
        case = registered(zarina)
        agreed(zarina, case)
        referral = sent(zarina, case, world)
    with world.as_("desk-shelter") as desk:
        receive.ask(desk, referral, version=referral.version, question_code="length_of_stay")
    with world.as_("caseworker-cso") as zarina:
        send.recall(zarina, Referral.objects.get(pk=referral.pk), version=referral.version + 1, reason="need_changed")
        done = [line.action for line in case_history(case.pk)]
    assert {"referral.write", "referral.send", "referral.recall"} <= set(done)
    assert "referral.ask" not in done, "what people of another body did is theirs"


def test_the_open_region_comes_from_a_district_and_from_nothing_else(world: World) -> None:
    with world.as_("caseworker-cso") as zarina:
        with pytest.raises(Invalid) as refused:
            cases.begin(zarina, codes=FACTS, sealed={"place": {"district": "Gulya lives here"}})
        assert "district" in refused.value.errors
        assert not Case.objects.exists()
