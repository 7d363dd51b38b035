"""One cookie, two keys: rows by the token, text by the vault. Neither table alone opens anything."""

import hashlib
from uuid import UUID, uuid4

import pytest

from hamkori.access.context import token_hash
from hamkori.vault import session
from hamkori.vault.bytes import Sealed, Secret, unlock
from tests.vault.cast import somebody

SESSION, USER = UUID(int=7), UUID(int=8)


def cookie() -> Secret:
    v = session.read_cookie(session.new_cookie())
    assert v is not None
    return v


def test_cookies_are_new_each_time_and_read_back() -> None:
    first, second = session.new_cookie(), session.new_cookie()
    assert first != second
    assert len(first) == session.COOKIE_LENGTH
    assert session.read_cookie(first) is not None


@pytest.mark.parametrize("text", [None, "", "x", "a" * 42, "a" * 44, "ҳ" * 43, "!" * 43, "a" * 40 + "===", "=" * 43])
def test_any_other_cookie_is_no_cookie(text: str | None) -> None:
    assert session.read_cookie(text) is None


def test_the_table_keeps_only_the_hash_of_the_token() -> None:
    v = cookie()
    token = session.db_token(v)

    assert len(bytes.fromhex(token)) == 32
    assert bytes.fromhex(token) != v.raw
    assert token_hash(token) == hashlib.sha256(token.encode()).digest()
    assert session.db_token(cookie()) != token


def test_her_key_opens_with_her_cookie_in_her_session() -> None:
    zarina, v = somebody("Zarina").opened, cookie()
    locked = session.lock_session(v, SESSION, USER, 1, zarina)

    opened = session.open_session(v, SESSION, USER, zarina.id, 1, locked)
    assert (opened.id, opened.public, opened.private.raw) == (zarina.id, zarina.public, zarina.private.raw)


def test_nobody_elses_cookie_session_user_or_key_number_opens_it() -> None:
    zarina, v = somebody("Zarina").opened, cookie()
    locked = session.lock_session(v, SESSION, USER, 1, zarina)

    for attempt in (
        (cookie(), SESSION, USER, zarina.id, 1),
        (v, uuid4(), USER, zarina.id, 1),
        (v, SESSION, uuid4(), zarina.id, 1),
        (v, SESSION, USER, zarina.id, 2),
    ):
        with pytest.raises(Sealed):
            session.open_session(*attempt, locked)
    token_as_key = Secret(bytes.fromhex(session.db_token(v)))
    with pytest.raises(Sealed):
        session.open_session(token_as_key, SESSION, USER, zarina.id, 1, locked)


def test_between_passphrase_and_second_factor_the_key_waits_and_opens_no_live_session() -> None:
    zarina, v = somebody("Zarina").opened, cookie()
    waiting = session.lock_pending(v, SESSION, USER, 1, zarina)

    with pytest.raises(Sealed):
        session.open_session(v, SESSION, USER, zarina.id, 1, waiting)
    assert session.open_pending(v, SESSION, USER, zarina.id, 1, waiting).private.raw == zarina.private.raw
    live = session.lock_session(v, SESSION, USER, 1, zarina)
    with pytest.raises(Sealed):
        session.open_pending(v, SESSION, USER, zarina.id, 1, live)


def test_the_number_lies_under_the_lock() -> None:
    zarina, v = somebody("Zarina").opened, cookie()
    locked = session.lock_session(v, SESSION, USER, 1, zarina, 1)
    for changed in ((2).to_bytes(8, "big") + locked[8:], locked[8:], b""):
        with pytest.raises(Sealed):
            session.open_session(v, SESSION, USER, zarina.id, 1, changed)


def test_the_bytes_are_those_of_the_design() -> None:
    zarina, v = somebody("Zarina").opened, cookie()
    locked = session.lock_session(v, SESSION, USER, 3, zarina, 5)

    key = hashlib.blake2b(v.raw, digest_size=32, salt=SESSION.bytes, person=b"hk.session.v1").digest()
    context = f"hk1|session|{SESSION.hex}|{USER.hex}|3|5".encode()
    assert unlock(Secret(key), locked[8:], context) == zarina.private.raw
    assert session.number_of(locked) == 5
    assert session.db_token(v) == hashlib.blake2b(v.raw, digest_size=32, person=b"hk.token.v1").hexdigest()
