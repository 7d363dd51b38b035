"""What a person's key held, sealed anew to her next key; and what of it stays where it was."""

from __future__ import annotations

from uuid import uuid4

import pytest

from hamkori.vault import bodies, packet, sections
from hamkori.vault.bytes import OpenKey, Sealed, Secret
from hamkori.vault.recipients import PersonKey, epoch_trusted, tag_epoch, tag_person
from hamkori.vault.sections import Epoch, Held
from tests.vault.cast import KEYRING, Somebody, somebody


def next_key(of: Somebody) -> tuple[PersonKey, OpenKey]:
    opened = OpenKey(uuid4(), Secret.new())
    tag = tag_person(KEYRING, of.key.user, 2, opened.public)
    return PersonKey(opened.id, of.key.user, 2, opened.public, tag), opened


def test_a_section_opens_with_the_next_key_and_no_longer_needs_the_old_one() -> None:
    zarina, spy, epoch, key = somebody("Zarina"), somebody("spy"), Epoch(uuid4(), "contact", 3), Secret.new()
    to, opened = next_key(zarina)
    held = Held(epoch, sections._wrap(key, epoch, zarina.key.id, zarina.key.public), tag_epoch(KEYRING, *epoch, key))
    anew = sections.seal_anew(KEYRING, zarina.opened, held, to)
    assert sections.open_wrap(KEYRING, opened, epoch, anew, held.tag).raw == key.raw
    assert epoch_trusted(KEYRING, *epoch, key, held.tag)
    for other in (zarina.opened, spy.opened):
        with pytest.raises(Sealed):
            sections.open_wrap(KEYRING, other, epoch, anew, held.tag)
    with pytest.raises(Sealed):
        sections.seal_anew(KEYRING, spy.opened, held, to)


def test_a_packets_seal_opens_with_the_next_key_at_its_place_only() -> None:
    zarina, referral = somebody("Zarina"), uuid4()
    to, opened = next_key(zarina)
    route = packet.MeetingRoute(referral, 2, uuid4(), uuid4())
    built = packet.write_meeting(KEYRING, route, {"hour": "ten"}, [zarina.key])
    epoch, data = packet.seal_anew(KEYRING, zarina.opened, (referral, 2, "meeting"), built.seals[0].data, to)
    seal = packet.Seal("meeting", to.id, epoch, data)
    assert packet.read(KEYRING, opened, route, seal, built.bodies["meeting"]) == {"hour": "ten"}
    with pytest.raises(Sealed):
        packet.open_seal(KEYRING, zarina.opened, route, seal)
    with pytest.raises(Sealed):
        packet.seal_anew(KEYRING, zarina.opened, (referral, 3, "meeting"), built.seals[0].data, to)


def test_a_desks_key_and_both_sides_of_a_pair() -> None:
    gulnora, karim, lola = somebody("Gulnora"), somebody("Karim"), somebody("Lola")
    made = bodies.make_desk(KEYRING, uuid4(), uuid4(), 1, [gulnora.key], [karim.key, lola.key])
    seal, karim_first, lola_first = (one.wrap for one in made.wraps)
    to, opened = next_key(gulnora)
    anew = bodies.seal_anew(KEYRING, gulnora.opened, made.key, seal, to)
    assert bodies.open_key(KEYRING, opened, made.key, anew).public == made.key.public

    to, opened = next_key(karim)
    request = uuid4()
    peeled = bodies.peel(KEYRING, opened, bodies.envelope_anew(karim.opened, karim_first, to), request)
    assert bodies.open_peeled(KEYRING, lola.opened, made.key, peeled, request).public == made.key.public
    with pytest.raises(Sealed):
        bodies.envelope_anew(karim.opened, lola_first, to)

    kept = bodies.keep_former(karim.opened, karim.key.user, 1, to)
    third, last = next_key(karim)
    kept_on = bodies.keep_on(opened, karim.key.user, 1, kept, third)
    peeled = bodies.peel(KEYRING, lola.opened, lola_first, request)
    for holder, box in ((opened, kept), (last, kept_on)):
        former = bodies.open_former(holder, karim.key.id, karim.key.user, 1, box)
        assert former.private.raw == karim.opened.private.raw
        assert bodies.open_peeled(KEYRING, former, made.key, peeled, request).public == made.key.public
        with pytest.raises(Sealed):
            bodies.open_former(holder, karim.key.id, karim.key.user, 2, box)
