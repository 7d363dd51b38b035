"""That the other organisation told child protection of a child: who reads it, asked by everybody's own SQL (ADR 0183).

No commit is red here: the walls stood and nothing asked them.
"""

from __future__ import annotations

import json

import pytest

from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.models import Case
from hamkori.casework.referral.actions import receive
from hamkori.casework.referral.models import Referral
from tests.attacks.counted import tried
from tests.attacks.test_anothers_side import answered
from tests.cast import PEOPLE, World, pass_time
from tests.database import god
from tests.web.senders import Senders

pytestmark = pytest.mark.django_db

SENDERS, RECEIVER = ("caseworker-cso", "supervisor-cso"), "shelter-worker"
THERE = "select child_told_there(%s)::text"


@pytest.fixture
def house(small_world: World) -> Senders:
    return Senders(small_world)


@pytest.fixture
def child(house: Senders) -> tuple[Case, Case]:
    """The sender's case of a child, and the shelter's own; nobody has told child protection."""
    house.agreed(case := house.case({"need_tonight_codes": ["not_asked"]}))
    house.accepted(referral := house.sent(case), part="now")
    with house.as_() as zarina:
        mine = Case.objects.get(pk=case.pk)
        cases.settle_age(zarina, mine, version=mine.version, age_band="a9_17", reason="papers")
    pass_time(minutes=1)
    with house.as_(RECEIVER) as parvina:
        its = Referral.objects.get(pk=referral.pk)
        own = receive.serve(parvina, its, version=its.version)
    pass_time(minutes=1)
    return case, own


def tells(house: Senders, who: str, case: Case) -> None:
    with house.as_(who) as actor:
        mine = Case.objects.get(pk=case.pk)
        cases.tell_child_protection(actor, mine, version=mine.version)
    pass_time(minutes=1)


def asked(house: Senders, who: str, statement: str, *values: object) -> object:
    with house.as_(who):
        return answered(statement, *values)


@pytest.mark.parametrize("by_sender", [True, False])
def test_the_other_side_alone_reads_which_organisation_and_when(
    house: Senders, child: tuple[Case, Case], by_sender: bool
) -> None:
    case, own = child
    told, reads = (case, own) if by_sender else (own, case)
    tells(house, SENDERS[0] if by_sender else RECEIVER, told)
    readers = (RECEIVER,) if by_sender else SENDERS
    body = house.world.bodies["cso-kulob" if by_sender else "shelter-kulob"]
    for who in PEOPLE:
        said = asked(house, who, THERE, reads.pk)
        assert (said is not None) is (who in readers), who
        assert asked(house, who, THERE, told.pk) is None, "whoever told them reads nothing of themselves"
        tried(2)
        if said is not None:
            assert isinstance(said, str)
            found = json.loads(said)
            assert set(found) == {"at", "by"}, "no case, no name, not whom they told"
            assert found["by"] == str(body)


def test_nobody_makes_it_say_so_by_hand(house: Senders, child: tuple[Case, Case]) -> None:
    """Neither the column nor the way from a referral to a case of another team is written past the actions."""
    case, own = child
    for who in PEOPLE:
        for of in (case, own):
            by_hand = 'update "case" set told_child_protection_at = hk_now() where id = %s returning 1'
            assert asked(house, who, by_hand, of.pk) == "42501", who
        link = (
            "insert into referral_own_case (referral_id, case_id)"
            " select referral_id, %s from referral_origin returning 1"
        )
        assert asked(house, who, link, case.pk) == "42501", who
        tried(3)
    with god():
        assert not Case.objects.exclude(told_child_protection_at=None).exists()
    for who in (*SENDERS, RECEIVER):
        assert asked(house, who, THERE, case.pk) is None, who
        assert asked(house, who, THERE, own.pk) is None, who
