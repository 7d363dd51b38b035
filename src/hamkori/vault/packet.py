"""A packet: the agreed sections, each under a fresh key, and each key under two locks.

Inner box: to a person or a desk, needs a passphrase. Outer lock: the keyring's release key, taken off by the server
only after it asked whether the referral is live and consent holds. Who may hold which section is decided in
casework/consent/rules/packet.py; here each worker comes with their sections.
See docs/design/keys-and-walls.md#shared-information-two-locks.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, cast
from uuid import UUID

from hamkori.vault import bytes as raw
from hamkori.vault.bytes import OpenKey, Sealed, Secret
from hamkori.vault.keyring import Keyring
from hamkori.vault.recipients import CONTINUITY, DESK, BodyKey, PersonKey, require_body, require_trusted

MEETING = "meeting"
RESULT = "result"


class Route(NamedTuple):
    """From whom to whom, for what, and under which consent. A body sealed for one route opens in no other."""

    referral: UUID
    packet_no: int
    from_org: UUID
    to_desk: UUID
    purpose: str
    consent: UUID

    def context(self, section: str) -> bytes:
        """The place of one section's body."""
        return raw.packet_context(self.referral, self.packet_no, section, *self[2:])


class MeetingRoute(NamedTuple):
    """The other direction: the receiving desk tells the sender's people hour, place and whom to ask for; or the sender
    tells that desk what they agreed by telephone. Which of the two it was is bound as well.
    """

    referral: UUID
    packet_no: int
    from_desk: UUID
    to_org: UUID

    def context(self, section: str) -> bytes:
        """The place of the line."""
        return _only(MEETING, section, raw.meeting_context(*self))


class ResultRoute(NamedTuple):
    """The same direction once help has ended: a note for the team of the sender's case, and of no other case."""

    referral: UUID
    packet_no: int
    from_desk: UUID
    to_org: UUID
    case: UUID

    def context(self, section: str) -> bytes:
        """The place of the note."""
        return _only(RESULT, section, raw.result_context(*self))


def _only(has: str, section: str, place: bytes) -> bytes:
    """The place of a body whose route has one section; any other is Sealed."""
    if section != has:
        raise Sealed
    return place


AnyRoute = Route | MeetingRoute | ResultRoute


class Worker(NamedTuple):
    """A named worker of the receiving team and the sections (`text` among them) that their function may hold."""

    key: PersonKey
    sections: frozenset[str]


@dataclass(frozen=True)
class Seal:
    """A row of packet_seal: one section's key for one key row, under both locks."""

    section: str
    recipient: UUID
    release_epoch: int
    data: bytes = field(repr=False)


@dataclass(frozen=True)
class Built:
    """What packet_body gets (section -> body) and what packet_seal gets. The keys are already forgotten."""

    bodies: dict[str, bytes] = field(repr=False)
    seals: tuple[Seal, ...]


Sections = Mapping[str, Mapping[str, object]]


def build(keyring: Keyring, route: Route, sections: Sections, desk: BodyKey) -> Built:
    """Send: bodies, and one seal per section to the desk. Untrusted: not the tagged key of this very desk."""
    require_body(keyring, desk, route.to_desk, DESK)
    bodies, keys = _lock_bodies(route, sections)
    return Built(bodies, tuple(_seal(keyring, route, section, key, desk) for section, key in keys.items()))


def seal_on(
    keyring: Keyring, route: Route, keys: Mapping[str, Secret], workers: Iterable[Worker], continuity: BodyKey
) -> tuple[Seal, ...]:
    """Accept: each key to the named workers whose function may hold it, and all to the receiver's continuity key.

    Untrusted: any of the keys has no valid tag, or the continuity key is another body's. Then nothing is sealed.
    """
    require_body(keyring, continuity, route.to_desk, CONTINUITY)
    named = [seal for worker in workers for seal in hand_on(keyring, route, keys, worker)]
    return (*named, *(_seal(keyring, route, section, key, continuity) for section, key in keys.items()))


def hand_on(keyring: Keyring, route: AnyRoute, keys: Mapping[str, Secret], worker: Worker) -> tuple[Seal, ...]:
    """A member of the receiving team seals their own keys on to one more colleague."""
    require_trusted(keyring, worker.key)
    return tuple(
        _seal(keyring, route, section, key, worker.key) for section, key in keys.items() if section in worker.sections
    )


def add(keyring: Keyring, route: Route, sections: Sections, workers: Iterable[Worker], continuity: BodyKey) -> Built:
    """Another packet of an accepted referral, sealed straight to the team."""
    bodies, keys = _lock_bodies(route, sections)
    return Built(bodies, seal_on(keyring, route, keys, workers, continuity))


