"""Keys of a case's sections, by rule M: who writes first mints an epoch for all who are entitled now.

An epoch is 32 random bytes, sealed to each entitled member and to the body's continuity key. Leaving, a block or a new
member close the epoch; the next write mints. Which epochs are open is the database's matter; here is what one epoch
is worth: a wrap opens only in its place, and only if the key inside is the one that was minted.
See docs/design/keys-and-walls.md#sections-epochs-and-wraps.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from hamkori.vault import bytes as raw
from hamkori.vault.bytes import OpenKey, Sealed, Secret, Untrusted
from hamkori.vault.keyring import Keyring
from hamkori.vault.recipients import (
    CONTINUITY,
    BodyKey,
    PersonKey,
    TeamRow,
    commitment,
    epoch_trusted,
    require_body,
    tag_epoch,
)
from hamkori.vault.trust import Trust


class Epoch(NamedTuple):
    """One key's worth of a section: from its minting until a change of the team closes it. `number` counts from 1."""

    case: UUID
    section: str
    number: int


@dataclass(frozen=True)
class Minted:
    """A new epoch: what section_key gets (commitment, tag), what section_wrap gets (key row -> wrap), the key.

    `refused` are members whose row or key is not believed. Nothing was sealed to them, and the alarm was raised.
    """

    key: Secret
    commitment: bytes
    tag: bytes
    wraps: dict[UUID, bytes]
    refused: tuple[UUID, ...]


def mint(
    trust: Trust, epoch: Epoch, team: Iterable[TeamRow], continuity: BodyKey, body: UUID, writer: OpenKey
) -> Minted:
    """A new epoch for every live team row that may read this section, and for the continuity key of `body`.

    `team` is what `case_people()` gives, all live rows; the choice is made here. Untrusted: the continuity key is not
    this body's, or the writer would not be among the readers.
    """
    require_body(trust.keyring, continuity, body, CONTINUITY)
    key = Secret.new()
    wraps = {continuity.id: _wrap(key, epoch, continuity.id, continuity.public)}
    refused = []
    for row in team:
        if epoch.section not in row.sections:
            continue
        if row.case == epoch.case and row.believed(trust):
            wraps[row.key.id] = _wrap(key, epoch, row.key.id, row.key.public)
        else:
            refused.append(row.membership)
    if writer.id not in wraps:
        raise Untrusted("person_key", writer.id)
    return Minted(key, commitment(key), tag_epoch(trust.keyring, *epoch, key), wraps, tuple(refused))


def open_wrap(keyring: Keyring, holder: OpenKey, epoch: Epoch, wrap: bytes, tag: bytes) -> Secret:
    """The epoch's key: first the binding, then the tag over what was inside.

    Sealed: not for this holder, not of this place. Untrusted: a key that somebody planted.
    """
    key = raw.open_seal(holder, wrap, raw.wrap_context(*epoch, holder.id))
    if not epoch_trusted(keyring, *epoch, key, tag):
        raise Untrusted("section_key", epoch.case)
    return key


def hand_on(trust: Trust, epoch: Epoch, key: Secret, to: TeamRow) -> bytes:
    """A wrap of an older epoch for a member of this case: at admission, or later by `key.hand_over`.

    Untrusted: the member's row or key is not believed, belongs to another case or does not hold this section.
    """
    to.require(trust)
    if to.case != epoch.case or epoch.section not in to.sections:
        raise Untrusted("team", to.id)
    return _wrap(key, epoch, to.key.id, to.key.public)


def hand_on_to_body(keyring: Keyring, epoch: Epoch, key: Secret, continuity: BodyKey, body: UUID) -> bytes:
    """A wrap for a new continuity key, made when a member next opens the case."""
    require_body(keyring, continuity, body, CONTINUITY)
    return _wrap(key, epoch, continuity.id, continuity.public)


def _wrap(key: Secret, epoch: Epoch, recipient: UUID, public: bytes) -> bytes:
    return raw.seal(public, key, raw.wrap_context(*epoch, recipient))


class Field(NamedTuple):
    """The place of one sealed value. `column` is `table.column`; `seal_no` grows with each sealed write of the row.

    `of`: for which request the row was written, after its kind; nothing for what is the case's own. Of a version that
    was not kept: its kind, and the two who wrote.
    """

    case: UUID
    section: str
    column: str
    row: UUID
    epoch: int
    seal_no: int
    of: tuple[str, UUID] | tuple[str, UUID, UUID] | tuple[()] = ()

    @property
    def context(self) -> bytes:
        """To what the value is bound."""
        return raw.field_context(*self[:6], *self.of)


def lock_field(key: Secret, place: Field, text: str) -> bytes:
    """A value for a sealed column, under the key of `place.epoch`."""
    return raw.lock(key, text.encode(), place.context, place.epoch)


def unlock_field(key: Secret, place: Field, locked: bytes) -> str:
    """The value. Moved to another case, section, column, row, epoch, seal number or request, or changed: Sealed."""
    return raw.unlock(key, locked, place.context, place.epoch).decode()


class Held(NamedTuple):
    """One wrap as it stands in the database, with its epoch's tag."""

    epoch: Epoch
    wrap: bytes
    tag: bytes


def hand_over(
    trust: Trust, holder: OpenKey, held: Iterable[Held], to: TeamRow
) -> tuple[dict[Epoch, bytes], tuple[Epoch, ...]]:
    """Everything this holder can open of a case, for one member, as far as that member's row holds the sections.

    Wraps for that member, and the epochs that would not open: one spoilt row must not keep a colleague from the rest.
    Untrusted: the member's own row or key is not believed.
    """
    to.require(trust)
    given: dict[Epoch, bytes] = {}
    shut = []
    for epoch, wrap, tag in held:
        if epoch.section not in to.sections:
            continue
        try:
            key = open_wrap(trust.keyring, holder, epoch, wrap, tag)
        except (Sealed, Untrusted):
            shut.append(epoch)
            continue
        given[epoch] = hand_on(trust, epoch, key, to)
    return given, tuple(shut)


def seal_anew(keyring: Keyring, holder: OpenKey, held: Held, to: PersonKey) -> bytes:
    """The same wrap for the holder's next key. Sealed or Untrusted: it never opened, and is worth nothing anew."""
    key = open_wrap(keyring, holder, held.epoch, held.wrap, held.tag)
    return _wrap(key, held.epoch, to.id, to.public)
