"""A packet opens for the desk that was asked and the workers it named, by way of the server, until an ending."""

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hamkori.vault import bytes as raw
from hamkori.vault import packet
from hamkori.vault.bodies import make_continuity, make_desk, open_key
from hamkori.vault.bytes import OpenKey, Sealed, Secret, Untrusted
from hamkori.vault.keyring import Keyring
from hamkori.vault.packet import RESULT, MeetingRoute, ResultRoute, Route, Seal, Worker
from hamkori.vault.recipients import tag_body
from tests.vault.cast import KEYRING, somebody

UMED, PANOH = uuid4(), uuid4()
ROUTE = Route(uuid4(), 1, UMED, PANOH, "protection", uuid4())
GULNORA, PARVINA, DILSHOD, ZARINA = somebody("Gulnora"), somebody("Parvina"), somebody("Dilshod"), somebody("Zarina")
CUSTODIANS = [somebody("Karim").key, somebody("Lola").key]
DESK = make_desk(KEYRING, PANOH, uuid4(), 1, [GULNORA.key], CUSTODIANS)
CONTINUITY = make_continuity(KEYRING, PANOH, uuid4(), 1, CUSTODIANS)
AGREED: dict[str, dict[str, Any]] = {
    "text": {"agreed_text": "Ба ӯ ҷои хоб даркор аст."},
    "identity": {"family_name": "Раҳимова", "given_name": "Сабо"},
    "legal": {"papers": ["passport taken"], "steps": None},
}


def sent() -> packet.Built:
    return packet.build(KEYRING, ROUTE, AGREED, DESK.key)


def by(seals: tuple[Seal, ...], recipient: UUID) -> dict[str, Seal]:
    return {seal.section: seal for seal in seals if seal.recipient == recipient}


def opened_all(desk: OpenKey, seals: tuple[Seal, ...]) -> dict[str, Secret]:
    """The keys, as accepting takes them: one shut seal is none at all."""
    return {seal.section: packet.open_seal(KEYRING, desk, ROUTE, seal) for seal in seals}


def accepted() -> tuple[packet.Built, tuple[Seal, ...]]:
    built = sent()
    keys = opened_all(DESK.opened, built.seals)
    workers = [
        Worker(PARVINA.key, frozenset({"text", "identity"})),
        Worker(DILSHOD.key, frozenset({"text", "identity", "legal"})),
    ]
    return built, packet.seal_on(KEYRING, ROUTE, keys, workers, CONTINUITY.key)


def test_sent_a_packet_has_a_body_and_one_seal_to_the_desk_for_each_section() -> None:
    built = sent()
    assert set(built.bodies) == set(AGREED)
    assert [(seal.section, seal.recipient, seal.release_epoch) for seal in built.seals] == [
        (section, DESK.key.id, 1) for section in AGREED
    ]
    for body in built.bodies.values():
        assert "Раҳимова".encode() not in body
        assert len(body) == 300


def test_the_desk_accepts_and_each_worker_reads_what_her_function_may_hold() -> None:
    built, seals = accepted()
    assert set(by(seals, PARVINA.key.id)) == {"text", "identity"}
    assert set(by(seals, DILSHOD.key.id)) == {"text", "identity", "legal"}
    assert set(by(seals, CONTINUITY.key.id)) == set(AGREED)

    for reader in (PARVINA.opened, DILSHOD.opened, CONTINUITY.opened):
        for section, seal in by(seals, reader.id).items():
            assert packet.read(KEYRING, reader, ROUTE, seal, built.bodies[section]) == AGREED[section]


def test_an_officer_opens_the_desks_key_and_with_it_the_packet() -> None:
    wrap = next(wrap.wrap for wrap in DESK.wraps if wrap.recipient == GULNORA.key.id)
    opened = open_key(KEYRING, GULNORA.opened, DESK.key, wrap)
    assert set(opened_all(opened, sent().seals)) == set(AGREED)


def test_a_worker_opens_no_section_that_was_not_sealed_to_her() -> None:
    built, seals = accepted()
    for seal in (*built.seals, *seals):
        if seal.recipient != PARVINA.key.id:
            with pytest.raises(Sealed):
                packet.open_seal(KEYRING, PARVINA.opened, ROUTE, seal)
            with pytest.raises(Sealed):
                packet.open_seal(KEYRING, PARVINA.opened, ROUTE, replace(seal, recipient=PARVINA.key.id))


def test_a_named_worker_brings_in_one_more_colleague() -> None:
    built, seals = accepted()
    mine = by(seals, PARVINA.key.id)
    keys = {section: packet.open_seal(KEYRING, PARVINA.opened, ROUTE, seal) for section, seal in mine.items()}
    nigora = somebody("Nigora")

    given_on = packet.hand_on(KEYRING, ROUTE, keys, Worker(nigora.key, frozenset({"text", "legal"})))
    assert [seal.section for seal in given_on] == ["text"]
    assert packet.read(KEYRING, nigora.opened, ROUTE, given_on[0], built.bodies["text"]) == AGREED["text"]