def write_meeting(
    keyring: Keyring,
    route: MeetingRoute,
    line: Mapping[str, object],
    readers: Iterable[PersonKey],
    desk: BodyKey | None = None,
) -> Built:
    """The meeting line, for the sender's people who hold contact and those who meet her. Read it with `read`.

    `desk`: of the organisation that it goes to, which has named nobody yet. Untrusted: not the tagged key of this one.
    """
    if desk is None:
        return _write_back(keyring, route, MEETING, line, readers)
    require_body(keyring, desk, route.to_org, DESK)
    return _write_back(keyring, route, MEETING, line, readers, desk)


def write_result(
    keyring: Keyring, route: ResultRoute, note: Mapping[str, object], readers: Iterable[PersonKey]
) -> Built:
    """The note of a result, for each of the sender's team who holds needs. Read it with `read`."""
    return _write_back(keyring, route, RESULT, note, readers)


def _write_back(
    keyring: Keyring,
    route: MeetingRoute | ResultRoute,
    section: str,
    fields: Mapping[str, object],
    readers: Iterable[PersonKey],
    *desks: BodyKey,
) -> Built:
    bodies, keys = _lock_bodies(route, {section: fields})
    seals = [_seal(keyring, route, section, keys[section], desk) for desk in desks]
    for reader in readers:
        require_trusted(keyring, reader)
        seals.append(_seal(keyring, route, section, keys[section], reader))
    return Built(bodies, tuple(seals))


def open_seal(keyring: Keyring, holder: OpenKey, route: AnyRoute, seal: Seal) -> Secret:
    """A section's key: outer lock, then inner box. Ask first whether the referral is live and consent holds.

    Sealed: another holder, referral, packet, section, or a release epoch that was destroyed.
    """
    place = (route.referral, route.packet_no, seal.section, holder.id)
    outer = raw.release_context(*place, raw.epoch_of(seal.data))
    return raw.open_seal(holder, keyring.unlock_release(seal.data, outer), raw.packetwrap_context(*place))


def open_body(route: AnyRoute, section: str, key: Secret, body: bytes) -> dict[str, Any]:
    """The fields of one section. Another route, consent, purpose or section: Sealed."""
    return cast(dict[str, Any], json.loads(raw.unlock(key, body, route.context(section))))


def read(keyring: Keyring, holder: OpenKey, route: AnyRoute, seal: Seal, body: bytes) -> dict[str, Any]:
    """One section for one reader, as each reading goes: both locks, then the body."""
    return open_body(route, seal.section, open_seal(keyring, holder, route, seal), body)


def relock(keyring: Keyring, referral: UUID, packet_no: int, seal: Seal) -> Seal:
    """The same seal under the newest release epoch; needs nobody's passphrase and shows no text."""
    place = (referral, packet_no, seal.section, seal.recipient)
    inner = keyring.unlock_release(seal.data, raw.release_context(*place, raw.epoch_of(seal.data)))
    return _outer(keyring, *place, inner)


def seal_anew(
    keyring: Keyring, holder: OpenKey, place: tuple[UUID, int, str], data: bytes, to: PersonKey
) -> tuple[int, bytes]:  # fmt: skip
    """The same seal for the holder's next key, under the newest release epoch; shows no text.

    `place`: referral, number of the packet, section. Nothing is asked here: whoever may read is asked at each reading.
    Sealed: not this holder's, or of a release epoch that was destroyed.
    """
    outer = raw.release_context(*place, holder.id, raw.epoch_of(data))
    inner = keyring.unlock_release(data, outer)
    key = raw.open_seal(holder, inner, raw.packetwrap_context(*place, holder.id))
    epoch = keyring.release_epoch
    anew = raw.seal(to.public, key, raw.packetwrap_context(*place, to.id))
    return epoch, keyring.lock_release(anew, raw.release_context(*place, to.id, epoch))


def _lock_bodies(route: AnyRoute, sections: Sections) -> tuple[dict[str, bytes], dict[str, Secret]]:
    keys = {section: Secret.new() for section in sections}
    bodies = {
        section: raw.lock(keys[section], _json(fields), route.context(section)) for section, fields in sections.items()
    }
    return bodies, keys


def _json(fields: Mapping[str, object]) -> bytes:
    return json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _seal(keyring: Keyring, route: AnyRoute, section: str, key: Secret, to: PersonKey | BodyKey) -> Seal:
    inner = raw.seal(to.public, key, raw.packetwrap_context(route.referral, route.packet_no, section, to.id))
    return _outer(keyring, route.referral, route.packet_no, section, to.id, inner)


def _outer(keyring: Keyring, referral: UUID, packet_no: int, section: str, recipient: UUID, inner: bytes) -> Seal:
    epoch = keyring.release_epoch
    place = raw.release_context(referral, packet_no, section, recipient, epoch)
    return Seal(section, recipient, epoch, keyring.lock_release(inner, place))
