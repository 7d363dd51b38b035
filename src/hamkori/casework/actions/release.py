"""Turning the release key: a new epoch, every live seal locked anew, the old key destroyed.

No person acts and nobody's passphrase is needed: the outer lock is the server's. Whoever runs this holds the keyring
file, and each step shows that to the database. Killed at any point, the next run goes on from there.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from hamkori.people.definers import as_meant
from hamkori.vault import keyring_file as files
from hamkori.vault.keyring import Keyring
from hamkori.vault.packet import Seal, relock
from hamkori.vault.proof import prove

BATCH = 500

STEPS = {
    "release.begin": "select release_begin(%(epoch)s, %(at)s, %(proof)s)",
    "release.old": "select * from release_old(%(epoch)s, %(content)s::int, %(at)s, %(proof)s)",
    "release.lock_anew": "select release_lock_anew(%(epoch)s, %(content)s, %(at)s, %(proof)s)",
    "release.destroyed": "select release_destroyed(%(epoch)s, %(at)s, %(proof)s)",
}


@dataclass(frozen=True)
class Turned:
    """What a run did: the epoch that new seals are made under, how many were locked anew, which keys are gone."""

    epoch: int
    locked_anew: int
    destroyed: tuple[int, ...]


def turn(path: Path, say: Callable[[str], None] = lambda _sentence: None) -> Turned:
    """Begin the next epoch, unless a former run broke off within one, and finish it. KeyringRefused: see the file."""
    ring = files.load(path)
    if len(ring.release_epochs) == 1:
        ring = files.begin(path, "release")
    epoch = ring.release_epoch
    with transaction.atomic():
        _ask(ring, "release.begin", epoch)
    say(f"New locks are made under epoch {epoch}.")
    locked = _lock_all_anew(ring, epoch, say)
    gone = []
    for older in ring.release_epochs[:-1]:
        ring = files.forget(path, "release", older)
        gone.append(older)
    for older in sorted({*gone, *_not_yet_told(ring)}):
        with transaction.atomic():
            _ask(ring, "release.destroyed", older)
    return Turned(epoch, locked, tuple(gone))


def _lock_all_anew(ring: Keyring, epoch: int, say: Callable[[str], None]) -> int:
    locked = 0
    while True:
        with transaction.atomic():
            old = _ask(ring, "release.old", epoch, str(BATCH))
            if not old:
                return locked
            made = {}
            for seal_id, referral, packet_no, section, recipient, under, data in old:
                anew = relock(ring, referral, packet_no, Seal(section, recipient, under, bytes(data)))
                made[str(seal_id)] = anew.data.hex()
            _ask(ring, "release.lock_anew", epoch, json.dumps(made))
        locked += len(old)
        say(f"{locked} locked anew.")


def _not_yet_told(ring: Keyring) -> set[int]:
    """Epochs whose key is gone from the file, and whose row does not say so: a run was killed between the two."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select number from release_epoch where destroyed_at is null and number < %s", [ring.release_epoch]
        )
        return {number for (number,) in cursor.fetchall()} - set(ring.release_epochs)


def _ask(ring: Keyring, step: str, epoch: int, content: str = "") -> list[tuple[Any, ...]]:
    """One definer, with the proof that the keyring's holder asks: for this step, epoch and content, now."""
    at, proof = prove(ring, step, epoch, content)
    values: dict[str, int | str | bytes] = {"epoch": epoch, "content": content, "at": at, "proof": proof}
    with as_meant(), connection.cursor() as cursor:
        cursor.execute(STEPS[step], values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found
