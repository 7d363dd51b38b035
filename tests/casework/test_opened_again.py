"""A case that is opened again: every former yes is asked again, every no stays, and nobody can say that she said it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from hamkori.access.actor import Actor
from hamkori.access.context import now
from hamkori.audit.queries import case_history
from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.models import Case, CaseClock
from hamkori.casework.consent.actions import consent
from hamkori.casework.consent.models import ConsentRow
from hamkori.casework.consent.queries.agreed import agreed
from hamkori.casework.consent.queries.consent import after_asking, after_withdrawal, asked
from hamkori.casework.consent.queries.said import newest
from hamkori.casework.referral.actions import disclosure, receive, send
from hamkori.casework.referral.models import Referral
from hamkori.casework.referral.queries.effects import effects, running
from hamkori.casework.referral.queries.permit import agreed_now
from hamkori.casework.referral.queries.referrals import sender_state
from hamkori.refusal import NotNow
from tests.cast import FACTS, SEALED, World, pass_time, tomorrow
from tests.database import god

pytestmark = pytest.mark.django_db

LEAD, ABOVE, DESK, WORKER = "caseworker-cso", "supervisor-cso", "desk-shelter", "shelter-worker"
SHELTER, JUSTICE, HEALTH = ("shelter_social", "help"), ("police", "justice"), ("health", "help")
GOES = frozenset({"contact", "needs"})


@pytest.fixture
def world(small_world: World) -> World:
    return small_world


def begun(world: World) -> Case:
    with world.as_(LEAD) as zarina:
        case = cases.begin(zarina, codes=FACTS, sealed=SEALED)
        return cases.register(zarina, case, version=case.version)


def says(world: World, case: Case, key: tuple[str, str], answer: str = "yes", **more: Any) -> None:
    until = timezone.localdate() + timedelta(days=60 + more.pop("later", 0))
    child = more.pop("child", {})
    asking = consent.Asking(language="tg", how_given="spoken", how_said="in_person", until_on=until, **child)
    goes = frozenset({"contact"}) if key == JUSTICE else GOES
    answers = [consent.Answer(*key, answer, goes if answer == "yes" else frozenset())]
    with world.as_(LEAD) as zarina:
        consent.record(zarina, Case.objects.get(pk=case.pk), answers=answers, asking=asking, **more)


def draft(world: World, case: Case) -> Referral:
    with world.as_(LEAD) as zarina:
        return send.write(
            zarina,
            Case.objects.get(pk=case.pk),
            service=world.services["HOME-02"],
            purpose="help",
            urgency="urgent",
            sections=sorted(GOES),
            agreed_text="Canary-Agreed-Text",
            told_body=True,
        )


def sent(world: World, one: Referral) -> Referral:
    with world.as_(LEAD) as zarina:
        found = Referral.objects.get(pk=one.pk)
        return send.send(zarina, found, version=found.version)


def closed(world: World, case: Case) -> None:
    with world.as_(LEAD) as zarina:
        found = Case.objects.get(pk=case.pk)
        cases.close(zarina, found, version=found.version, outcome="goals_met")


def opened(world: World, case: Case) -> None:
    with world.as_(ABOVE) as saida:
        found = Case.objects.get(pk=case.pk)
        cases.reopen(saida, found, version=found.version, reason="returned")


def served(world: World, case: Case) -> Referral:
    """A request that she agreed to, and the help goes on: with that the case can be closed."""
    one = sent(world, draft(world, case))
    with world.as_(DESK) as desk:
        card = Referral.objects.get(pk=one.pk)
        team, day = [world.membership(WORKER)], tomorrow()
        receive.accept(desk, card, version=card.version, team=team, arrival_on=day, arrival_part="morning")
    with world.as_(WORKER) as parvina:
        mine = Referral.objects.get(pk=one.pk)
        receive.serve(parvina, mine, version=mine.version)
    return one


def opens(world: World, one: Referral) -> dict[str, Any]:
    with world.as_(WORKER) as parvina:
        return disclosure.open_packet(parvina, Referral.objects.get(pk=one.pk))


def word(world: World, case: Case) -> Any:
    with world.as_(LEAD):
        return newest(case.pk)


def test_nothing_leaves_on_the_answer_of_before(world: World) -> None:
    case = begun(world)
    says(world, case, SHELTER)
    closed(world, case)
    opened(world, case)
    again = draft(world, case)
    with pytest.raises(NotNow, match="consent_asked"):
        sent(world, again)
    says(world, case, SHELTER)
    assert sent(world, again).state_code == "sent"


def test_it_is_told_as_nothing_that_she_said(world: World) -> None:
    case = begun(world)
    says(world, case, SHELTER)
    closed(world, case)
    opened(world, case)
    with world.as_(ABOVE) as saida:
        found = asked(Case.objects.get(pk=case.pk), now())
        assert [one.step for one in found.versions] == ["ask_again", "give"]
        assert found.newest is not None
        assert found.newest.by == "Supervisor Cso"
        assert (found.newest.text_version, found.newest.language, found.newest.how_given) == ("", "", "")
        assert found.said_at == found.versions[1].at
        assert found.states == {SHELTER: "not_asked"}
        assert [line.action for line in case_history(case.pk)].count("case.reopen") == 1
        assert saida.membership_id == word(world, case).version.membership_id
    with god():
        row = ConsentRow.objects.get(consent=word(world, case).version.pk)
        assert (row.answer_code, list(row.sections)) == ("not_asked", [])
        assert not CaseClock.objects.filter(case=case.pk, clock_code="consent").exists()


def test_the_day_on_which_she_was_last_asked_is_not_that_of_the_opening(world: World) -> None:
    case = begun(world)
    says(world, case, JUSTICE, "no")
    with world.as_(LEAD):
        said_at = agreed(Case.objects.get(pk=case.pk), now()).asked_at
    closed(world, case)
    pass_time(days=3)
    opened(world, case)
    with world.as_(LEAD):
        assert agreed(Case.objects.get(pk=case.pk), now()).asked_at == said_at


def test_each_no_and_whom_she_does_not_want_stay(world: World) -> None:
    case, body = begun(world), world.bodies["shelter-kulob"]
    says(world, case, SHELTER, excluded=[body])
    says(world, case, JUSTICE, "no")
    says(world, case, HEALTH)
    with world.as_(LEAD) as zarina:
        consent.withdraw(zarina, Case.objects.get(pk=case.pk), rows=[HEALTH], how_said="in_person")
    closed(world, case)
    opened(world, case)
    stands = word(world, case)
    assert {key: row.answer for key, row in stands.as_rules.items()} == {
        SHELTER: "not_asked",
        JUSTICE: "no",
        HEALTH: "withdrawn",
    }
    assert stands.excluded == {body}
    says(world, case, SHELTER)
    with pytest.raises(NotNow, match="body_allowed"):
        sent(world, draft(world, case))


def test_a_childs_no_to_the_police_is_final(world: World) -> None:
    case = begun(world)
    with god():
        Case.objects.filter(pk=case.pk).update(is_child=True, age_band_code="a9_17")
    child = {"speaker": "parent", "child_answer": "says_no", "as_child": True}
    says(world, case, JUSTICE, child=child)
    closed(world, case)
    opened(world, case)
    assert word(world, case).as_rules[JUSTICE].answer == "no"
    with pytest.raises(NotNow, match="child_final"):
        says(world, case, JUSTICE, child={**child, "child_answer": "agrees"})


def test_of_who_was_never_asked_nothing_is_written(world: World) -> None:
    case = begun(world)
    closed(world, case)
    opened(world, case)
    assert word(world, case) is None


def test_a_yes_of_a_closed_case_is_one_of_before(world: World) -> None:
    case = begun(world)
    says(world, case, SHELTER)
    served(world, case)
    closed(world, case)
    says(world, case, HEALTH)
    opened(world, case)
    closed(world, case)
    opened(world, case)
    assert word(world, case).as_rules[HEALTH].answer == "not_asked"
    with world.as_(ABOVE):
        steps = [one.step for one in asked(Case.objects.get(pk=case.pk), now()).versions]
    assert steps == ["ask_again", "ask_again", "give", "give"]


def test_a_closed_case_in_which_nobody_helps_takes_no_yes(world: World) -> None:
    case = begun(world)
    closed(world, case)
    with pytest.raises(NotNow, match="case_closed"):
        says(world, case, SHELTER)


def test_a_form_that_saw_the_answers_of_before_gives_nothing(world: World) -> None:
    case = begun(world)
    says(world, case, SHELTER)
    seen = word(world, case).number
    closed(world, case)
    opened(world, case)
    with pytest.raises(NotNow, match="version_same"):
        says(world, case, HEALTH, seen=seen)


# --- help that goes on -----------------------------------------------------------------------------------------------


def test_help_goes_on_and_is_read_again_once_she_agrees(world: World) -> None:
    case = begun(world)
    says(world, case, SHELTER)
    one = served(world, case)
    closed(world, case)
    assert opens(world, one)["contact"]["call_name"] == "Canary-Call-Name"
    opened(world, case)
    with pytest.raises(NotNow, match="consent_live"):
        opens(world, one)
    says(world, case, HEALTH)  # of something else: it ends nothing that she was not asked about
    with pytest.raises(NotNow, match="consent_live"):
        opens(world, one)
    with world.as_(WORKER):
        assert Referral.objects.get(pk=one.pk).state_code == "serving"
    says(world, case, SHELTER)
    assert opens(world, one)["contact"]["call_name"] == "Canary-Call-Name"
    with world.as_(WORKER):
        assert set(agreed_now(Referral.objects.get(pk=one.pk)).sections) == GOES


def test_what_ran_out_is_read_again_once_she_agrees_whatever_she_said_meanwhile(world: World) -> None:
    """Red on e8ac172: a word about something else, while it had run out, left the permit no section for good."""
    case = begun(world)
    says(world, case, SHELTER)
    one = served(world, case)
    pass_time(days=62)
    with pytest.raises(NotNow):
        opens(world, one)
    says(world, case, HEALTH, later=62)
    with pytest.raises(NotNow):
        opens(world, one)
    says(world, case, SHELTER, later=62)
    assert "contact" in opens(world, one)


def test_her_no_and_everything_taken_back_end_it(world: World) -> None:
    for ends in ("no", "all"):
        case = begun(world)
        says(world, case, SHELTER)
        one = served(world, case)
        closed(world, case)
        opened(world, case)
        if ends == "no":
            says(world, case, SHELTER, "no")
        else:
            with world.as_(LEAD) as zarina:
                consent.withdraw(zarina, Case.objects.get(pk=case.pk), how_said="in_person")
        with world.as_(LEAD):
            assert sender_state(Referral.objects.get(pk=one.pk)) == "withdrawn"
            assert word(world, case).as_rules[SHELTER].answer in ("no", "withdrawn")


def test_what_is_said_to_end_is_what_ends(world: World) -> None:
    case = begun(world)
    says(world, case, SHELTER)
    served(world, case)
    closed(world, case)
    opened(world, case)
    with world.as_(LEAD):
        found = Case.objects.get(pk=case.pk)
        former, goes_on = asked(found, now()), running(found)
        assert len(goes_on) == 1
        assert effects(goes_on, former.rows, after_asking(former, ()), ()) == ()
        taken = after_withdrawal(former, None, ())
        assert [one.ends for one in effects(goes_on, former.rows, taken, ())] == [True]
        narrower = after_withdrawal(former, [SHELTER], ["needs"])
        assert narrower == former.rows


def test_unasked_for_thirty_days_it_lapses_as_one_that_ran_out(world: World) -> None:
    case = begun(world)
    says(world, case, SHELTER)
    one = served(world, case)
    closed(world, case)
    opened(world, case)

    def unagreed() -> bool:
        with god(), connection.cursor() as cursor:
            cursor.execute("select referral_id from referrals_unagreed()")
            return (one.pk,) in cursor.fetchall()

    assert not unagreed()
    pass_time(days=31)
    assert unagreed()


def test_refused_it_changes_nothing(world: World) -> None:
    case = begun(world)
    says(world, case, SHELTER)
    closed(world, case)

    def wrong(saida: Actor, **changed: Any) -> None:
        found = Case.objects.get(pk=case.pk)
        cases.reopen(saida, found, **{"version": found.version, "reason": "returned", **changed})

    with world.as_(ABOVE) as saida:
        for changed in ({"version": 1}, {"reason": "no_reason"}):
            with pytest.raises(NotNow), transaction.atomic():
                wrong(saida, **changed)
    assert word(world, case).as_rules[SHELTER].answer == "yes"
