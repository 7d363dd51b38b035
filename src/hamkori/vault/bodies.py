"""Keys of a body: the desk's, which opens packets, and continuity, which opens a case when its people are gone.

The private half is sealed to desk officers one by one, and to custodians only in pairs, an envelope within an
envelope: two custodians are needed, whichever of them begins. `body_key_wrap` stores these wraps.
See docs/design/keys-and-walls.md#keys-of-an-organisation.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import permutations
from uuid import UUID

from hamkori.vault import bytes as raw
from hamkori.vault.bytes import OpenKey, Sealed, Secret
from hamkori.vault.keyring import Keyring
from hamkori.vault.recipients import (
    CONTINUITY,
    DESK,
    BodyKey,
    PersonKey,
    TeamRow,
    require_body,
    require_trusted,
    tag_body,
)
from hamkori.vault.sections import Epoch, Held, hand_over
from hamkori.vault.trust import Trust


@dataclass(frozen=True)
class BodyWrap:
    """A row of body_key_wrap. `inner` None: a seal to one officer; else a pair, `recipient` opens it first."""

    recipient: UUID
    inner: UUID | None
    wrap: bytes = field(repr=False)


@dataclass(frozen=True)
class NewBodyKey:
    """What body_key and body_key_wrap get, and the key itself for this request."""

    key: BodyKey
    wraps: tuple[BodyWrap, ...]
    opened: OpenKey


class TooFewCustodians(Exception):
    """A body's key needs two custodians, two different people: guard `body_ready` says it to the reader."""


def make_desk(
    keyring: Keyring,
    organisation: UUID,
    key_id: UUID,
    key_no: int,
    officers: Sequence[PersonKey],
    custodians: Sequence[PersonKey],
) -> NewBodyKey:
    """A desk's pair, made in an officer's session: at first for that one alone, after a leaving for all who remain.

    Untrusted: a key without our tag. TooFewCustodians: fewer than two people.
    """
    made = _make(keyring, organisation, DESK, key_id, key_no, custodians)
    seals = tuple(_seal(keyring, made.opened, made.key, officer) for officer in officers)
    return NewBodyKey(made.key, seals + made.wraps, made.opened)


def make_continuity(
    keyring: Keyring, organisation: UUID, key_id: UUID, key_no: int, custodians: Sequence[PersonKey]
) -> NewBodyKey:
    """A body's continuity pair: an envelope in an envelope for each two custodians, in both orders (AB and BA)."""
    return _make(keyring, organisation, CONTINUITY, key_id, key_no, custodians)


def admit_officer(keyring: Keyring, desk: OpenKey, key: BodyKey, officer: PersonKey) -> BodyWrap:
    """A holder of the desk's key admits the next officer."""
    require_body(keyring, key, key.organisation, DESK)
    return _seal(keyring, desk, key, officer)


def open_key(keyring: Keyring, holder: OpenKey, key: BodyKey, wrap: bytes) -> OpenKey:
    """The body's pair, from an officer's wrap. Untrusted: the public half in the row is not ours."""
    require_trusted(keyring, key)
    return _open(holder, key, wrap)


def seal_anew(keyring: Keyring, holder: OpenKey, key: BodyKey, wrap: bytes, to: PersonKey) -> bytes:
    """An officer's wrap of the desk's key, for their next key. Sealed or Untrusted: it never opened."""
    return _seal(keyring, open_key(keyring, holder, key, wrap), key, to).wrap


def envelope_anew(holder: OpenKey, pair: bytes, to: PersonKey) -> bytes:
    """A pair that the holder begins, for their next key: another outer envelope around what they cannot read."""
    return raw.envelope(to.public, raw.peel(holder, pair))


def keep_former(former: OpenKey, user: UUID, key_no: int, to: PersonKey) -> bytes:
    """A former private key, sealed to the next: inner seals to it lie in other people's envelopes."""
    return raw.seal(to.public, former.private, raw.former_context(user, key_no, to.id))


