"""A new passphrase while somebody seals to its owner: nothing is sealed to a key that is gone, and nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from hamkori.casework.case.actions import section
from hamkori.casework.case.machinery import sealing
from hamkori.casework.case.models import Case, SectionWrap
from hamkori.casework.work.actions.key_change import change_key
from hamkori.people.models import PersonKey
from hamkori.people.sign_in import Opened
from tests.casework.racing import COLLEAGUE, LEAD, WORDS, House, committed_house
from tests.casework.side_by_side import Deed, beside
from tests.database import god


@pytest.fixture
def house(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[House]:
    with committed_house(django_db_blocker) as house:
        yield house


def taking(house: House, opened: list[Opened], old: str, new: str) -> Deed:
    def do(actor: Any) -> None:
        found = change_key(actor, old, new)
        assert found is not None
        opened.append(found)

    return Deed(COLLEAGUE, do)


def minting(case: Case) -> Deed:
    return Deed(
        LEAD, lambda actor: section.write_section(actor, case, section="needs", fields={"needs": "Canary"}, seal_no=0)
    )


def reads(house: House, opened: Opened, case: Case) -> bool:
    person = house.world.people[COLLEAGUE]
    house.world.people[COLLEAGUE] = replace(person, key=opened.key)
    with transaction.atomic(), house.world.as_(COLLEAGUE) as actor:
        assert actor.keys is not None
        return bool(sealing.sheet(case.pk, "needs", actor.keys)[1] == {"needs": "Canary"})


def left(opened: Opened) -> int:
    """Wraps of hers that are not for her newest key."""
    with transaction.atomic(), god():
        others = PersonKey.objects.filter(user_id=opened.user_id).exclude(pk=opened.key.id)
        return SectionWrap.objects.filter(recipient_key_id__in=list(others.values_list("pk", flat=True))).count()


def test_what_was_sealed_while_the_change_waited_is_taken_along(house: House) -> None:
    case = house.case(COLLEAGUE)
    opened: list[Opened] = []
    assert beside(house.world, minting(case), taking(house, opened, WORDS[0], WORDS[1])) == ("done", "done")
    assert left(opened[0]) == 0
    assert reads(house, opened[0], case)


def test_who_seals_after_the_change_presses_once_more_and_seals_to_the_new_key(house: House) -> None:
    case = house.case(COLLEAGUE)
    opened: list[Opened] = []
    assert beside(house.world, taking(house, opened, WORDS[0], WORDS[1]), minting(case)) == ("done", "key_changed")
    assert left(opened[0]) == 0
    house.as_(LEAD, minting(case).do)
    assert left(opened[0]) == 0
    assert reads(house, opened[0], case)


def test_of_two_new_passphrases_at_once_one_holds(house: House) -> None:
    case = house.case(COLLEAGUE)
    opened: list[Opened] = []
    one, other = (taking(house, opened, WORDS[0], word) for word in WORDS[1:])
    assert beside(house.world, one, other) == ("done", "key_changed")
    house.as_(LEAD, minting(case).do)
    assert len(opened) == 1
    assert reads(house, opened[0], case)
