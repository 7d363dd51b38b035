"""What the sender heard of an arrival that is late: who is told, when the clock asks again, what stays late."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from hamkori.casework.referral.actions import confirm, receive
from hamkori.casework.referral.models import Referral, ReferralClock, ReferralStep
from hamkori.casework.work.queries.today import today
from hamkori.refusal import NotAllowed, NotNow
from tests.cast import World, pass_time
from tests.database import god
from tests.jobs.test_clock import run, told, urgent_request

pytestmark = pytest.mark.django_db

WORKER, DESK, HELPER = "caseworker-cso", "desk-shelter", "shelter-worker"


@pytest.fixture
def late(small_world: World) -> tuple[World, Referral]:
    """An urgent referral that was accepted for yesterday morning; nobody has said that the person came."""
    world = small_world
    referral = urgent_request(world)
    with world.as_(DESK) as desk:
        receive.accept(
            desk,
            Referral.objects.get(pk=referral.pk),
            version=referral.version,
            team=[world.membership(HELPER)],
            arrival_on=timezone.localdate() + timedelta(days=1),
            arrival_part="morning",
        )
    return world, referral


def hear(world: World, referral: Referral, heard: str, slug: str = WORKER) -> None:
    with world.as_(slug) as actor:
        mine = Referral.objects.get(pk=referral.pk)
        confirm.hear(actor, mine, version=mine.version, heard=heard)


def waits_for(world: World, slug: str) -> list[str]:
    with world.as_(slug) as actor:
        return [row.what for row in today(actor, "en").late if row.referral]


def test_she_came_rests_for_the_sender_and_stays_late_for_the_receiver(late: tuple[World, Referral]) -> None:
    world, referral = late
    for not_yet in ("did_not_come", "called"):
        with pytest.raises(NotNow, match="arrival_passed"):
            hear(world, referral, not_yet)
    pass_time(days=2)
    run()
    with pytest.raises(NotNow, match="heard_given"):
        hear(world, referral, "perhaps")
    with god():
        before = ReferralClock.objects.get(referral=referral)
    assert waits_for(world, WORKER) == ["sent.arrival"]
    hear(world, referral, "came")
    assert told(HELPER, world)[-1] == "heard"
    assert waits_for(world, WORKER) == []
    assert waits_for(world, HELPER) == ["got.arrival"], "only the receiver says that the person came"
    with god():
        after = ReferralClock.objects.get(referral=referral)
        kept = Referral.objects.get(pk=referral.pk)
        step = ReferralStep.objects.get(referral=referral, step_code="hear")
    assert (after.due_at, after.row_code) == (before.due_at, "arrival.heard.urgent"), "late since it was late"
    assert (kept.state_code, kept.heard_code, step.reason_code) == ("accepted", "came", "came")
    seen = told("supervisor-cso", world).count("now")
    pass_time(hours=3)
    run()
    assert told("supervisor-cso", world).count("now") == seen, "it rests"
    pass_time(hours=2)
    run()
    run()
    assert told("supervisor-cso", world).count("now") == seen + 1, "the next rung, four hours later, once"
    assert waits_for(world, WORKER) == ["sent.arrival"]
    with world.as_(HELPER) as parvina:
        mine = Referral.objects.get(pk=referral.pk)
        receive.serve(parvina, mine, version=mine.version)
    with pytest.raises(NotNow, match="from_state"):
        hear(world, referral, "called")


def test_did_not_come_is_told_at_once_and_goes_on_asking(late: tuple[World, Referral]) -> None:
    world, referral = late
    pass_time(days=2)
    hear(world, referral, "did_not_come")
    assert told("supervisor-cso", world)[-1] == "now"
    assert waits_for(world, WORKER) == ["stopped.missed"], "until somebody acts"
    with world.as_(HELPER) as parvina:
        mine = Referral.objects.get(pk=referral.pk)
        receive.expect(
            parvina, mine, version=mine.version, arrival_on=timezone.localdate() + timedelta(days=4),
            arrival_part="evening",
        )  # fmt: skip
    with god():
        again = Referral.objects.get(pk=referral.pk)
    assert (again.heard_code, again.heard_at) == ("", None), "another time, another word"
    hear(world, referral, "came")
    assert waits_for(world, HELPER) == [], (
        "four days early (ADR 105): nobody is late, and the receiver is asked to confirm"
    )


def test_the_supervisor_may_say_it_and_the_receiver_may_not(late: tuple[World, Referral]) -> None:
    world, referral = late
    pass_time(days=2)
    hear(world, referral, "called", "supervisor-cso")
    for slug in (DESK, HELPER):
        with pytest.raises(NotAllowed):
            hear(world, referral, "came", slug)
    with world.as_(HELPER) as parvina:
        mine = Referral.objects.get(pk=referral.pk)
        receive.miss(parvina, mine, version=mine.version)
    with pytest.raises(NotNow, match="not_missed"):
        hear(world, referral, "came")