def keep_on(holder: OpenKey, user: UUID, key_no: int, kept: bytes, to: PersonKey) -> bytes:
    """The same once more, when the holder takes yet another key."""
    private = raw.open_seal(holder, kept, raw.former_context(user, key_no, holder.id))
    return raw.seal(to.public, private, raw.former_context(user, key_no, to.id))


def open_former(holder: OpenKey, key: UUID, user: UUID, key_no: int, kept: bytes) -> OpenKey:
    """The former pair, for a pair of envelopes in which it is the inner one."""
    return OpenKey(key, raw.open_seal(holder, kept, raw.former_context(user, key_no, holder.id)))


def peel(keyring: Keyring, holder: OpenKey, wrap: bytes, request: UUID) -> bytes:
    """First custodian: take off the outer envelope and pass on what is inside, for this one request.

    Between the two sessions it lies locked under the keyring: a dump and the second passphrase alone do not open it.
    Delete it as soon as the request is done or has expired.
    """
    return keyring.lock_kept(_peeled(request), raw.peel(holder, wrap))


def open_peeled(keyring: Keyring, holder: OpenKey, key: BodyKey, peeled: bytes, request: UUID) -> OpenKey:
    """Second custodian: the body's pair. Another request, another pair or the first custodian again: Sealed."""
    require_trusted(keyring, key)
    return _open(holder, key, keyring.unlock_kept(_peeled(request), peeled))


def continue_case(
    trust: Trust,
    holder: OpenKey,
    key: BodyKey,
    peeled: bytes,
    request: UUID,
    held: Iterable[Held],
    to: TeamRow,
) -> tuple[dict[Epoch, bytes], tuple[Epoch, ...]]:
    """Second custodian: one case for the named member; neither custodian sees text or keeps a key.

    `held`: this case's wraps to the continuity key. Returns wraps for the member, and epochs that would not open.
    """
    require_body(trust.keyring, key, key.organisation, CONTINUITY)
    return hand_over(trust, open_peeled(trust.keyring, holder, key, peeled, request), held, to)


def _peeled(request: UUID) -> str:
    return f"peeled.{request.hex}"


def _make(
    keyring: Keyring, organisation: UUID, kind: str, key_id: UUID, key_no: int, custodians: Sequence[PersonKey]
) -> NewBodyKey:
    if len({custodian.user for custodian in custodians}) < max(2, len(custodians)):
        raise TooFewCustodians
    for custodian in custodians:
        require_trusted(keyring, custodian)
    opened = OpenKey(key_id, Secret.new())
    tag = tag_body(keyring, organisation, kind, key_no, opened.public)
    key = BodyKey(id=key_id, organisation=organisation, kind=kind, key_no=key_no, public=opened.public, tag=tag)
    pairs = []
    for outer, inner in permutations(custodians, 2):
        place = raw.body_context(organisation, kind, key_no, inner.id)
        pairs.append(BodyWrap(outer.id, inner.id, raw.pair(outer.public, inner.public, opened.private, place)))
    return NewBodyKey(key, tuple(pairs), opened)


def _seal(keyring: Keyring, opened: OpenKey, key: BodyKey, officer: PersonKey) -> BodyWrap:
    require_trusted(keyring, officer)
    if not raw.same(opened.public, key.public):
        raise Sealed
    place = raw.body_context(key.organisation, key.kind, key.key_no, officer.id)
    return BodyWrap(officer.id, None, raw.seal(officer.public, opened.private, place))


def _open(holder: OpenKey, key: BodyKey, wrap: bytes) -> OpenKey:
    place = raw.body_context(key.organisation, key.kind, key.key_no, holder.id)
    opened = OpenKey(key.id, raw.open_seal(holder, wrap, place))
    if not raw.same(opened.public, key.public):
        raise Sealed
    return opened
