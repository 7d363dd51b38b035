"""Her passphrase opens her key and proves who she is; a stolen row does neither."""

import threading
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hamkori.canon import canon
from hamkori.vault import person
from hamkori.vault.bytes import Sealed, Untrusted
from hamkori.vault.keyring import STRETCHING, Keyring
from hamkori.vault.person import (
    BelowFloor,
    change_passphrase,
    new_person,
    open_box,
    set_passphrase,
    sign_in,
    under_newest_pepper,
)
from tests.vault.cast import KEYRING

USER, KEY_ID = uuid4(), uuid4()
NEXT_ID, ANOTHER = uuid4(), "харгӯш дар теппа хоб аст"
TYPED = "дарё ором мегузарад"


def test_she_signs_in_with_the_true_parameters_and_her_box_opens() -> None:
    real = Keyring.fresh("real")
    credential, key = new_person(real, USER, KEY_ID, 1, TYPED)

    assert (credential.ops, credential.memory) == (3, 64 * 1024 * 1024)
    kek = sign_in(real, "zarina@umed.tj", TYPED, credential)
    assert kek is not None
    opened = open_box(kek, key.box, USER, KEY_ID, 1)
    assert (opened.id, opened.public) == (KEY_ID, key.public)
    assert real.tag_holds(canon("key", USER, 1, key.public), key.tag)


def test_the_bytes_are_those_of_the_design() -> None:
    credential, kek = set_passphrase(KEYRING, USER, TYPED)
    root = person.bindings.crypto_pwhash_alg(64, TYPED.encode(), credential.salt, 1, 8192, 2)

    assert credential.login == b"\x00\x01" + KEYRING.peppered(root, salt=USER.bytes, person=b"hk.login.v1")
    assert kek.raw == KEYRING.peppered(root, salt=USER.bytes, person=b"hk.vault.v1")


def test_the_pepper_is_turned_and_her_root_stays() -> None:
    """Both outputs are new, the key pair is the same; what lies under a pepper that is gone opens nothing."""
    ring, (credential, key) = KEYRING.with_next("pepper"), new_person(KEYRING, USER, KEY_ID, 1, TYPED)
    kek = sign_in(ring, "", TYPED, credential)
    assert kek is not None
    opened = open_box(kek, key.box, USER, KEY_ID, 1)
    turned = under_newest_pepper(ring, credential, TYPED, opened, 1)
    assert turned is not None
    after = replace(credential, login=turned.login)
    assert (credential.pepper_no, after.pepper_no) == (1, 2)
    assert turned.login[2:] != credential.login[2:]
    left = ring.without("pepper", 1)
    new_kek = sign_in(left, "", TYPED, after)
    assert new_kek is not None
    assert new_kek.raw != kek.raw
    assert open_box(new_kek, turned.box, USER, KEY_ID, 1).private.raw == opened.private.raw
    assert under_newest_pepper(left, after, TYPED, opened, 1) is None
    for typed in (TYPED, TYPED + " "):
        with pytest.raises(Untrusted, match=f"credential {USER}"):
            sign_in(left, "", typed, credential)
    assert sign_in(left, "", TYPED + " ", after) is None


def test_a_credential_from_before_peppers_had_versions_is_of_the_first() -> None:
    credential, _ = set_passphrase(KEYRING, USER, TYPED)
    former = replace(credential, login=credential.login[2:])
    assert former.pepper_no == 1
    assert sign_in(KEYRING, "", TYPED, former) is not None
    assert sign_in(KEYRING, "", TYPED + " ", former) is None


def test_a_wrong_passphrase_gives_nothing() -> None:
    credential, _ = set_passphrase(KEYRING, USER, TYPED)
    for wrong in (TYPED + " ", " " + TYPED, TYPED.upper(), "", "\ud800"):
        assert sign_in(KEYRING, "zarina@umed.tj", wrong, credential) is None


def test_letters_typed_in_two_ways_are_the_same_letters() -> None:
    """A phone may write ӣ as one sign and another as и with a macron."""
    composed, split = "ҳамаи мурғони сафедӣ", "ҳамаи мурғони сафеди\u0304"
    assert composed != split
    credential, _ = set_passphrase(KEYRING, USER, composed)
    assert sign_in(KEYRING, "zarina@umed.tj", split, credential) is not None


def test_every_new_passphrase_has_a_new_salt() -> None:
    first, first_kek = set_passphrase(KEYRING, USER, TYPED)
    second, second_kek = set_passphrase(KEYRING, USER, TYPED)
    assert first.salt != second.salt
    assert first.login != second.login
    assert first_kek.raw != second_kek.raw


