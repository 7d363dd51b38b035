"""Where each key of the keyring is used, by version: what is counted, and what can be done again under the newest.

Read and written with the owner's login, by whoever may read keyring and marks. What does not hold is neither counted
nor done again: turning a key believes nothing that was not believed before.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from hamkori.casework.queries import permit
from hamkori.people import totp
from hamkori.site import world
from hamkori.site.tagged import BATCH, TURNED, Kind, Row
from hamkori.vault import bytes as raw
from hamkori.vault.keyring import VERSION_BYTES
from hamkori.vault.trust import Trust

Counts = dict[str, Counter[int]]
"""What lies under a key, in a word or two; then how many of it under which version."""

FORMS = "forms of the last day"
"""They can not be tagged again, since nobody keeps what they said. After a day nobody sends one twice."""


@dataclass(frozen=True)
class Key:
    """One key: what is counted, what is done again, and why the rest waits."""

    count: Callable[[Trust], Counts]
    renew: Callable[[Trust], int]
    waits: str


# Tags ---------------------------------------------------------------------------------------------------------------


def _tagged(trust: Trust) -> Iterator[tuple[Kind, Row]]:
    """Every row whose tag holds: those that count, and those under which something is still opened."""
    for kind in TURNED:
        for row in kind.read():
            if trust.holds(row.fact, row.tag):
                yield kind, row
        for row in kind.read_closed():
            if trust.keyring.tag_holds(row.fact.covered, row.tag):
                yield kind, row


def _version(tag: bytes) -> int:
    return int.from_bytes(tag[:VERSION_BYTES], "big")


def _count_tags(trust: Trust) -> Counts:
    found: Counts = {kind.name: Counter() for kind in TURNED}
    for kind, row in _tagged(trust):
        found[kind.name][_version(row.tag)] += 1
    found[FORMS] = _by_version(
        "select get_byte(form_tag, 0) * 256 + get_byte(form_tag, 1), count(*) from operation"
        " where octet_length(form_tag) > 2 and at > hk_now() - interval '1 day' group by 1"
    )
    return found


def _tag_anew(trust: Trust) -> int:
    newest = trust.keyring.newest("tag")
    old = ((kind, row) for kind, row in _tagged(trust) if _version(row.tag) < newest)
    return _in_batches(old, lambda one: one[0].tag_anew(one[1], trust.tag(one[1].fact)))


# What is kept locked ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Locked:
    """Something under a lock of the server: what it is, its version, and how it is locked again."""

    of: str
    version: int
    anew: Callable[[], bool]


def _kept(trust: Trust) -> Iterator[Locked]:
    yield from _seeds(trust)
    yield from _permits(trust)


def _seeds(trust: Trust) -> Iterator[Locked]:
    for row_id, user, row_type, said in _rows("select id, user_id, type, data from mfa_authenticator"):
        data = json.loads(said) if isinstance(said, str) else said
        if not totp.number_of(trust.keyring, user, row_type, data):
            continue
        former = str(data[totp.KINDS[row_type][1]])

        def anew(row_id: int = row_id, user: UUID = user, row_type: str = row_type, former: str = former) -> bool:
            name, locked = totp.KINDS[row_type][1], totp.locked_anew(trust.keyring, user, former)
            return _changed(
                "update mfa_authenticator set data = jsonb_set(data, %s, to_jsonb(%s::text))"
                " where id = %s and data ->> %s = %s",
                [[name], locked, row_id, name, former],
            )

        yield Locked("seeds of second factors", totp.version_of(former), anew)


def _permits(trust: Trust) -> Iterator[Locked]:
    for referral, said in _rows("select referral_id, permit from referral_sender where permit is not null"):
        former = bytes(said)
        if trust.marks.least("permit", referral) >= permit.ENDED or not permit.opens(trust.keyring, referral, former):
            continue

        def anew(referral: UUID = referral, former: bytes = former) -> bool:
            return _changed(
                "update referral_sender set permit = %s where referral_id = %s and permit = %s",
                [permit.locked_anew(trust.keyring, referral, former), referral, former],
            )

        yield Locked("permits of requests", raw.epoch_of(former), anew)


def _count_kept(trust: Trust) -> Counts:
    found: Counts = {"seeds of second factors": Counter(), "permits of requests": Counter()}
    for one in _kept(trust):
        found[one.of][one.version] += 1
    found["sessions"] = _by_version(
        "select get_byte(decode(substr(session_data, 5, 4), 'hex'), 0) * 256"
        " + get_byte(decode(substr(session_data, 5, 4), 'hex'), 1), count(*) from django_session"
        " where expire_date > statement_timestamp() and session_data ~ '^0101[0-9a-f]{4}' group by 1"
    )
    return found


def _lock_anew(trust: Trust) -> int:
    newest = trust.keyring.newest("kept")
    return _in_batches((one for one in _kept(trust) if one.version < newest), lambda one: one.anew())


# Passphrases, proofs, packets ---------------------------------------------------------------------------------------


def _count_pepper(trust: Trust) -> Counts:
    return {"passphrases": _by_version("select pepper_no, count(*) from credential group by 1")}


def _count_proof(trust: Trust) -> Counts:
    statement = (
        "select no, count(*) from session_proof"
        " where ended_at is null or ended_at > statement_timestamp() - interval '1 minute' group by 1"
    )
    return {"what proofs are compared with": _by_version(statement)}


def _prove_anew(trust: Trust) -> int:
    """From now on definers compare with the newest; what they compared with before goes for a minute more."""
    with transaction.atomic():
        connection.ensure_connection()
        live = connection.connection.execute("select no from session_proof where ended_at is null").fetchall()
        if live == [(trust.keyring.newest("proof"),)]:
            return 0
        world.renew_proof(connection.connection, trust.keyring)
    return 1


def _count_release(trust: Trust) -> Counts:
    return {"seals of packets": _by_version("select release_epoch, count(*) from packet_seal group by 1")}


def _nothing(trust: Trust) -> int:
    return 0


KEYS: dict[str, Key] = {
    "tag": Key(_count_tags, _tag_anew, "forms that were sent go on for a day"),
    "kept": Key(_count_kept, _lock_anew, "sessions run out within eight hours"),
    "pepper": Key(_count_pepper, _nothing, "each person's goes over when she next signs in"),
    "proof": Key(_count_proof, _prove_anew, "a proof goes for a minute"),
    "release": Key(_count_release, _nothing, "./hamkori keys rotate-release locks them anew"),
}


# The database -------------------------------------------------------------------------------------------------------


def _in_batches(found: Iterator[Any], do: Callable[[Any], bool]) -> int:
    """Does it to each, so many in a transaction; how many were done. Killed, the next run goes on with the others."""
    done = 0
    while batch := list(islice(found, BATCH)):
        with transaction.atomic():
            done += sum(do(one) for one in batch)
    return done


def _rows(statement: str) -> Iterator[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        while found := cursor.fetchmany(BATCH):
            yield from found


def _by_version(statement: str) -> Counter[int]:
    return Counter(dict(_rows(statement)))


def _changed(statement: str, values: list[Any]) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount) == 1
