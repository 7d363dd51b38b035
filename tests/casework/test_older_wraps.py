"""When two people have made the next continuity key, a case goes over to it as soon as a member opens it."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.db import connection

from hamkori.casework.case.actions.section import open_section
from hamkori.casework.case.models import SectionKey, SectionWrap
from hamkori.casework.case.queries.older_keys import cases_under_older_key
from hamkori.people.actions.continuity import make_by_two
from hamkori.people.models import BodyKey
from hamkori.people.queries import body_key_by_id
from hamkori.vault import bodies, server
from hamkori.vault.bytes import OpenKey, Secret
from hamkori.vault.sections import Epoch, open_wrap
from tests import doors
from tests.attacks import planting
from tests.database import as_role, god
from tests.web.scene import Scene

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_marks")]
own_marks = planting.own_marks


def next_key(scene: Scene) -> tuple[doors.Person, doors.Person]:
    """Two others hold the keys of Umed from now on, and they make its next key."""
    with god(), connection.cursor() as cursor:
        cursor.execute(
            "update membership set ended_at = statement_timestamp() where organisation_id = %s and id in"
            " (select membership_id from role_held where role_code = 'custodian')",
            [scene.umed],
        )
    first, second = (doors.person(scene.umed, name, ("custodian",)) for name in ("Nozim", "Anora"))
    make_by_two(doors.acting(first), doors.acting(second))
    return first, second


def present(organisation: UUID) -> UUID:
    with god():
        return BodyKey.objects.get(organisation=organisation, kind_code="continuity", ended_at=None).pk


def opened_by_two(scene: Scene, first: doors.Person, second: doors.Person) -> OpenKey:
    """The organisation's pair, as the two key holders open it together."""
    with doors.acting(first):
        key = body_key_by_id(present(scene.umed))
    assert key is not None
    with god(), connection.cursor() as cursor:
        cursor.execute(
            "select seal from body_key_wrap where body_key_id = %s and recipient_key_id = %s and inner_key_id = %s",
            [key.id, first.key.id, second.key.id],
        )
        (pair,) = cursor.fetchone()
    request = UUID(int=1)
    peeled = bodies.peel(server.keyring(), first.key, bytes(pair), request)
    return bodies.open_peeled(server.keyring(), second.key, key, peeled, request)


def counted(who: doors.Person) -> int:
    with doors.acting(who):
        return cases_under_older_key()


def due() -> tuple[int, int]:
    with as_role("hk_clock"), connection.cursor() as cursor:
        cursor.execute("select due, cases from continuity_due()")
        found = cursor.fetchone()
        return int(found[0]), int(found[1])


def test_a_case_goes_over_when_a_member_opens_it_and_the_two_open_it_then(scene: Scene) -> None:
    case, other = scene.case(), scene.case()
    assert due() == (0, 0)
    first, second = next_key(scene)
    assert counted(first) == 2
    assert due() == (0, 2)
    with doors.acting(scene.zarina) as actor:
        read = open_section(actor, case, section="contact")
        open_section(actor, case, section="place")
    assert read.fields["call_name"] == "Canary-Call-Name"
    pair = opened_by_two(scene, first, second)
    with god():
        keys = list(SectionKey.objects.filter(case=case))
        for key in keys:
            wrap = SectionWrap.objects.get(section_key=key, recipient_key_id=pair.id)
            epoch = Epoch(case.pk, key.section_code, key.epoch)
            assert open_wrap(server.keyring(), pair, epoch, bytes(wrap.seal), bytes(key.tag))
    assert counted(first) == 1, "the other one waits for its people"
    assert due() == (0, 1)
    with doors.acting(scene.zarina) as actor:
        open_section(actor, other, section="contact")
    assert counted(second) == 0


def test_what_she_may_not_read_waits_for_somebody_who_may(scene: Scene) -> None:
    case = scene.case()
    first, _second = next_key(scene)
    with doors.acting(scene.manzura), connection.cursor() as cursor:
        cursor.execute("select * from older_wraps(%s)", [case.pk])
        assert cursor.fetchall() == []
    with doors.acting(scene.gulnora), connection.cursor() as cursor:
        cursor.execute("select * from older_wraps(%s)", [case.pk])
        assert cursor.fetchall() == []
    assert counted(first) == 1


@pytest.mark.alarms
def test_nothing_is_sealed_on_to_a_key_that_somebody_planted(scene: Scene) -> None:
    """The owner ends the key and puts his own in its place: she reads on, and nothing goes to him."""
    case = scene.case()
    his = OpenKey(UUID(int=7), Secret.new())
    with god(), connection.cursor() as cursor:
        cursor.execute("update body_key set ended_at = statement_timestamp() where organisation_id = %s", [scene.umed])
        cursor.execute(
            "insert into body_key (id, organisation_id, kind_code, key_no, public, tag, since)"
            " values (%s, %s, 'continuity', 9, %s, '\\x0001', statement_timestamp())",
            [his.id, scene.umed, his.public],
        )
    with doors.acting(scene.zarina) as actor:
        assert open_section(actor, case, section="contact").fields["call_name"] == "Canary-Call-Name"
    with god():
        assert not SectionWrap.objects.filter(recipient_key_id=his.id).exists()
    assert server.alarms().path.exists(), "and it is seen"


def test_an_organisation_without_its_key_is_counted_and_not_named(scene: Scene) -> None:
    third = doors.person(scene.umed, "Third", ("custodian",))
    assert due() == (1, 0), "the key is not locked for all who hold keys"
    empty = doors.body("new-one")
    assert due() == (1, 0), "nobody works there"
    doors.person(empty, "First", ("administrator",))
    assert due() == (2, 0)
    assert third
