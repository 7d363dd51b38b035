"""Turning a key of the keyring while the pages serve: a new version, what can be done again, the old one forgotten.

As the owner of the database, and as the user who may write the keyring. The file is changed first, so that whoever
serves can read what is made under the new version before anything is; then the database refuses what is made under an
older one; then everything that holds is done again. An old version is forgotten when nothing that counts lies under it.
Killed at any point, the next run goes on from there and begins no further version.
See docs/design/keys-and-walls.md#the-keyring-and-its-versions.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.db import transaction

from hamkori import definer
from hamkori.action import mismatch
from hamkori.audit.ledger import LedgerRow, append
from hamkori.site.keys.versions import KEYS
from hamkori.vault import keyring_file, server
from hamkori.vault.bytes import Untrusted
from hamkori.vault.keyring import NAMES, Keyring
from hamkori.vault.trust import Trust

Say = Callable[[str], None]
PATIENCE = "10s"
"""How long the beginning waits for whoever writes something at this moment."""


BEGUN, LEFT = "version", "version_left"
"""The marks of a version: when it was begun, and when a run first left something behind that does not hold; in seconds
since 1970. What the database says of it is its owner's word."""
FOR_WHAT_IS_LEFT = timedelta(days=6)
"""So long the older version waits for what does not hold, which may be put right in that time (ADR 45, 46)."""


def clock() -> datetime:
    """This machine's."""
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class Turned:
    """What a run did: the newest version, how much was done again, what still waits and until when at least, which
    versions are gone. `foreign`: versions that the database named and the keyring never had. `left`: how many rows did
    not hold and were left behind.
    """

    number: int
    anew: int
    waits: dict[str, int]
    until: datetime | None
    forgotten: tuple[int, ...]
    foreign: tuple[int, ...]
    left: int


def turn(name: str, path: Path, say: Say = lambda _sentence: None) -> Turned:
    """Begin a version of this key, unless a former run has and is not finished, and go as far as can be gone now.

    KeyringRefused: see the file. OperationalError: something is written for so long that the beginning did not wait.
    """
    key, ring = KEYS[name], keyring_file.load(path)
    if len(ring.versions(name)) == 1:
        ring = keyring_file.begin(path, name)
    number = ring.newest(name)
    foreign = _begin(name, number)
    for one in foreign:
        mismatch(None, Untrusted(BEGUN, f"{name}.{one}"), "command.keys")
    trust = Trust(ring, server.marks(), server.alarms())
    until = _lasts_until(trust, name, number) if len(ring.versions(name)) > 1 else clock()
    say(f"{name}: everything new is made under version {number}.")
    anew = key.renew(trust)
    say(f"{name}: {anew} done again.")
    left = key.left(trust) if len(ring.versions(name)) > 1 else []
    for error in left:
        mismatch(None, error, "command.keys")
    if left:
        until = max(until, _since(trust, LEFT, f"{name}.{number}") + FOR_WHAT_IS_LEFT)
    waits = {of: _older(versions, number) for of, versions in key.count(trust).items() if _older(versions, number)}
    lasts = until > clock()
    forgotten = () if waits or lasts else _forget(name, path, ring)
    return Turned(
        number=number,
        anew=anew,
        waits=waits,
        until=until if lasts else None,
        forgotten=forgotten,
        foreign=foreign,
        left=len(left),
    )


def _lasts_until(trust: Trust, name: str, number: int) -> datetime:
    """Until when the version before this one is needed by what nobody can prove."""
    return _since(trust, BEGUN, f"{name}.{number}") + KEYS[name].lasts


def _since(trust: Trust, kind: str, thing: str) -> datetime:
    """When this was first so, by the mark that the first run leaves."""
    since = trust.marks.least(kind, thing) or int(clock().timestamp())
    trust.marks.raise_to(kind, thing, since)
    return datetime.fromtimestamp(since, UTC)


def _older(versions: dict[int, int], number: int) -> int:
    return sum(count for version, count in versions.items() if version < number)


def _begin(name: str, number: int) -> tuple[int, ...]:
    """From here on the database takes nothing that is made under an older version. Waits for whoever is writing.

    Versions above it, of which the keyring knows nothing, would stop every writing: they are answered with and gone.
    """
    with transaction.atomic():
        definer.run("set_config", "lock_timeout", PATIENCE, True)
        definer.write("lock table key_version in exclusive mode")
        found = definer.read(
            "delete from key_version where name_code = %s and number > %s returning number", name, number
        )
        foreign = tuple(sorted(one for (one,) in found))
        if definer.write(
            "insert into key_version (name_code, number, begun_at) values (%s, %s, statement_timestamp())"
            " on conflict do nothing",
            name, number,
        ):  # fmt: skip
            append(LedgerRow(action="key.begin", kind=name, count=number), system=True)
    return foreign


def _forget(name: str, path: Path, ring: Keyring) -> tuple[int, ...]:
    gone = tuple(ring.versions(name)[:-1])
    for number in gone:
        ring = keyring_file.forget(path, name, number)
    for number in sorted({*gone, *_not_yet_told(name, ring)}):
        with transaction.atomic():
            if definer.write(
                "insert into key_version (name_code, number, begun_at, forgotten_at)"
                " values (%s, %s, statement_timestamp(), statement_timestamp()) on conflict (name_code, number)"
                " do update set forgotten_at = excluded.forgotten_at where key_version.forgotten_at is null",
                name, number,
            ):  # fmt: skip
                append(LedgerRow(action="key.forget", kind=name, count=number), system=True)
    return gone


def _not_yet_told(name: str, ring: Keyring) -> set[int]:
    """Versions that are gone from the file, and whose row does not say so: a run was killed between the two."""
    unsaid = "select number from key_version where name_code = %s and forgotten_at is null and number < %s"
    return {number for (number,) in definer.read(unsaid, name, ring.newest(name))} - set(ring.versions(name))


def look(path: Path, say: Say) -> int:
    """Each key with its versions, what lies under which, and what still waits; how many keys wait."""
    ring, waiting = keyring_file.load(path), 0
    trust = Trust(ring, server.marks(), server.alarms())
    for name in (*NAMES, "release"):
        held = ring.release_epochs if name == "release" else ring.versions(name)
        newest = held[-1]
        say(f"{name}: version {newest}{_and_older(held)}")
        key = KEYS[name]
        for of, versions in key.count(trust).items():
            for version, count in sorted(versions.items()):
                say(f"  {count} {of} under {version}{_state(version, newest, held)}")
        if len(held) > 1:
            waiting += 1
            say(f"  Not finished: {key.waits}. Then once more: ./hamkori keys rotate {name}")
    return waiting


def _and_older(held: tuple[int, ...]) -> str:
    return f", and older: {', '.join(map(str, held[:-1]))}" if len(held) > 1 else ""


def _state(version: int, newest: int, held: tuple[int, ...]) -> str:
    if version == newest:
        return ""
    return ", to be done again" if version in held else ", which the keyring does not hold"
