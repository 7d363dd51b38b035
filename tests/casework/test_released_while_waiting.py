"""Whoever was released while her step waited for a lock takes no step: her sides are asked again under the lock.

A step asks first without a lock, and then waits for whoever is faster. Each of these is pressed while somebody who
releases her is done and not yet committed. Red with the second asking taken out of `referral_take`, `case_take`,
`referral_lock`, `case_lock` or `packet_seals`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.db import connection, transaction
from pytest_django import DjangoDbBlocker

from hamkori.access.actor import Actor
from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.actions import team
from hamkori.casework.case.models import Case
from hamkori.casework.referral.actions import receive, send
from hamkori.casework.referral.models import Referral
from tests.casework.racing import COLLEAGUE, DESK, LEAD, WORKER, House, committed_house, now, packet, state
from tests.casework.side_by_side import Deed, beside
from tests.cast import tomorrow
from tests.database import god

SECOND = "shelter-social"
Step = Callable[[Actor, Referral], object]


@pytest.fixture(scope="module")
def house(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[House]:
    """One committed world for all: each makes a case of its own in it."""
    with committed_house(django_db_blocker) as made:
        yield made


@pytest.fixture(autouse=True)
def open_database(house: House) -> None:
    """Every test needs the world."""


def read(house: House, who: str, referral: Referral) -> Referral:
    found: Referral = house.as_(who, lambda _actor: Referral.objects.get(pk=referral.pk))
    return found


def released(house: House, case: Case) -> Deed:
    colleague = house.world.membership(COLLEAGUE)
    return Deed(LEAD, lambda actor: team.release(actor, case, membership=colleague))


OF_THE_SENDER: dict[str, tuple[str, Step]] = {
    "discard": ("draft", lambda actor, it: send.discard(actor, it, version=it.version)),
    "send": ("draft", lambda actor, it: send.send(actor, it, version=it.version)),
    "stop": ("held", lambda actor, it: send.stop(actor, it, version=it.version)),
    "recall": ("sent", lambda actor, it: send.recall(actor, it, version=it.version, reason="mistake")),
    "withdraw": ("sent", lambda actor, it: send.withdraw(actor, it, how_said="in_person")),
    "add": ("accepted", lambda actor, it: send.add(actor, it, version=it.version, sections=["contact"])),
}


REFUSED = {"withdraw": "unwritten_gone"}
"""What she said is held by a mark all the same (casework/consent/machinery/her_no.py)."""


@pytest.mark.parametrize("step", OF_THE_SENDER)
@pytest.mark.thin(3)
def test_a_colleague_who_was_released_takes_no_step_of_a_request(house: House, step: str) -> None:
    begun, do = OF_THE_SENDER[step]
    case = house.case(COLLEAGUE)
    house.agreed(case)
    referral = house.draft(case, "normal" if begun == "held" else "urgent")
    if begun != "draft":
        referral = house.as_(LEAD, lambda actor: send.send(actor, referral, version=referral.version))
    if begun == "accepted":
        house.as_(DESK, lambda actor: house.accept(actor, referral))
    mine, before = read(house, COLLEAGUE, referral), (state(referral), packet(referral))
    pressed = Deed(COLLEAGUE, lambda actor: do(actor, mine))
    assert beside(house.world, released(house, case), pressed) == ("done", REFUSED.get(step, "not_visible"))
    assert state(referral) == before[0]
    assert bool(packet(referral)) == bool(before[1])


OF_THE_TEAM: dict[str, Step] = {
    "expect": lambda actor, it: receive.expect(
        actor, it, version=it.version, arrival_on=tomorrow() + timedelta(days=1), arrival_part="evening"
    ),
    "serve": lambda actor, it: receive.serve(actor, it, version=it.version),
    "finish": lambda actor, it: receive.finish(actor, it, version=it.version, result="not_needed"),
    "unaccept": lambda actor, it: receive.unaccept(actor, it, version=it.version, reason="mistake"),
    "withdraw": lambda actor, it: send.withdraw(actor, it, how_said="in_person"),
    "staff": lambda actor, it: receive.staff(actor, it, version=it.version, leaves=[]),
}


@pytest.mark.parametrize("step", OF_THE_TEAM)
@pytest.mark.thin(3)
def test_a_worker_who_was_released_takes_no_step(house: House, step: str) -> None:
    _case, referral = house.accepted()
    first = read(house, WORKER, referral)
    joins = [house.world.membership(SECOND)]
    house.as_(WORKER, lambda actor: receive.staff(actor, first, version=first.version, joins=joins))
    mine, theirs = read(house, WORKER, referral), read(house, SECOND, referral)
    leaves = [house.world.membership(WORKER)]
    release = Deed(SECOND, lambda actor: receive.staff(actor, theirs, version=theirs.version, leaves=leaves))
    pressed = Deed(WORKER, lambda actor: OF_THE_TEAM[step](actor, mine))
    assert beside(house.world, release, pressed) == ("done", REFUSED.get(step, "not_visible"))
    assert state(referral) == "accepted"
    assert now(referral).version == theirs.version + 1, "the releasing is the last thing that happened"


def test_a_worker_whose_row_ended_while_she_waited_is_handed_no_seal(house: House) -> None:
    """Releasing deletes her seals too; here they are left, so that only the second asking stands between."""
    _case, referral = house.accepted()
    worker = house.world.membership(WORKER)
    handed: list[int] = []

    def ends(_actor: Actor) -> None:
        with god(), connection.cursor() as cursor:
            cursor.execute("select 1 from referral where id = %s for update", [referral.pk])
            cursor.execute(
                "update referral_access set ended_at = hk_now() where referral_id = %s and membership_id = %s",
                [referral.pk, worker],
            )

    def ask(_actor: Actor) -> None:
        with connection.cursor() as cursor:
            cursor.execute("select count(*) from packet_seals(%s)", [referral.pk])
            handed.extend(cursor.fetchone() or ())

    house.as_(WORKER, ask)
    assert beside(house.world, Deed(DESK, ends), Deed(WORKER, ask)) == ("done", "done")
    assert handed[0] > 0
    assert handed[1:] == [0]


def test_a_lead_whose_row_ended_while_she_waited_takes_no_step_of_the_case(house: House) -> None:
    """Nobody releases a lead today; what ends her row (somebody who leaves the organisation) holds the same lock."""
    case = house.case()
    with transaction.atomic(), god():
        Case.objects.filter(pk=case.pk).update(is_child=True)
    mine = house.as_(LEAD, lambda _actor: Case.objects.get(pk=case.pk))

    def ends(_actor: Actor) -> None:
        with god(), connection.cursor() as cursor:
            cursor.execute('select 1 from "case" where id = %s for update', [case.pk])
            cursor.execute("update case_access set ended_at = hk_now() where case_id = %s", [case.pk])

    for do in (
        lambda actor: cases.close(actor, mine, version=mine.version, outcome="goals_met"),
        lambda actor: cases.tell_child_protection(actor, mine, version=mine.version),
    ):
        with transaction.atomic(), god(), connection.cursor() as cursor:
            cursor.execute("update case_access set ended_at = null where case_id = %s", [case.pk])
        assert beside(house.world, Deed(DESK, ends), Deed(LEAD, do)) == ("done", "not_visible")
