"""A key of a part lies sealed to each who may read it; a statement of one of them finds her own seals and no other.

No commit is red here: the wall stood, and nothing asked. A fault that showed her everybody's was seen by no test.
"""

from __future__ import annotations

from uuid import UUID

import pytest

from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.actions import team
from hamkori.casework.case.models import SectionWrap
from hamkori.people.models import PersonKey
from tests.attacks import counted
from tests.cast import FACTS, SEALED, World
from tests.database import god

pytestmark = pytest.mark.django_db

READERS = ("caseworker-cso", "colleague-cso", "psychologist-cso", "supervisor-cso")


def of(world: World, slug: str) -> set[UUID]:
    with god():
        return set(PersonKey.objects.filter(user_id=world.people[slug].user_id).values_list("pk", flat=True))


def test_each_finds_the_seals_to_her_own_key(small_world: World) -> None:
    with small_world.as_("caseworker-cso") as zarina:
        case = cases.begin(zarina, codes=FACTS, sealed=SEALED)
        case = cases.register(zarina, case, version=case.version)
        for slug in ("colleague-cso", "psychologist-cso"):
            team.admit(zarina, case, membership=small_world.membership(slug))
    with god():
        everybodys = SectionWrap.objects.count()
    found = 0
    for slug in READERS:
        with small_world.as_(slug):
            keys = set(SectionWrap.objects.values_list("recipient_key_id", flat=True))
            assert keys <= of(small_world, slug), slug
            found += SectionWrap.objects.count()
        counted.tried()
    assert 0 < found < everybodys, "some lie there for each, and some for the organisation's key"