def test_an_addition_goes_straight_to_the_team() -> None:
    second = ROUTE._replace(packet_no=2)
    team = [Worker(PARVINA.key, frozenset({"health"}))]
    built = packet.add(KEYRING, second, {"health": {"allergy": "penicillin"}}, team, CONTINUITY.key)

    seal = by(built.seals, PARVINA.key.id)["health"]
    assert packet.read(KEYRING, PARVINA.opened, second, seal, built.bodies["health"]) == {"allergy": "penicillin"}
    assert set(by(built.seals, CONTINUITY.key.id)) == {"health"}
    assert not by(built.seals, DESK.key.id)
    with pytest.raises(Sealed):
        packet.open_seal(KEYRING, PARVINA.opened, ROUTE, seal)


def test_the_meeting_line_goes_the_other_way() -> None:
    route = MeetingRoute(ROUTE.referral, 1, PANOH, UMED)
    line = {"place": "gate of the park", "hour": "14:00", "ask_for": "Parvina"}
    built = packet.write_meeting(KEYRING, route, line, [ZARINA.key])

    assert packet.read(KEYRING, ZARINA.opened, route, built.seals[0], built.bodies["meeting"]) == line
    with pytest.raises(Sealed):
        packet.open_seal(KEYRING, PARVINA.opened, route, built.seals[0])
    key = packet.open_seal(KEYRING, ZARINA.opened, route, built.seals[0])
    for other in (route._replace(to_org=uuid4()), route._replace(from_desk=UMED), route._replace(packet_no=2)):
        with pytest.raises(Sealed):
            packet.open_body(other, "meeting", key, built.bodies["meeting"])
    with pytest.raises(Sealed):
        packet.open_body(route, "text", key, built.bodies["meeting"])
    with pytest.raises(Sealed):
        packet.open_body(ROUTE, "meeting", key, built.bodies["meeting"])


def test_the_note_of_a_result_goes_to_the_team_of_one_case() -> None:
    route = ResultRoute(ROUTE.referral, 1, PANOH, UMED, uuid4())
    built = packet.write_result(KEYRING, route, {"note": "a quiet week"}, [ZARINA.key])

    assert packet.read(KEYRING, ZARINA.opened, route, built.seals[0], built.bodies[RESULT]) == {"note": "a quiet week"}
    key = packet.open_seal(KEYRING, ZARINA.opened, route, built.seals[0])
    for other in (route._replace(case=uuid4()), route._replace(packet_no=2), MeetingRoute(*route[:4])):
        with pytest.raises(Sealed):
            packet.open_body(other, RESULT, key, built.bodies[RESULT])
    with pytest.raises(Sealed):
        packet.open_body(route, "meeting", key, built.bodies[RESULT])


@given(
    change=st.sampled_from(
        [
            {"referral": UUID(int=1)},
            {"packet_no": 2},
            {"from_org": UUID(int=1)},
            {"to_desk": UUID(int=1)},
            {"purpose": "justice"},
            {"consent": UUID(int=1)},
        ]
    ),
    section=st.sampled_from(sorted(AGREED)),
)
def test_a_body_under_another_referral_purpose_or_consent_stays_shut(change: dict[str, Any], section: str) -> None:
    built = sent()
    keys = opened_all(DESK.opened, built.seals)
    assert packet.open_body(ROUTE, section, keys[section], built.bodies[section]) == AGREED[section]

    with pytest.raises(Sealed):
        packet.open_body(ROUTE._replace(**change), section, keys[section], built.bodies[section])


def test_a_seal_or_body_moved_to_another_section_or_referral_stays_shut() -> None:
    built = sent()
    seal = built.seals[0]
    elsewhere = ROUTE._replace(referral=uuid4())
    for route, moved in (
        (ROUTE, replace(seal, section="identity")),
        (elsewhere, seal),
        (ROUTE._replace(packet_no=2), seal),
    ):
        with pytest.raises(Sealed):
            packet.open_seal(KEYRING, DESK.opened, route, moved)
    keys = opened_all(DESK.opened, built.seals)
    with pytest.raises(Sealed):
        packet.open_body(ROUTE, "text", keys["text"], built.bodies["identity"])
    with pytest.raises(Sealed):
        packet.open_body(ROUTE, "identity", keys["text"], built.bodies["text"])


def test_an_inner_box_moved_under_a_right_outer_lock_stays_shut() -> None:
    """Even the server, which can lock anew, cannot pass one section's key off as another's."""
    built = sent()
    text, identity = (next(seal for seal in built.seals if seal.section == name) for name in ("text", "identity"))
    place = (ROUTE.referral, 1, "text", DESK.key.id, 1)
    inner = KEYRING.unlock_release(text.data, raw.release_context(*place))
    other = raw.release_context(ROUTE.referral, 1, "identity", DESK.key.id, 1)
    with pytest.raises(Sealed):
        packet.open_seal(KEYRING, DESK.opened, ROUTE, replace(identity, data=KEYRING.lock_release(inner, other)))


# Thieves ------------------------------------------------------------------------------------------------------------


