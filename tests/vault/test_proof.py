"""Proofs, byte by byte: Python and the database say the same, and nothing of the keyring lies in the database."""

from __future__ import annotations

import hashlib
import random
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction

from hamkori.canon import canon
from hamkori.vault import proof
from hamkori.vault.bytes import Sealed, Untrusted
from hamkori.vault.keyring import Keyring
from tests import doors
from tests.database import god

LISTS = 500


def a_list(chance: random.Random) -> list[str | None]:
    """Texts that could be taken for one another: empty, absent, with separators, long, of many letters."""
    letters = "ab|,\\'\"\n\t ғӣқ漢🜁" + chr(127)
    texts = [None, "", "|", "hk2", *("".join(chance.choices(letters, k=chance.randrange(300))) for _ in range(3))]
    return [chance.choice(texts) for _ in range(chance.randrange(7))]


@pytest.mark.django_db
def test_python_and_the_database_encode_alike() -> None:
    chance, differ = random.Random(6), []
    with god(), connection.cursor() as cursor:
        for number in range(LISTS):
            kind, parts = f"kind{number % 7}", a_list(chance)
            cursor.execute("select hk_canon(%s, variadic %s::text[])", [kind, parts])
            if bytes(cursor.fetchone()[0]) != canon(kind, *parts):
                differ.append(parts)
    assert not differ


@pytest.mark.django_db
def test_the_database_knows_a_proof_by_its_halves() -> None:
    ring = doors.house()
    written = (UUID(int=7), b"\x00\xff", 12, "a text, ғӣқ", "", None, ["b", "a"], [])
    said = (str(UUID(int=7)), "00ff", "12", "a text, ғӣқ", "", None)
    at, shown = proof.prove(ring, "act", *written)
    ask = "select proved(%s, %s, 'act', variadic %s::text[] || hk_list(%s) || hk_list(%s))"
    with god(), connection.cursor() as cursor:

        def holds(moment: int, said: tuple[str | None, ...], shown: bytes | None) -> object:
            cursor.execute(ask, [shown, moment, list(said), ["b", "a"], []])
            return cursor.fetchone()[0]

        assert holds(at, said, shown) is True
        assert holds(at + 1, said, shown) is False
        assert holds(at, (*said[:-1], ""), shown) is False, "nothing is not empty"
        assert holds(at, said, shown[:-1] + bytes([shown[-1] ^ 1])) is False
        assert holds(at, said, None) is False
        old = at - 61_000_000
        number, salt = _row(cursor)
        assert holds(old, said, proof.proof(proof.key_for(ring, number, salt), old, "act", *written)) is False


@pytest.mark.django_db
def test_a_database_without_what_proofs_are_compared_with_is_asked_nothing() -> None:
    with god(), connection.cursor() as cursor:
        cursor.execute("delete from session_proof where %s", [True])
    with pytest.raises(Untrusted):
        proof.prove(doors.house(), "act")


@pytest.mark.django_db
def test_a_version_that_the_keyring_lacks_is_a_changed_row() -> None:
    with god(), connection.cursor() as cursor:
        cursor.execute("update session_proof set no = 40000 where %s", [True])
    with pytest.raises(Untrusted, match="proof session_proof"):
        proof.prove(doors.house(), "act")


@pytest.mark.django_db
def test_the_refusal_of_a_proof_is_told_from_every_other() -> None:
    for statement, is_ours in (("select knock('x', 1, '')", True), ("select 1 / 0", False)):
        with pytest.raises(DatabaseError) as caught, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
        assert proof.is_refused(caught.value) == is_ours


def test_the_halves_are_those_of_hmac_and_tell_no_key() -> None:
    ring = Keyring.fresh("test")
    key = proof.key_for(ring, 1, b"s" * 16)
    inner, outer = proof.halves(key)
    said = canon("act", "5", "x")
    assert proof.proof(key, 5, "act", "x") == hashlib.sha256(outer + hashlib.sha256(inner + said).digest()).digest()
    assert ring.proof_key() not in (inner, outer, key)


def test_another_salt_version_or_keyring_is_another_key() -> None:
    ring, other = Keyring.fresh("test"), Keyring.fresh("test")
    rotated = ring.with_next("proof")
    keys = {
        proof.key_for(ring, 1, b"s" * 16),
        proof.key_for(ring, 1, b"t" * 16),
        proof.key_for(other, 1, b"s" * 16),
        proof.key_for(rotated, 2, b"s" * 16),
    }
    assert len(keys) == 4
    assert proof.key_for(rotated, 1, b"s" * 16) in keys, "an old version goes on until nothing uses it"
    with pytest.raises(Sealed):
        proof.key_for(ring, 2, b"s" * 16)


def _row(cursor: object) -> tuple[int, bytes]:
    cursor.execute("select no, salt from proof_now()")  # type: ignore[attr-defined]
    number, salt = cursor.fetchone()  # type: ignore[attr-defined]
    return number, bytes(salt)


@pytest.mark.parametrize("size", [0, 1, 15, 17, 32])
def test_a_salt_of_another_length_is_none_of_ours(size: int) -> None:
    with pytest.raises(Sealed):
        proof.key_for(Keyring.fresh("test"), 1, b"s" * size)
