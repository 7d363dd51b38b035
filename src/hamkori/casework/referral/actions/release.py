"""Turning the release key: a new epoch, every live seal locked anew, the old key destroyed.

No person acts and nobody's passphrase is needed: the outer lock is the server's. Whoever runs this holds the keyring
file, and each step shows that to the database. Killed at any point, the next run goes on from there.

A seal that does not open is left behind and told by its id. The key of its epoch waits for it for six days, by this
machine's clock and the marks, and no longer: whoever spoils a row decides nothing (ADR 45).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction

from hamkori import definer
from hamkori.action import mismatch
from hamkori.casework.referral.models import ReleaseEpoch
from hamkori.vault import bytes as raw
from hamkori.vault import keyring_file as files
from hamkori.vault import server
from hamkori.vault.bytes import Sealed, Untrusted
from hamkori.vault.keyring import Keyring
from hamkori.vault.packet import Seal, relock
from hamkori.vault.proof import as_meant, prove

PATIENCE = timedelta(days=6)
"""How long an old key waits for what did not open: with a weekly turn it is gone within a fortnight all the same."""

BEGUN, LEFT = "release", "release_left"
"""Marks of an epoch: when it began, and when a whole run first left something of it behind; in seconds since 1970."""

SEAL = "id referral_id packet_no section_code recipient_key_id release_epoch seal"
"""A seal that lies under an older epoch."""


@dataclass(kw_only=True)
class Turned:
    """What a run did. `shut`: seals that did not open, with the epochs that could mend them. `kept`: older epochs whose
    keys wait for those, and until when. `foreign`: epochs that the database named and the keyring never had.
    """

    epoch: int
    locked_anew: int = 0
    destroyed: tuple[int, ...] = ()
    shut: dict[UUID, set[int]] = field(default_factory=dict)
    kept: dict[int, datetime] = field(default_factory=dict)
    foreign: tuple[int, ...] = ()


def turn(path: Path, say: Callable[[str], None] = lambda _sentence: None) -> Turned:
    """Begin the next epoch, unless a former run broke off within one, and finish it. KeyringRefused: see the file."""
    ring = files.load(path)
    marks = server.marks()
    if all(marks.least(LEFT, str(older)) for older in ring.release_epochs[:-1]):
        ring = files.begin(path, "release")
    done = Turned(epoch=ring.release_epoch)
    with transaction.atomic():
        done.foreign = tuple(number for (number,) in _ask(ring, "release.begin", done.epoch))
    for number in done.foreign:
        mismatch(None, Untrusted("release", str(number)), "command.keys")
    if not marks.least(BEGUN, str(done.epoch)):
        marks.raise_to(BEGUN, str(done.epoch), _seconds(datetime.now(UTC)))
    say(f"New locks are made under epoch {done.epoch}.")
    _lock_all_anew(ring, done, say)
    _count_what_is_left(ring, done)
    for seal in done.shut:
        mismatch(None, Untrusted("seal", seal), "command.keys")
    ring = _destroy(path, ring, done)
    for older in sorted({*done.destroyed, *_not_yet_told(ring)}):
        with transaction.atomic():
            _ask(ring, "release.destroyed", older)
    return done


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def _lock_all_anew(ring: Keyring, done: Turned, say: Callable[[str], None]) -> None:
    after = ""
    while True:
        with transaction.atomic():
            old = _ask(ring, "release.old", done.epoch, after, columns=SEAL)
            if not old:
                return
            made = {}
            for row in old:
                anew = _locked_anew(ring, row)
                if anew is None:
                    done.shut[row[0]] = _named(row)
                else:
                    made[str(row[0])] = anew.hex()
            _ask(ring, "release.lock_anew", done.epoch, json.dumps(made))
        after = str(old[-1][0])
        done.locked_anew += len(made)
        say(f"{done.locked_anew} locked anew.")


def _count_what_is_left(ring: Keyring, done: Turned) -> None:
    """Everything that did not come over, asked once more: no key is destroyed while something unnamed lies under it."""
    after = ""
    while True:
        with transaction.atomic():
            left = _ask(ring, "release.old", done.epoch, after, columns=SEAL)
        if not left:
            return
        for row in left:
            done.shut.setdefault(row[0], set()).update(_named(row))
        after = str(left[-1][0])


def _locked_anew(ring: Keyring, row: Sequence[Any]) -> bytes | None:
    """None: it does not open, because it was changed, moved, or put back from the time of a key that is gone."""
    _id, referral, packet_no, section, recipient, under, data = row
    try:
        return relock(ring, referral, packet_no, Seal(section, recipient, under, bytes(data))).data
    except Sealed:
        return None


def _named(row: Sequence[Any]) -> set[int]:
    """The epochs under which this seal could have been made: what its column says, and what its bytes say."""
    *_place, under, data = row
    named = {int(under)}
    with suppress(Sealed):
        named.add(raw.epoch_of(bytes(data)))
    return named


def _destroy(path: Path, ring: Keyring, done: Turned) -> Keyring:
    """Every older key but those that still wait for a seal; the file without the others."""
    now, needed = datetime.now(UTC), {epoch for named in done.shut.values() for epoch in named}
    for older in ring.release_epochs[:-1]:
        until = _waits_until(older, now) if older in needed else now
        if until > now:
            done.kept[older] = until
        else:
            ring = files.forget(path, "release", older)
            done.destroyed += (older,)
    return ring


def _waits_until(epoch: int, now: datetime) -> datetime:
    """Six days from when something of it was first left behind: the marks say it, not the database."""
    since = server.marks().least(LEFT, str(epoch)) or _seconds(now)
    server.marks().raise_to(LEFT, str(epoch), since)
    return datetime.fromtimestamp(since, UTC) + PATIENCE


def _not_yet_told(ring: Keyring) -> set[int]:
    """Epochs whose key is gone from the file, and whose row does not say so: a run was killed between the two."""
    unsaid = ReleaseEpoch.objects.filter(destroyed_at=None, number__lt=ring.release_epoch)
    return set(unsaid.values_list("number", flat=True)) - set(ring.release_epochs)


def _ask(ring: Keyring, step: str, epoch: int, *content: str, columns: str = "") -> list[definer.Row]:
    """One definer, with the proof that the keyring's holder asks: for this step, epoch and content, now."""
    name = step.replace(".", "_")
    said = [epoch, *(one or None for one in content)]
    proved = prove(ring, step, epoch, "".join(content))
    with as_meant():
        return definer.rows(name, *said, *proved, columns=columns or name)
