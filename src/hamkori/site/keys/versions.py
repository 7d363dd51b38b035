"""Where each key of the keyring is used, by version: what is counted, and what can be done again under the newest.

Read and written with the owner's login, by whoever may read keyring and marks. What does not hold is neither counted
nor done again: turning a key believes nothing that was not believed before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from hamkori import definer
from hamkori.access.context import ABSOLUTE
from hamkori.casework.referral.queries import permit
from hamkori.people import totp
from hamkori.site.database import world
from hamkori.site.tags.tagged import BATCH, TURNED, Kind, Row
from hamkori.vault import bytes as raw
from hamkori.vault import proof
from hamkori.vault.bytes import Untrusted
from hamkori.vault.keyring import VERSION_BYTES
from hamkori.vault.trust import Trust

Counts = dict[str, Counter[int]]
"""What lies under a key, in a word or two; then how many of it under which version."""


@dataclass(frozen=True)
class Key:
    """One key: what is counted, what is done again, and why the rest waits.

    `left`: what does not hold, and is neither counted nor done again. `lasts`: how long an old version waits for what
    nobody can prove (forms, sessions, proofs on their way), from the beginning of the next, by this machine's clock.
    Rows of such things are not counted: whoever owns them could keep a key for ever, or have it forgotten too early.
    """

    count: Callable[[Trust], Counts]
    renew: Callable[[Trust], int]
    waits: str
    lasts: timedelta = timedelta(0)
    left: Callable[[Trust], list[Untrusted]] = lambda _trust: []


# Tags ---------------------------------------------------------------------------------------------------------------


def _tagged(trust: Trust) -> Iterator[tuple[Kind, Row]]:
    """Every row whose tag holds: that counts, is shown as vouched for, or under which something is still opened."""
    for kind in TURNED:
        for row in kind.read():
            if kind.is_ours(row, trust):
                yield kind, row
        for row in kind.read_closed():
            if trust.keyring.tag_holds(row.fact.covered, row.tag):
                yield kind, row


def _tags_that_do_not_hold(trust: Trust) -> list[Untrusted]:
    """Rows whose tag is none of ours. What is only below its mark is older on purpose, and stays behind for good."""
    found: list[Untrusted] = []
    for kind in TURNED:
        today = (row for row in kind.read() if row.fact.number >= trust.marks.least(row.fact.kind, row.fact.thing))
        found += [
            Untrusted(row.fact.kind, row.fact.thing)
            for row in (*today, *kind.read_closed())
            if not trust.keyring.tag_holds(row.fact.covered, row.tag)
        ]
    return found


def _version(tag: bytes) -> int:
    return int.from_bytes(tag[:VERSION_BYTES], "big")


def _count_tags(trust: Trust) -> Counts:
    found: Counts = {kind.name: Counter() for kind in TURNED}
    for kind, row in _tagged(trust):
        found[kind.name][_version(row.tag)] += 1
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


def _locks(trust: Trust) -> Iterator[Locked | Untrusted]:
    """Everything that is kept locked; Untrusted: it does not open."""
    yield from _seeds(trust)
    yield from _permits(trust)


def _kept(trust: Trust) -> Iterator[Locked]:
    return (one for one in _locks(trust) if isinstance(one, Locked))


def _locks_that_do_not_open(trust: Trust) -> list[Untrusted]:
    return [one for one in _locks(trust) if isinstance(one, Untrusted)]


def _seeds(trust: Trust) -> Iterator[Locked | Untrusted]:
    for row_id, user, row_type, said in definer.each("select id, user_id, type, data from mfa_authenticator"):
        data = totp.data_of(said)
        if not totp.number_of(trust.keyring, user, row_type, data):
            yield Untrusted("factor", totp.thing(user, totp.KINDS.get(row_type, ("other", ""))[0]))
            continue
        former = str(data[totp.KINDS[row_type][1]])

        def anew(row_id: int = row_id, user: UUID = user, row_type: str = row_type, former: str = former) -> bool:
            name, locked = totp.KINDS[row_type][1], totp.locked_anew(trust.keyring, user, former)
            put = (
                "update mfa_authenticator set data = jsonb_set(data, %s, to_jsonb(%s::text))"
                " where id = %s and data ->> %s = %s"
            )
            return definer.write(put, [name], locked, row_id, name, former) == 1

        yield Locked("seeds of second factors", totp.version_of(former), anew)


def _permits(trust: Trust) -> Iterator[Locked | Untrusted]:
    for referral, said in definer.each("select referral_id, permit from referral_sender where permit is not null"):
        former = bytes(said)
        if trust.marks.least("permit", referral) >= permit.ENDED:
            continue
        if not permit.opens(trust.keyring, referral, former):
            yield Untrusted("permit", referral)
            continue

        def anew(referral: UUID = referral, former: bytes = former) -> bool:
            put = "update referral_sender set permit = %s where referral_id = %s and permit = %s"
            return definer.write(put, permit.locked_anew(trust.keyring, referral, former), referral, former) == 1

        yield Locked("permits of referrals", raw.epoch_of(former), anew)


def _count_kept(trust: Trust) -> Counts:
    found: Counts = {"seeds of second factors": Counter(), "permits of referrals": Counter()}
    for one in _kept(trust):
        found[one.of][one.version] += 1
    return found


def _lock_anew(trust: Trust) -> int:
    newest = trust.keyring.newest("kept")
    return _in_batches((one for one in _kept(trust) if one.version < newest), lambda one: one.anew())


# Passphrases, proofs, packets ---------------------------------------------------------------------------------------


SEEN, CLAIMED, MISSING = "passphrases", "passphrases not seen under what they claim", "people without a passphrase"


def _count_pepper(trust: Trust) -> Counts:
    """Everybody's, by the version under which it was seen at a sign-in, or an older one that its row says.

    A row that claims a newer one than was seen counts under the old, and so does a person whom the marks know and
    whose row is gone: either may be put back, and must find its pepper.
    """
    first = trust.keyring.versions("pepper")[0]
    rows: dict[UUID, int] = dict(definer.read("select user_id, pepper_no from credential"))
    known = {UUID(thing) for kind, thing in trust.marks.all() if kind == "key"}
    found: Counts = {SEEN: Counter(), CLAIMED: Counter(), MISSING: Counter()}
    for user in rows.keys() | known:
        seen, said = max(first, trust.marks.least("pepper", user)), rows.get(user)
        if said is None:
            found[MISSING][first] += 1
        elif said > seen:
            found[CLAIMED][seen] += 1
        else:
            found[SEEN][said] += 1
    return found


def _count_proof(trust: Trust) -> Counts:
    """None: a row here is nobody's word. The old key waits a moment for proofs that are on their way."""
    return {}


