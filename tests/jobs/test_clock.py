"""Silence escalates by itself: reminder, coordinator, lapse; late, twice or after a day's stop without harm."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from hamkori.casework import raising
from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.models import Case, CaseAccess
from hamkori.casework.consent.actions import consent
from hamkori.casework.referral.actions import receive, send
from hamkori.casework.referral.models import PacketSeal, Referral, ReferralClock
from hamkori.casework.work.actions import clock
from hamkori.notices.models import Notice
from hamkori.refusal import NotNow
from tests import doors
from tests.cast import FACTS, SEALED, World, pass_time, pass_time_until
from tests.database import as_role, god

pytestmark = pytest.mark.django_db
MONDAY = 0


@pytest.fixture
def world(small_world: World) -> World:
    return small_world


def urgent_request(world: World, until: timedelta = timedelta(days=60)) -> Referral:
    """A registered person, asked and agreed, and an urgent request to the shelter."""
    with world.as_("caseworker-cso") as zarina:
        case = cases.begin(zarina, codes=FACTS, sealed=SEALED)
        case = cases.register(zarina, case, version=case.version)
        consent.record(
            zarina,
            case,
            answers=[consent.Answer("shelter_social", "help", "yes", frozenset({"contact"}))],
            asking=consent.Asking(language="tg", how_given="spoken", until_on=timezone.localdate() + until),
        )
        draft = send.write(
            zarina,
            case,
            service=world.services["HOME-02"],
            purpose="help",
            urgency="urgent",
            sections=["contact"],
            told_body=True,
        )
        return send.send(zarina, draft, version=draft.version)


def run() -> Counter[str]:
    with as_role("hk_clock"):
        counts = clock.tick()
    assert "failed" not in counts
    return counts


def told(slug: str, world: World) -> list[str]:
    with god():
        return list(
            Notice.objects.filter(membership=world.membership(slug)).order_by("at").values_list("key_code", flat=True)
        )


def state(referral: Referral) -> str:
    with god():
        return Referral.objects.values_list("state_code", flat=True).get(pk=referral.pk)


def test_an_urgent_request_that_nobody_answers_is_reminded_told_and_lapses(world: World) -> None:
    pass_time_until(MONDAY, 10)
    referral = urgent_request(world)
    assert run() == {}
    pass_time(hours=1, minutes=1)
    assert run() == {"remind": 1}
    assert run() == {}, "a second run of the same moment does nothing"
    assert told("desk-shelter", world) == ["new", "waiting"]
    pass_time(hours=1)
    assert run() == {"escalate": 1}
    assert told("coordinator", world) == ["late"]
    assert told("caseworker-cso", world) == ["waiting"]
    assert state(referral) == "sent"
    pass_time(hours=4)
    assert run() == {"lapse": 1}
    assert state(referral) == "lapsed"
    assert "choose_again" in told("caseworker-cso", world)
    assert "choose_again" in told("supervisor-cso", world)
    with god():
        assert not PacketSeal.objects.filter(referral=referral.pk).exists()
        assert not ReferralClock.objects.filter(referral=referral.pk).exists()
    assert run() == {}


def test_after_a_day_of_silence_people_still_get_half_the_grace(world: World) -> None:
    pass_time_until(MONDAY, 10)
    referral = urgent_request(world)
    pass_time(days=1)
    assert run() == {"escalate": 1}, "the reminder is past its target and is skipped; nobody lapses unheard"
    assert state(referral) == "sent"
    assert run() == {}
    pass_time(hours=2, minutes=1)
    assert run() == {"lapse": 1}


def test_a_request_waits_no_longer_than_her_agreement(world: World) -> None:
    referral = urgent_request(world, until=timedelta(days=0))
    pass_time(days=1, hours=1)
    run()
    assert state(referral) == "lapsed"


def test_an_agreement_that_ran_out_pauses_the_help_and_ends_it_after_thirty_days(world: World) -> None:
    referral = urgent_request(world, until=timedelta(days=1))
    with world.as_("desk-shelter") as desk:
        receive.accept(
            desk,
            Referral.objects.get(pk=referral.pk),
            version=referral.version,
            team=[world.membership("shelter-worker")],
            arrival_on=timezone.localdate() + timedelta(days=3),
            arrival_part="morning",
        )
    pass_time(days=3)
    run()
    run()
    assert state(referral) == "accepted"
    assert told("shelter-worker", world).count("agreement_ended") == 1, "who helps hears it too, once"
    assert told("caseworker-cso", world).count("agreement_ended") == 1
    with world.as_("shelter-worker") as parvina:
        mine = Referral.objects.get(pk=referral.pk)
        with pytest.raises(NotNow, match="consent_live"):
            receive.serve(parvina, mine, version=mine.version)
    pass_time(days=31)
    run()
    assert state(referral) == "lapsed"


def test_an_agreement_that_ends_is_announced_twice_and_then_said(world: World) -> None:
    urgent_request(world, until=timedelta(days=20))
    for days, heard in ((7, 1), (11, 2), (4, 3)):
        pass_time(days=days)
        run()
        keys = told("caseworker-cso", world)
        assert sum(key.startswith("agreement") for key in keys) == heard
    assert told("caseworker-cso", world)[-1] == "agreement_ended"


def test_she_did_not_come_and_both_sides_hear_of_it(world: World) -> None:
    referral = urgent_request(world)
    with world.as_("desk-shelter") as desk:
        receive.accept(
            desk,
            Referral.objects.get(pk=referral.pk),
            version=referral.version,
            team=[world.membership("shelter-worker")],
            arrival_on=timezone.localdate() + timedelta(days=1),
            arrival_part="morning",
        )
    with world.as_("shelter-worker") as parvina:
        mine = Referral.objects.get(pk=referral.pk)
        with pytest.raises(NotNow, match="arrival_passed"):
            receive.miss(parvina, mine, version=mine.version)
    pass_time(days=2)
    run()
    assert "now" in told("caseworker-cso", world)
    with world.as_("shelter-worker") as parvina:
        mine = Referral.objects.get(pk=referral.pk)
        receive.miss(parvina, mine, version=mine.version)
    assert told("supervisor-cso", world).count("now") == 2


def test_drafts_that_lie_idle_are_erased(world: World) -> None:
    with world.as_("caseworker-cso") as zarina:
        case = cases.begin(zarina, codes=FACTS, sealed=SEALED)
    pass_time(days=13)
    assert run() == {}
    pass_time(days=1, minutes=1)
    assert run() == {"erase": 1}
    with god():
        assert Case.objects.get(pk=case.pk).state_code == "erased"


def test_what_the_clock_has_ended_is_not_taken_for_a_crash_at_the_next_start(world: World) -> None:
    """Red before: the first start of the demonstration warned of three marks, as after a crash."""
    with world.as_("caseworker-cso") as zarina:
        draft = cases.begin(zarina, codes=FACTS, sealed=SEALED)
    lapsed, recalled = urgent_request(world), urgent_request(world)
    with world.as_("caseworker-cso") as zarina:
        send.recall(zarina, recalled, version=recalled.version, reason="mistake")
    for hours in (2, 4, 24 * 13, 24):  # told, lapsed, idle for too long
        pass_time(hours=hours, minutes=1)
        run()
    assert state(lapsed) == "lapsed"
    ring = doors.house()
    found = {one.thing: one.by_clock for one in raising.behind(ring) if one.kind in ("permit", "team")}
    with god():
        rows = CaseAccess.objects.filter(case=draft.pk).values_list("pk", flat=True)
    assert found.items() >= {lapsed.pk.hex: True, recalled.pk.hex: False, **{row.hex: True for row in rows}}.items()
    assert raising.raise_marks(ring) >= len(found)
    assert not [one for one in raising.behind(ring) if one.kind in ("permit", "team")], (
        "they have their marks all the same"
    )


def test_the_clock_reads_no_sealed_column_and_changes_no_table(world: World) -> None:
    urgent_request(world)
    from django.db import DatabaseError, connection, transaction

    with as_role("hk_clock"), connection.cursor() as cursor:
        for statement in (
            "select body from contact",
            "select seal from section_wrap",
            "select seal from packet_seal",
            "update referral set state_code = 'lapsed'",
            "delete from referral_clock",
            "select take('referral', null, 'send', null, 1, '{}', null)",
        ):
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                cursor.execute(statement)