def test_the_desk_officer_with_a_dump_but_no_keyring_opens_nothing() -> None:
    built = sent()
    for seal in built.seals:
        with pytest.raises(Sealed):
            raw.open_seal(DESK.opened, seal.data, raw.packetwrap_context(ROUTE.referral, 1, seal.section, DESK.key.id))
        with pytest.raises(Sealed):
            packet.open_seal(Keyring.fresh("test"), DESK.opened, ROUTE, seal)


def test_the_server_without_the_desk_opens_nothing() -> None:
    """Database and keyring, machine off: the outer lock comes off, the inner box needs somebody's passphrase."""
    built = sent()
    thief = somebody("thief")
    for seal in built.seals:
        place = (ROUTE.referral, 1, seal.section, seal.recipient)
        inner = KEYRING.unlock_release(seal.data, raw.release_context(*place, 1))
        with pytest.raises(Sealed):
            raw.open_seal(thief.opened, inner, raw.packetwrap_context(*place))


def test_a_destroyed_release_epoch_shuts_old_backups_and_spares_live_seals() -> None:
    built, seals = accepted()
    old = by(seals, PARVINA.key.id)["identity"]
    rotated = KEYRING.with_next("release")

    live = packet.relock(rotated, ROUTE.referral, ROUTE.packet_no, old)
    destroyed = rotated.without("release", 1)
    assert live.release_epoch == 2
    assert packet.read(destroyed, PARVINA.opened, ROUTE, live, built.bodies["identity"]) == AGREED["identity"]
    with pytest.raises(Sealed):
        packet.open_seal(destroyed, PARVINA.opened, ROUTE, old)
    with pytest.raises(Sealed):
        packet.relock(destroyed, ROUTE.referral, ROUTE.packet_no, old)
    with pytest.raises(Sealed):  # an old seal that claims the new epoch
        packet.open_seal(destroyed, PARVINA.opened, ROUTE, replace(old, data=old.data[:3] + b"\x02" + old.data[4:]))


def test_a_planted_desk_key_gets_no_packet() -> None:
    spy = somebody("spy")
    for wrong in (
        replace(DESK.key, public=spy.key.public),
        replace(DESK.key, tag=bytes(32)),
        replace(CONTINUITY.key),
        make_desk(KEYRING, uuid4(), uuid4(), 1, [spy.key], CUSTODIANS).key,
        replace(DESK.key, tag=tag_body(Keyring.fresh("test"), PANOH, "desk", 1, DESK.key.public)),
    ):
        with pytest.raises(Untrusted) as alarm:
            packet.build(KEYRING, ROUTE, AGREED, wrong)
        assert (alarm.value.what, alarm.value.row) == ("body_key", wrong.id)


def test_nothing_is_sealed_on_to_a_planted_worker_reader_or_continuity_key() -> None:
    spy = somebody("spy", Keyring.fresh("test"))
    keys = opened_all(DESK.opened, sent().seals)
    planted = Worker(spy.key, frozenset(AGREED))

    with pytest.raises(Untrusted):
        packet.seal_on(KEYRING, ROUTE, keys, [planted], CONTINUITY.key)
    with pytest.raises(Untrusted):
        packet.add(KEYRING, ROUTE, AGREED, [planted], CONTINUITY.key)
    with pytest.raises(Untrusted):
        packet.write_meeting(KEYRING, MeetingRoute(ROUTE.referral, 1, PANOH, UMED), {}, [ZARINA.key, spy.key])
    for wrong in (DESK.key, make_continuity(KEYRING, UMED, uuid4(), 1, CUSTODIANS).key):
        with pytest.raises(Untrusted):
            packet.seal_on(KEYRING, ROUTE, keys, [], wrong)


def test_the_line_that_the_sender_wrote_is_read_by_the_desk_that_was_asked_and_by_no_other() -> None:
    route = MeetingRoute(ROUTE.referral, 0, UMED, PANOH)
    line = {"hour": "tonight, 21:00"}
    built = packet.write_meeting(KEYRING, route, line, [ZARINA.key], DESK.key)
    assert packet.read(KEYRING, DESK.opened, route, built.seals[0], built.bodies["meeting"]) == line
    assert packet.read(KEYRING, ZARINA.opened, route, built.seals[1], built.bodies["meeting"]) == line
    with pytest.raises(Untrusted):
        packet.write_meeting(KEYRING, route._replace(to_org=uuid4()), line, [ZARINA.key], DESK.key)
    with pytest.raises(Untrusted):
        packet.write_meeting(KEYRING, route, line, [ZARINA.key], CONTINUITY.key)


@given(
    agreed=st.dictionaries(
        st.sampled_from(["text", "needs", "health"]),
        st.dictionaries(st.text("abc_", min_size=1), st.none() | st.booleans() | st.text(max_size=40) | st.integers()),
    )
)
def test_every_packet_reads_back_as_it_was_agreed(agreed: dict[str, dict[str, Any]]) -> None:
    built = packet.build(KEYRING, ROUTE, agreed, DESK.key)
    keys = opened_all(DESK.opened, built.seals)
    assert {name: packet.open_body(ROUTE, name, key, built.bodies[name]) for name, key in keys.items()} == agreed