def test_a_credential_copied_to_another_user_is_void() -> None:
    """An injection that writes its own credential over hers: her row, his passphrase, no entry."""
    his, _ = set_passphrase(KEYRING, uuid4(), TYPED)
    assert sign_in(KEYRING, "zarina@umed.tj", TYPED, replace(his, user=USER)) is None


def test_a_stolen_row_cannot_be_guessed_without_the_keyring() -> None:
    """The thief knows even the passphrase; without the pepper the row does not say yes and the box stays shut."""
    credential, key = new_person(KEYRING, USER, KEY_ID, 1, TYPED)
    thief = Keyring.fresh("test")

    assert sign_in(thief, "zarina@umed.tj", TYPED, credential) is None
    _, kek = set_passphrase(thief, USER, TYPED)
    with pytest.raises(Sealed):
        open_box(kek, key.box, USER, KEY_ID, 1)


def test_the_login_hash_does_not_open_the_box() -> None:
    credential, key = new_person(KEYRING, USER, KEY_ID, 1, TYPED)
    with pytest.raises(Sealed):
        open_box(person.Secret(credential.login), key.box, USER, KEY_ID, 1)


def test_a_box_moved_to_another_person_or_key_number_stays_shut() -> None:
    credential, key = new_person(KEYRING, USER, KEY_ID, 1, TYPED)
    kek = sign_in(KEYRING, "zarina@umed.tj", TYPED, credential)
    assert kek is not None
    for user, number in ((uuid4(), 1), (USER, 2)):
        with pytest.raises(Sealed):
            open_box(kek, key.box, user, KEY_ID, number)


def test_a_change_is_another_key_and_ends_the_old_passphrase() -> None:
    credential, key = new_person(KEYRING, USER, KEY_ID, 1, TYPED)

    changed = change_passphrase(KEYRING, credential, key.box, (KEY_ID, 1), (NEXT_ID, 2), TYPED, ANOTHER)
    assert changed is not None
    assert changed.former.private.raw == key.opened.private.raw
    assert changed.key.public != key.public
    assert sign_in(KEYRING, "zarina@umed.tj", TYPED, changed.credential) is None
    kek = sign_in(KEYRING, "zarina@umed.tj", ANOTHER, changed.credential)
    assert kek is not None
    assert open_box(kek, changed.key.box, USER, NEXT_ID, 2).private.raw == changed.key.opened.private.raw
    old_kek = sign_in(KEYRING, "zarina@umed.tj", TYPED, credential)
    assert old_kek is not None
    with pytest.raises(Sealed):
        open_box(old_kek, changed.key.box, USER, NEXT_ID, 2)


def test_a_change_needs_the_old_passphrase() -> None:
    credential, key = new_person(KEYRING, USER, KEY_ID, 1, TYPED)
    wrong = change_passphrase(KEYRING, credential, key.box, (KEY_ID, 1), (NEXT_ID, 2), "not hers at all", ANOTHER)
    assert wrong is None


def test_what_was_stretched_ahead_is_not_stretched_again(monkeypatch: pytest.MonkeyPatch) -> None:
    stretched: list[bytes] = []
    real = person.bindings.crypto_pwhash_alg
    monkeypatch.setattr(
        person.bindings, "crypto_pwhash_alg", lambda *values: (stretched.append(values[1]), real(*values))[1]
    )
    credential, _key = new_person(KEYRING, USER, KEY_ID, 1, TYPED)
    person.stretch_new(KEYRING, ANOTHER)
    assert len(stretched) == 1, "outside, nothing is kept and nothing is made ahead"
    with person.ahead():
        assert sign_in(KEYRING, "", TYPED, credential) is not None
        assert sign_in(KEYRING, "", TYPED, credential) is not None
        person.stretch_new(KEYRING, ANOTHER)
        one, _kek = set_passphrase(KEYRING, USER, ANOTHER)
        assert len(stretched) == 3
        other, _kek = set_passphrase(KEYRING, USER, ANOTHER)
        assert one.salt != other.salt, "a salt is used once"
        assert len(stretched) == 4
    assert sign_in(KEYRING, "", ANOTHER, one) is not None
    assert len(stretched) == 5, "and is forgotten with the request"


# Floors -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("world", ["demo", "test"])
def test_production_refuses_the_credentials_of_the_demo_and_of_tests(world: str) -> None:
    credential, _ = set_passphrase(Keyring.fresh(world), USER, TYPED)
    with pytest.raises(BelowFloor):
        sign_in(Keyring.fresh("real"), "zarina@umed.tj", TYPED, credential)


