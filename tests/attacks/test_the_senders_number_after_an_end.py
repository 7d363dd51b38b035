"""A referral has ended before the person came: whoever expected them reads the sender's number until the next morning.

Nobody else does, by any statement of their own. No commit is red here (ADR 0172).
"""

from __future__ import annotations

from typing import Any

import pytest

from hamkori.casework.case.models import Case
from hamkori.casework.consent.actions import consent
from hamkori.casework.referral.actions import receive, send
from hamkori.casework.referral.models import Referral, ReferralOrigin
from hamkori.people.models import OrganisationPhone
from tests.attacks.counted import tried
from tests.cast import PEOPLE, World, pass_time
from tests.database import god
from tests.web.senders import Senders, records
from tests.web.test_place_found import until

pytestmark = pytest.mark.django_db

OWN = {"supervisor-cso", "caseworker-cso", "colleague-cso", "psychologist-cso", "coordinator"}
"""Who reads it at any time: their own organisation, and the coordinator."""
EXPECTED = {"desk-shelter", "shelter-worker"}


@pytest.fixture
def house(small_world: World) -> Senders:
    found = Senders(small_world)
    until(15)
    records(found)
    with god():
        OrganisationPhone.objects.create(organisation_id=small_world.bodies["cso-kulob"], phone="00-14")
    return found


def cancels(house: Senders, referral: Referral) -> None:
    with house.as_() as zarina:
        send.recall(zarina, mine(referral), version=mine(referral).version, reason="mistake")


def ends_one(house: Senders, referral: Referral) -> None:
    with house.as_() as zarina:
        send.withdraw(zarina, mine(referral), how_said="in_person")


def ends_everything(house: Senders, referral: Referral) -> None:
    with god():
        case = Case.objects.get(pk=ReferralOrigin.objects.get(referral=referral).case_id)
    with house.as_() as zarina:
        consent.withdraw(zarina, Case.objects.get(pk=case.pk), how_said="in_person")


def mine(referral: Referral) -> Referral:
    return Referral.objects.get(pk=referral.pk)


def readers(house: Senders) -> set[str]:
    found = set()
    for who in PEOPLE:
        with house.as_(who):
            if OrganisationPhone.objects.filter(pk=house.world.bodies["cso-kulob"]).exists():
                found.add(who)
        tried()
    return found


def waits(house: Senders) -> Referral:
    house.agreed(case := house.case())
    return house.sent(case)


@pytest.mark.parametrize("ends", [cancels, ends_one, ends_everything])
def test_whoever_expected_the_person_reads_it_and_nobody_else(house: Senders, ends: Any) -> None:
    """Also after everything was withdrawn: it is an organisation's number, and the person may come all the same."""
    referral = waits(house)
    house.accepted(referral, part="now")
    assert readers(house) == OWN | EXPECTED
    ends(house, referral)
    assert readers(house) == OWN | EXPECTED
    pass_time(hours=10)  # one in the night
    assert readers(house) == OWN | EXPECTED
    pass_time(hours=24)
    assert readers(house) == OWN


@pytest.mark.parametrize("ends", [cancels, ends_one, ends_everything])
def test_who_expected_nobody_reads_it_no_more(house: Senders, ends: Any) -> None:
    """No day was agreed, since nobody had answered."""
    referral = waits(house)
    assert readers(house) == OWN | {"desk-shelter"}
    ends(house, referral)
    assert readers(house) == OWN


@pytest.mark.parametrize("ends", [ends_one, ends_everything])
def test_who_has_helped_the_person_reads_it_no_more_once_their_word_has_ended_it(house: Senders, ends: Any) -> None:
    referral = waits(house)
    house.accepted(referral, part="now")
    with house.as_("shelter-worker") as parvina:
        receive.serve(parvina, mine(referral), version=mine(referral).version)
    assert readers(house) == OWN | EXPECTED
    ends(house, referral)
    assert readers(house) == OWN


def test_whoever_left_the_team_reads_it_no_more(house: Senders) -> None:
    """The number is read by the row of the team, and not because it was read once."""
    referral = waits(house)
    house.accepted(referral, part="now")
    first, second = (house.world.membership(one) for one in ("shelter-worker", "shelter-social"))
    for who, change in (("shelter-worker", {"joins": [second]}), ("shelter-social", {"leaves": [first]})):
        with house.as_(who) as actor:
            receive.staff(actor, mine(referral), version=mine(referral).version, **change)
    cancels(house, referral)
    assert readers(house) == OWN | {"desk-shelter", "shelter-social"}
