"""What is locked or sealed opens in its own place, whole, and nowhere else.

The formats: docs/design/keys-and-walls.md#locks-seals-and-pairs.
"""

import copy
import pickle
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl import bindings

from hamkori.vault import bytes as raw
from hamkori.vault.bytes import OpenKey, Sealed, Secret, Untrusted

KEY = Secret(bytes(range(32)))
ONE, OTHER = UUID(int=1), UUID(int=2)
places = st.tuples(st.uuids(), st.sampled_from(["identity", "needs", "text"]), st.integers(0, 99)).map(
    lambda parts: raw.context(*parts)
)


@given(text=st.binary(max_size=700), place=places, epoch=st.integers(0, raw.EPOCH_MAX))
def test_a_lock_gives_back_its_text_and_shows_only_steps_of_256(text: bytes, place: bytes, epoch: int) -> None:
    locked = raw.lock(KEY, text, place, epoch)

    assert raw.unlock(KEY, locked, place, epoch) == text
    assert locked[:2] == b"\x01\x01"
    assert raw.epoch_of(locked) == epoch
    assert len(locked) == 4 + 24 + 256 * (len(text) // 256 + 1) + 16


@given(text=st.binary(max_size=300), place=places, at=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_one_changed_bit_anywhere_shuts_a_lock(text: bytes, place: bytes, at: int, bit: int) -> None:
    locked = bytearray(raw.lock(KEY, text, place, 3))
    locked[at % len(locked)] ^= 1 << bit

    with pytest.raises(Sealed):
        raw.unlock(KEY, bytes(locked), place, 3)


@given(text=st.binary(max_size=300), places=st.tuples(places, places).filter(lambda two: two[0] != two[1]))
def test_a_lock_does_not_open_in_another_place(text: bytes, places: tuple[bytes, bytes]) -> None:
    with pytest.raises(Sealed):
        raw.unlock(KEY, raw.lock(KEY, text, places[0]), places[1])


def test_a_lock_of_one_epoch_does_not_pass_as_another() -> None:
    locked = raw.lock(KEY, b"text", b"hk1|x", 1)

    with pytest.raises(Sealed):
        raw.unlock(KEY, locked, b"hk1|x", 2)
    renumbered = b"\x01\x01\x00\x02" + locked[4:]
    with pytest.raises(Sealed):
        raw.unlock(KEY, renumbered, b"hk1|x", 2)


def test_another_key_opens_nothing() -> None:
    with pytest.raises(Sealed):
        raw.unlock(Secret.new(), raw.lock(KEY, b"text", b"hk1|x"), b"hk1|x")


@pytest.mark.parametrize("header", [b"\x02\x01\x00\x00", b"\x01\x02\x00\x00", b"\x01\x09\x00\x00", b"\x00\x00\x00\x00"])
def test_formats_and_algorithms_we_do_not_know_are_refused(header: bytes) -> None:
    holder = OpenKey(uuid4(), Secret.new())
    with pytest.raises(Sealed):
        raw.unlock(KEY, header + raw.lock(KEY, b"text", b"hk1|x")[4:], b"hk1|x")
    with pytest.raises(Sealed):
        raw.epoch_of(header + bytes(100))
    if header != b"\x01\x02\x00\x00":
        with pytest.raises(Sealed):
            raw.open_seal(holder, header + raw.seal(holder.public, KEY, b"hk1|x")[4:], b"hk1|x")
    with pytest.raises(Sealed):
        raw.peel(holder, header + raw.pair(holder.public, holder.public, KEY, b"hk1|x")[4:])


@given(cut=st.integers(0, 299))
def test_a_cut_lock_stays_shut(cut: int) -> None:
    locked = raw.lock(KEY, b"text", b"hk1|x")
    assert len(locked) == 300

    with pytest.raises(Sealed):
        raw.unlock(KEY, locked[:cut], b"hk1|x")


@pytest.mark.parametrize("cut", [0, 1, 2, 3])
def test_less_than_a_header_has_no_epoch(cut: int) -> None:
    with pytest.raises(Sealed):
        raw.epoch_of(b"\x01\x01\x00\x00"[:cut])


@pytest.mark.parametrize("epoch", [-1, 65536])
def test_an_epoch_that_two_bytes_cannot_hold_is_refused(epoch: int) -> None:
    with pytest.raises(Sealed):
        raw.lock(KEY, b"", b"hk1|x", epoch)


def test_text_that_was_not_padded_by_us_stays_shut() -> None:
    """Right key and place, but written by something else: a lock without padding is no lock of ours."""
    header, nonce = b"\x01\x01\x00\x00", bytes(24)
    body = bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(bytes(256), header + b"hk1|x", nonce, KEY.raw)

    with pytest.raises(Sealed):
        raw.unlock(KEY, header + nonce + body, b"hk1|x")


def test_the_format_has_not_moved() -> None:
    """A lock and tag written down once: a change of the bytes would make every stored text unreadable."""
    locked = b"\x01\x01\x00\x07" + bytes(24)
    padded = bindings.sodium_pad(b"Zarina", 256)
    locked += bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(padded, b"\x01\x01\x00\x07hk1|x", bytes(24), KEY.raw)

    assert raw.unlock(KEY, locked, b"hk1|x", 7) == b"Zarina"
    assert (
        raw.h(b"hk1|x", key=KEY.raw, person=b"hk.tag.v1").hex()
        == "0429a9943af0a39e1ed2f0beccefb4ac85e756c46503b0c1512d70132ad43e8a"
    )


# Seals and pairs ----------------------------------------------------------------------------------------------------


def test_a_seal_is_100_bytes_and_opens_for_its_holder_in_its_place() -> None:
    holder = OpenKey(uuid4(), Secret.new())
    sealed = raw.seal(holder.public, KEY, b"hk1|here")

    assert len(sealed) == 100
    assert sealed[:4] == b"\x01\x02\x00\x00"
    assert raw.open_seal(holder, sealed, b"hk1|here").raw == KEY.raw


def test_a_moved_seal_stays_shut() -> None:
    holder, neighbour = OpenKey(uuid4(), Secret.new()), OpenKey(uuid4(), Secret.new())
    sealed = raw.seal(holder.public, KEY, b"hk1|here")

    with pytest.raises(Sealed):
        raw.open_seal(holder, sealed, b"hk1|there")
    with pytest.raises(Sealed):
        raw.open_seal(neighbour, sealed, b"hk1|here")
    with pytest.raises(Sealed):
        raw.open_seal(holder, sealed + b"\0", b"hk1|here")


def test_a_pair_is_152_bytes_and_needs_both_in_order() -> None:
    first, second = OpenKey(uuid4(), Secret.new()), OpenKey(uuid4(), Secret.new())
    paired = raw.pair(first.public, second.public, KEY, b"hk1|here")

    assert len(paired) == 152
    inner = raw.peel(first, paired)
    assert raw.open_seal(second, inner, b"hk1|here").raw == KEY.raw
    with pytest.raises(Sealed):
        raw.open_seal(first, inner, b"hk1|here")
    with pytest.raises(Sealed):
        raw.peel(second, paired)
    with pytest.raises(Sealed):
        raw.peel(first, paired[:-1])


@pytest.mark.parametrize("public", [bytes(32), b"\x01" + bytes(31), b"short", b""])
def test_nothing_is_sealed_to_a_key_that_is_none(public: bytes) -> None:
    with pytest.raises(Sealed):
        raw.seal(public, KEY, b"hk1|here")


# Secrets ------------------------------------------------------------------------------------------------------------


def test_secrets_do_not_print_copy_or_pickle() -> None:
    opened = OpenKey(ONE, KEY)
    for shown in (repr(KEY), str(KEY), repr(opened), f"{opened}", repr(Sealed()), repr([KEY])):
        assert KEY.raw.hex() not in shown
        assert repr(KEY.raw) not in shown
    for secret in (KEY, opened):
        with pytest.raises(TypeError):
            pickle.dumps(secret)
        with pytest.raises(TypeError):
            copy.deepcopy(secret)
    assert Secret(KEY.raw) != KEY


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_secret_of_another_length_is_none(length: int) -> None:
    with pytest.raises(Sealed):
        Secret(bytes(length))


def test_the_alarm_names_the_row_and_no_content() -> None:
    alarm = Untrusted("person_key", ONE)
    assert (alarm.what, alarm.row) == ("person_key", ONE)
    assert str(ONE) in str(alarm)


def test_equal_means_equal() -> None:
    assert raw.same(b"abc", b"abc")
    assert not raw.same(b"abc", b"abd")
    assert not raw.same(b"abc", b"abcd")


# Contexts -----------------------------------------------------------------------------------------------------------


def test_contexts_read_as_the_design_says() -> None:
    a, b, c, d = (UUID(int=n) for n in range(1, 5))
    x, y, z, w = (f"{n:032x}" for n in range(1, 5))
    said = {
        raw.user_context(a, 2): f"hk1|user|{x}|2",
        raw.session_context(a, b, 2, 3): f"hk1|session|{x}|{y}|2|3",
        raw.field_context(a, "identity", "identity.family_name", b, 3, 14): (
            f"hk1|field|{x}|identity|identity.family_name|{y}|3|14"
        ),
        raw.field_context(a, "needs", "need.body", b, 3, 14, "agreed_text", c): (
            f"hk1|field|{x}|needs|need.body|{y}|3|14|agreed_text|{z}"
        ),
        raw.wrap_context(a, "needs", 3, b): f"hk1|wrap|{x}|needs|3|{y}",
        raw.body_context(a, "continuity", 1, b): f"hk1|body|{x}|continuity|1|{y}",
        raw.packet_context(a, 1, "text", b, c, "protection", d): f"hk1|packet|{x}|1|text|{y}|{z}|protection|{w}",
        raw.meeting_context(a, 2, b, c): f"hk1|packet|{x}|2|meeting|{y}|{z}|-|-",
        raw.packetwrap_context(a, 1, "needs", b): f"hk1|packetwrap|{x}|1|needs|{y}",
        raw.release_context(a, 1, "needs", b, 9): f"hk1|release|{x}|1|needs|{y}|9",
        raw.context("tag", "user", a, 1, b"\xab\xcd"): f"hk1|tag|user|{x}|1|abcd",
    }
    assert {key.decode(): value for key, value in said.items()} == {value: value for value in said.values()}


@pytest.mark.parametrize("part", ["a|b", "", "Identity", "a b", "ҳ", "a\n"])
def test_a_part_that_could_look_like_two_is_refused(part: str) -> None:
    with pytest.raises(ValueError, match="not a part"):
        raw.context("field", part)