@pytest.mark.parametrize(
    "change",
    [{"ops": 2}, {"memory": 64 * 1024 * 1024 - 1}, {"ops": 17}, {"memory": 2**31}, {"ops": 0}],
)
def test_parameters_below_the_floor_or_absurd_are_refused_before_any_work(
    change: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    good = person.Credential(USER, bytes(16), *STRETCHING["real"], login=bytes(32))
    monkeypatch.setattr(person.bindings, "crypto_pwhash_alg", lambda *_: pytest.fail("worked"))
    with pytest.raises(BelowFloor):
        sign_in(Keyring.fresh("real"), "zarina@umed.tj", TYPED, replace(good, **change))


@pytest.mark.parametrize("change", [{"salt": b"\0"}, {"salt": bytes(32)}, {"login": b"\0"}, {"login": bytes(33)}])
def test_a_salt_or_hash_of_no_length_of_ours_is_a_changed_row(
    change: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    good = person.Credential(USER, bytes(16), *STRETCHING["real"], login=bytes(32))
    monkeypatch.setattr(person.bindings, "crypto_pwhash_alg", lambda *_: pytest.fail("worked"))
    with pytest.raises(Untrusted) as told:
        sign_in(Keyring.fresh("real"), "zarina@umed.tj", TYPED, replace(good, **change))
    assert (told.value.what, told.value.row) == ("credential", USER)


# An e-mail nobody has -----------------------------------------------------------------------------------------------


class Counted:
    """Counts the work of a sign-in: each stretch with its cost, each hash and comparison."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.work: list[Any] = []
        stretch, peppered, same = person.bindings.crypto_pwhash_alg, Keyring.peppered, person.raw.same

        def counted_stretch(size: int, text: bytes, salt: bytes, ops: int, memory: int, alg: int) -> bytes:
            self.work.append(("stretch", size, len(salt), ops, memory, alg))
            return stretch(size, text, salt, ops, memory, alg)

        def counted_hash(keyring: Keyring, data: bytes, **how: Any) -> bytes:
            if "salt" in how:
                self.work.append(("hash", len(data), how["person"]))
            return peppered(keyring, data, **how)

        def counted_same(one: bytes, other: bytes) -> bool:
            self.work.append(("compare", len(one), len(other)))
            return same(one, other)

        monkeypatch.setattr(person.bindings, "crypto_pwhash_alg", counted_stretch)
        monkeypatch.setattr(Keyring, "peppered", counted_hash)
        monkeypatch.setattr(person.raw, "same", counted_same)

    def taken(self) -> list[Any]:
        """The work since the last time, without the one cheap hash that finds nobody's salt."""
        work, self.work = self.work, []
        return work


def test_an_unknown_e_mail_costs_the_same_work_as_a_wrong_passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    credential, _ = set_passphrase(KEYRING, USER, TYPED)
    counted = Counted(monkeypatch)

    assert sign_in(KEYRING, "zarina@umed.tj", "wrong passphrase", credential) is None
    wrong = counted.taken()
    assert sign_in(KEYRING, "nobody@umed.tj", "wrong passphrase", None) is None
    unknown = counted.taken()
    assert sign_in(KEYRING, "zarina@umed.tj", TYPED, credential) is not None
    right = counted.taken()

    assert [step[0] for step in wrong] == ["stretch", "hash", "compare", "hash"]
    assert wrong == unknown == right


@given(email=st.emails(), typed=st.text(max_size=30))
def test_nobody_never_signs_in_and_always_has_the_same_salt(email: str, typed: str) -> None:
    assert sign_in(KEYRING, email, typed, None) is None
    assert person._nobody(KEYRING, email) == person._nobody(KEYRING, email)
    assert person._nobody(KEYRING, email).salt != person._nobody(KEYRING, email + "x").salt


def test_only_two_stretch_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A third sign-in waits until one of the two is done."""
    inside, leave = threading.Semaphore(0), threading.Event()
    now, most = [0], [0]
    count = threading.Lock()

    def slow(*_: object) -> bytes:
        with count:
            now[0] += 1
            most[0] = max(most[0], now[0])
        inside.release()
        assert leave.wait(10)
        with count:
            now[0] -= 1
        return bytes(64)

    monkeypatch.setattr(person.bindings, "crypto_pwhash_alg", slow)
    threads = [threading.Thread(target=set_passphrase, args=(KEYRING, USER, TYPED)) for _ in range(5)]
    for thread in threads:
        thread.start()
    assert inside.acquire(timeout=10)
    assert inside.acquire(timeout=10)
    assert not inside.acquire(timeout=0.05)
    leave.set()
    for thread in threads:
        thread.join(10)
    assert most == [2]


def test_rows_do_not_print_what_they_keep() -> None:
    credential, key = new_person(KEYRING, USER, KEY_ID, 1, TYPED)
    shown = repr(credential) + repr(key)
    for hidden in (credential.salt, credential.login, key.box, key.opened.private.raw):
        assert repr(hidden) not in shown
