"""Who works there no more was sealed to: her row was asked for its own end, and not her post. Red on 200c44a.

`posts.suspend` says "nothing is sealed to her", and the mark of her post lets her act nowhere. A minting (`mint`), an
addition (`packets.workers`) and the line of the meeting (`meeting_readers`) ask the row's tag and the key's, whose
marks the end of a post does not raise. A suspended one was sealed to without any attack: `case_people` looks at the
row's own `suspended_at`. Of an ended one the owner clears `membership.ended_at`. (No page of today ends a post.)
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from hamkori.casework.case.actions.section import write_section
from hamkori.casework.case.models import Case
from hamkori.casework.referral.machinery import packets
from hamkori.casework.referral.models import Referral
from hamkori.people import raising
from hamkori.people.actions import posts
from hamkori.vault import server
from hamkori.vault.server import keyring
from tests.attacks.counted import tried
from tests.attacks.owned import owner, sections_read
from tests.attacks.test_planted_casework import PSYCHOLOGIST
from tests.casework.racing import COLLEAGUE, DESK, LEAD, WORKER, House
from tests.database import god

pytestmark = pytest.mark.alarms

SUPERVISOR = "supervisor-cso"
BACK = "update membership set ended_at = null, suspended_at = null where id = %s"


def writes(house: House, case: Case, section: str = "needs") -> set[str]:
    """Who opens what is written now."""
    fields = {section: "later"}
    house.as_(LEAD, lambda actor: write_section(actor, case, section=section, fields=fields, seal_no=0))
    return {one for one, where in sections_read(house.world, case.pk) if where == section}


def leaves(how: Any, member: UUID) -> None:
    with transaction.atomic(), god():
        how(keyring(), member)


@pytest.fixture(autouse=True)
def back_at_work(house: House) -> Iterator[None]:
    """Whose post a test lets rest works again after it: the others of this file have the same world."""
    members = [house.world.membership(who) for who in (LEAD, WORKER, COLLEAGUE)]
    with transaction.atomic(), god():
        works = {member: posts.works_as(member) for member in members}
    yield
    with transaction.atomic(), god():
        for member, as_she_was in works.items():
            if not server.trust().works(member):
                posts.resume(keyring(), member, as_she_was)


@pytest.mark.parametrize(("who", "how", "more"), [(COLLEAGUE, posts.suspend, ""), (PSYCHOLOGIST, posts.end, BACK)])
def test_no_new_key_of_a_case_is_sealed_to_who_works_there_no_more(house: House, who: str, how: Any, more: str) -> None:
    case, member = house.case(who), house.world.membership(who)
    leaves(how, member)
    if more:
        owner(more, member)
    tried()
    opened = writes(house, case)
    assert LEAD in opened
    assert who not in opened


def test_who_comes_back_is_sealed_to_again(house: House) -> None:
    """Also after a start of the pages, which believes of a post that rests that it does."""
    member = house.world.membership(SUPERVISOR)
    with transaction.atomic(), god():
        works = posts.works_as(member)
    case = house.case()
    leaves(posts.suspend, member)
    with transaction.atomic():
        raising.raise_marks(keyring())
    assert not server.trust().works(member)
    assert SUPERVISOR not in writes(house, case)
    with transaction.atomic(), god():
        posts.resume(keyring(), member, works)
    assert SUPERVISOR in writes(house, house.case())


def test_a_start_does_not_take_the_mark_of_an_end_for_one_of_work(house: House) -> None:
    """It raises the mark of an ended post to a later number that he gives it: the mark of leaving goes with it."""
    member = house.world.membership("auditor")
    leaves(posts.end, member)
    owner("update membership set serial = serial + 1 where id = %s", member)
    with transaction.atomic():
        raising.raise_marks(keyring())
    tried()
    assert not server.trust().works(member)


def test_nothing_of_a_request_is_sealed_to_who_works_there_no_more(house: House) -> None:
    """Neither the line of the meeting to the sender's people nor an addition to the receiver's."""
    _case, referral = house.sent()
    lead, worker = house.world.membership(LEAD), house.world.membership(WORKER)

    def readers() -> set[UUID]:
        found = house.as_(DESK, lambda _actor: packets.meeting_readers(Referral.objects.get(pk=referral.pk)))
        return {one.user for one in found}

    def workers() -> set[UUID]:
        found = house.as_(LEAD, lambda _actor: packets.workers(Referral.objects.get(pk=referral.pk), ["contact"]))
        return {one.key.user for one in found}

    users = {name: house.world.people[name].user_id for name in (LEAD, WORKER)}
    assert users[LEAD] in readers()
    house.as_(DESK, lambda actor: house.accept(actor, referral))
    assert users[WORKER] in workers()
    leaves(posts.suspend, worker)
    assert users[WORKER] not in workers()
    _other, referral = house.sent()
    leaves(posts.suspend, lead)
    tried()
    assert users[LEAD] not in readers()