def _prove_anew(trust: Trust) -> int:
    """From now on definers compare with the newest; what they compared with before goes for a minute more."""
    with transaction.atomic():
        connection.ensure_connection()
        live = connection.connection.execute(
            "select no, salt, inner_half, outer_half from session_proof where ended_at is null"
        ).fetchall()
        if len(live) == 1 and _is_newest(trust, *live[0]):
            return 0
        world.renew_proof(connection.connection, trust.keyring)
    return 1


def _is_newest(trust: Trust, number: int, salt: bytes, inner: bytes, outer: bytes) -> bool:
    """Whether we wrote this, under the newest key: what it says of its version, its owner may have written."""
    newest = trust.keyring.newest("proof")
    if len(salt) != proof.SALT_BYTES:
        return False
    made = proof.halves(proof.key_for(trust.keyring, newest, bytes(salt)))
    return (number, bytes(inner), bytes(outer)) == (newest, *made)


def _count_release(trust: Trust) -> Counts:
    return {"seals of shared information": _by_version("select release_epoch, count(*) from packet_seal group by 1")}


def _nothing(trust: Trust) -> int:
    return 0


KEYS: dict[str, Key] = {
    "tag": Key(
        _count_tags, _tag_anew, "forms that were sent go on for a day", timedelta(days=1), _tags_that_do_not_hold
    ),
    "kept": Key(_count_kept, _lock_anew, "sessions run out within eight hours", ABSOLUTE, _locks_that_do_not_open),
    "pepper": Key(_count_pepper, _nothing, "each person's is renewed when they next sign in"),
    "proof": Key(
        _count_proof, _prove_anew, "the older one stays for two minutes, for proofs on their way", timedelta(minutes=2)
    ),
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


def _by_version(statement: str) -> Counter[int]:
    return Counter(dict(definer.read(statement)))
