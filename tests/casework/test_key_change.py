"""A new passphrase is a new pair: everything opens with it, and the old one opens nothing that comes after."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from pytest_django import DjangoDbBlocker

from hamkori.casework.case.actions import section
from hamkori.casework.case.machinery import sealing
from hamkori.casework.case.models import Case, SectionKey, SectionWrap
from hamkori.casework.referral.models import PacketSeal, Referral
from hamkori.casework.work.actions.key_change import change_key
from hamkori.people import queries
from hamkori.people.actions import continuity
from hamkori.people.models import BodyKey, BodyKeyWrap, FormerKey, PersonKey
from hamkori.people.sign_in import acting_as, check, knock, stored
from hamkori.vault import bodies, sections, server
from hamkori.vault.bytes import OpenKey, Sealed
from hamkori.vault.person import open_box, sign_in
from hamkori.vault.recipients import CONTINUITY, DESK
from tests.attacks import planting
from tests.casework.racing import DESK as OFFICER
from tests.casework.racing import LEAD, WORDS, WORKER, House, committed_house
from tests.cast import PASSPHRASE
from tests.database import god

own_marks = planting.own_marks
NEXT, THIRD = WORDS[1:]
FORMER, OTHER = "custodian-one@cso-kulob", "custodian-two@cso-kulob"


@pytest.fixture(scope="module")
def committed(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[House]:
    with committed_house(django_db_blocker) as house:
        yield house


@pytest.fixture
def house(committed: House) -> Iterator[House]:
    """Rolled back: the world is as it was for the next one."""
    with transaction.atomic():
        kept = dict(committed.world.people)
        yield committed
        committed.world.people.update(kept)
        transaction.set_rollback(True)


def take_new(house: House, who: str, old: str = PASSPHRASE, new: str = NEXT) -> OpenKey:
    """She takes a new passphrase, and works with her new key from now on."""
    person = house.world.people[who]
    with transaction.atomic(), acting_as(server.keyring(), person.membership_id, person.key) as actor:
        opened = change_key(actor, old, new)
    assert opened is not None
    assert person.key is not None
    assert opened.key.private.raw != person.key.private.raw
    house.world.people[who] = replace(person, key=opened.key)
    return opened.key


def read_section(house: House, who: str, case: Case, name: str) -> dict[str, Any]:
    with transaction.atomic(), house.world.as_(who) as actor:
        assert actor.keys is not None
        return sealing.sheet(case.pk, name, actor.keys)[1]


def held_by(key: UUID) -> int:
    with god():
        return (
            SectionWrap.objects.filter(recipient_key_id=key).count()
            + PacketSeal.objects.filter(recipient_key_id=key).count()
            + BodyKeyWrap.objects.filter(recipient_key_id=key).count()
        )


def test_every_case_opens_with_the_new_key(house: House) -> None:
    one, two = house.case("colleague-cso"), house.case()
    before = house.world.people[LEAD].key
    assert before is not None
    many = held_by(before.id)
    assert many >= 4
    new = take_new(house, LEAD)
    assert (held_by(before.id), held_by(new.id)) == (0, many)
    for case in (one, two):
        assert read_section(house, LEAD, case, "contact")["call_name"] == "Canary-Call-Name"
    house.as_(LEAD, lambda actor: section.write_section(actor, one, section="needs", fields={"needs": "x"}, seal_no=0))
    assert read_section(house, "colleague-cso", one, "contact")["call_name"] == "Canary-Call-Name", "hers is untouched"


def test_a_waiting_and_an_accepted_packet_open_with_the_desks_and_the_workers_new_keys(house: House) -> None:
    _case, waiting = house.sent()
    _other, taken = house.accepted()
    for who in (OFFICER, WORKER):
        before = house.world.people[who].key
        assert before is not None
        assert held_by(before.id)
        take_new(house, who)
        assert held_by(before.id) == 0
    house.as_(OFFICER, lambda actor: house.accept(actor, waiting))
    for referral in (waiting, taken):
        fields = house.as_(WORKER, lambda actor, one=referral: opened(actor, one))
        assert fields["call_name"] == "Canary-Call-Name"


def opened(actor: Any, referral: Referral) -> dict[str, Any]:
    from hamkori.casework.referral.actions.disclosure import open_packet

    return open_packet(actor, Referral.objects.get(pk=referral.pk))["contact"]


def test_the_meeting_line_opens_with_the_senders_new_key(house: House) -> None:
    from hamkori.casework.referral.actions.disclosure import open_meeting

    _case, referral = house.accepted()
    take_new(house, LEAD)
    line = house.as_(LEAD, lambda actor: open_meeting(actor, Referral.objects.get(pk=referral.pk)))
    assert line["hour"] == "canary-hour"


def test_the_desks_key_is_handed_on_by_a_holder_with_a_new_key(house: House) -> None:
    new = take_new(house, OFFICER)
    with transaction.atomic(), house.world.as_(OFFICER) as actor:
        key, wrap = queries.body_key(house.world.bodies["shelter-kulob"], DESK), queries.desk_wrap(actor)
        assert key is not None
        assert wrap is not None
        assert bodies.open_key(server.keyring(), new, key, wrap).public == key.public


def pairs_open(house: House, people: dict[UUID, OpenKey], kind: str) -> int:
    """How many pairs of cso-kulob two people can open with the keys they have now, former ones among them."""
    with god():
        row = BodyKey.objects.get(organisation_id=house.world.bodies["cso-kulob"], kind_code=kind, ended_at=None)
        wraps = list(BodyKeyWrap.objects.filter(body_key=row).exclude(inner_key=None))
    trusted, count = queries._body_key(row), 0
    for wrap in wraps:
        request = uuid4()
        peeled = bodies.peel(server.keyring(), people[wrap.recipient_key_id], bytes(wrap.seal), request)
        found = bodies.open_peeled(server.keyring(), people[wrap.inner_key_id], trusted, peeled, request)
        count += found.public == bytes(row.public)
    return count


def test_a_key_holders_pairs_open_in_both_orders_until_two_make_the_next_key(house: House) -> None:
    first, second = house.world.people[FORMER].key, house.world.people[OTHER].key
    assert first is not None
    assert second is not None
    new = take_new(house, FORMER)
    newest = take_new(house, FORMER, NEXT, THIRD)
    with god():
        kept = {row.key_id: bytes(row.seal) for row in FormerKey.objects.all()}
        numbers = dict(PersonKey.objects.filter(pk__in=kept).values_list("pk", "key_no"))
        assert set(FormerKey.objects.values_list("to_key_id", flat=True)) == {newest.id}
    user = house.world.people[FORMER].user_id
    former = {key: bodies.open_former(newest, key, user, numbers[key], seal) for key, seal in kept.items()}
    assert former[first.id].private.raw == first.private.raw
    people = {newest.id: newest, second.id: second, **former}
    assert pairs_open(house, people, CONTINUITY) == 2, "begun by either"
    assert new.id not in former, "nothing was ever sealed to the one between"

    for who in (FORMER, OTHER):
        with transaction.atomic(), house.world.as_(who) as actor:
            from hamkori.people import decisions

            assert decisions.keys(actor, server.trust()).is_due, "either of them is asked for the next key"
            assert queries.body_ready(house.world.bodies["cso-kulob"]), "and cases go on"
    continuity.make_by_two(house.world.as_(FORMER), house.world.as_(OTHER))
    assert pairs_open(house, {newest.id: newest, second.id: second}, CONTINUITY) == 2


def test_a_former_key_goes_when_no_envelope_needs_it(house: House) -> None:
    """Nothing was ever sealed to the first key of an organisation without cases or desk."""
    place = "secretariat"
    one, other = f"custodian-one@{place}", f"custodian-two@{place}"
    for name in (one, other):
        house.world.people[name] = house.world.people[name]
    take_new(house, one)
    with god():
        assert FormerKey.objects.exists()
        BodyKeyWrap.objects.exclude(body_key__organisation_id=house.world.bodies[place]).delete()
    person = house.world.people[other]
    continuity.make_by_two(house.world.as_(one), acting_as(server.keyring(), person.membership_id, person.key))
    with god():
        assert not FormerKey.objects.exists()


# --- what a thief of the old passphrase has --------------------------------------------------------------------------


def test_the_old_passphrase_and_an_old_dump_open_the_past_and_nothing_after(house: House) -> None:
    case = house.case()
    person = house.world.people[LEAD]
    with transaction.atomic(), house.world.as_(LEAD):
        row = stored(person.user_id)
    assert row is not None
    with god():
        dumped = {wrap.pk: bytes(wrap.seal) for wrap in SectionWrap.objects.filter(recipient_key_id=row.key_id)}
    take_new(house, LEAD)
    house.as_(LEAD, lambda actor: section.write_section(actor, case, section="needs", fields={"needs": "x"}, seal_no=0))

    kek = sign_in(server.keyring(), "", PASSPHRASE, row.credential)
    assert kek is not None
    stolen = open_box(kek, row.box, person.user_id, row.key_id, row.key_no)
    with god():
        places = {wrap.pk: wrap.section_key for wrap in SectionWrap.objects.select_related("section_key")}
        today = {wrap.pk: bytes(wrap.seal) for wrap in SectionWrap.objects.all()}
    assert sum(opens(stolen, places[pk], seal) for pk, seal in dumped.items()) == len(dumped), "the old dump"
    assert sum(opens(stolen, places[pk], seal) for pk, seal in today.items()) == 0, "nothing of today"
    with transaction.atomic():
        knock(server.keyring(), f"{LEAD}@example.org")
        assert check(server.keyring(), "", person.user_id, PASSPHRASE) is None
        now = stored(person.user_id)
        assert now is not None
        with pytest.raises(Sealed):
            open_box(kek, now.box, person.user_id, now.key_id, now.key_no)


def opens(holder: OpenKey, key: SectionKey, seal: bytes) -> bool:
    epoch = sections.Epoch(key.case_id, key.section_code, key.epoch)
    try:
        sections.open_wrap(server.keyring(), holder, epoch, seal, bytes(key.tag))
    except Sealed:
        return False
    return True


@pytest.mark.alarms
@pytest.mark.usefixtures("own_marks")
def test_an_ended_key_put_back_is_sealed_to_by_nobody(house: House) -> None:
    """The owner makes the old key live again, with its good tag, and ends the new one: its number is below the mark."""
    case = house.case("colleague-cso")
    old = house.world.people["colleague-cso"].key
    assert old is not None
    new = take_new(house, "colleague-cso")
    server.marks().raise_to("key", house.world.people["colleague-cso"].user_id, 2)  # as the commit would
    with god():
        PersonKey.objects.filter(pk=new.id).update(ended_at="2026-01-01T00:00Z")
        PersonKey.objects.filter(pk=old.id).update(ended_at=None)
    house.as_(LEAD, lambda actor: section.write_section(actor, case, section="needs", fields={"needs": "x"}, seal_no=0))
    with god():
        assert not SectionWrap.objects.filter(recipient_key_id=old.id).exists()


# --- refusals --------------------------------------------------------------------------------------------------------


def test_a_wrong_passphrase_changes_nothing(house: House) -> None:
    person = house.world.people[LEAD]
    before = held_by(person.key.id) if person.key else 0
    with transaction.atomic(), house.world.as_(LEAD) as actor:
        assert change_key(actor, "not the present one at all", NEXT) is None
    assert person.key is not None
    assert held_by(person.key.id) == before


@pytest.mark.alarms
def test_a_spoilt_row_stays_behind_and_keeps_nobody_from_a_new_passphrase(house: House) -> None:
    case = house.case()
    key = house.world.people[LEAD].key
    assert key is not None
    with god():
        spoilt = SectionWrap.objects.filter(recipient_key_id=key.id, section_key__section_code="place")
        assert spoilt.update(seal=bytes(100)) == 1
    take_new(house, LEAD)
    assert read_section(house, LEAD, case, "contact")["call_name"] == "Canary-Call-Name"
    assert held_by(key.id) == 1


def test_the_definers_take_nothing_without_a_proof(house: House) -> None:
    with transaction.atomic(), house.world.as_(LEAD) as actor:
        assert actor.keys is not None
        for call in (
            "select key_change_begin(%s, 0, '\\x00')",
            "select key_change(%s, gen_random_uuid(), 9, '', '', '', 1, 1, '', '', '{}', 0, 0, '\\x00')",
        ):
            with pytest.raises(DatabaseError) as caught, transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(call, [actor.keys.id])
            assert caught.value.__cause__.sqlstate == "HK412"  # type: ignore[union-attr]


def test_nothing_is_sealed_to_a_key_that_has_ended(house: House) -> None:
    case = house.case("colleague-cso")
    old = house.world.people["colleague-cso"].key
    assert old is not None
    take_new(house, "colleague-cso")
    with transaction.atomic(), house.world.as_(LEAD):
        key = SectionKey.objects.filter(case=case).first()
        assert key is not None
        with pytest.raises(DatabaseError, match="key_changed"), transaction.atomic():
            SectionWrap(section_key=key, recipient_key_id=old.id, seal=b"x").save(force_insert=True)
