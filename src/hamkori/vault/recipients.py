"""To whom anything may be sealed: public keys and team rows, each with our tag.

Anybody who can write the database can plant a public key; nobody without the keyring can tag it. So every row that
decides who can read is checked here before a key leaves in its direction, and a bad one raises the alarm.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from uuid import UUID

from hamkori.vault import bytes as raw
from hamkori.vault import tags
from hamkori.vault.bytes import Secret, Untrusted
from hamkori.vault.keyring import Keyring
from hamkori.vault.tags import Fact
from hamkori.vault.trust import Trust

DESK, CONTINUITY = "desk", "continuity"


@dataclass(frozen=True)
class PersonKey:
    """A row of person_key, its public half."""

    id: UUID
    user: UUID
    key_no: int
    public: bytes
    tag: bytes

    @property
    def fact(self) -> Fact:
        """What its tag covers."""
        return tags.person_key(self.user, self.key_no, self.public)


@dataclass(frozen=True, kw_only=True)
class BodyKey:
    """A row of body_key, its public half; `kind` is desk or continuity."""

    id: UUID
    organisation: UUID
    kind: str
    key_no: int
    public: bytes
    tag: bytes

    @property
    def fact(self) -> Fact:
        """What its tag covers."""
        return tags.body_key(self.organisation, self.kind, self.key_no, self.public)


@dataclass(frozen=True, kw_only=True)
class _Member(ABC):
    """A live row of somebody who holds sections, with their current key."""

    id: UUID
    membership: UUID
    sections: frozenset[str]
    tag: bytes
    key: PersonKey

    @property
    @abstractmethod
    def fact(self) -> Fact:
        """What the tag covers, for the user whose key this is."""

    def believed(self, trust: Trust) -> bool:
        """Whether we vouched for this row as it stands and nobody ended it, for a user whose key is ours; else the
        alarm. Whose post rests or has ended is left out.
        """
        said = trust.believes(self.fact, self.tag) and trust.believes(self.key.fact, self.key.tag)
        return said and trust.works(self.membership)


@dataclass(frozen=True, kw_only=True)
class TeamRow(_Member):
    """A row of case_access, as `case_people()` gives it: written by an admission."""

    case: UUID
    kind: str
    writes: frozenset[str]

    @property
    def fact(self) -> Fact:
        return tags.team(self.id, self.case, self.membership, self.key.user, self.kind, self.sections, self.writes)

    def require(self, trust: Trust) -> None:
        """Untrusted, naming the row, the post or the key, unless it is believed."""
        trust.require(self.fact, self.tag)
        if not trust.works(self.membership):
            raise Untrusted("post", self.membership)
        trust.require(self.key.fact, self.key.tag)


@dataclass(frozen=True, kw_only=True)
class PartRow(_Member):
    """A row of referral_access of a worker, as `referral_keys()` gives it: the organisation named them."""

    referral: UUID

    @property
    def fact(self) -> Fact:
        return tags.part(self.id, self.referral, self.membership, self.key.user, self.sections)


def require_trusted(keyring: Keyring, key: PersonKey | BodyKey) -> None:
    """Untrusted, naming the row, unless the tag holds."""
    if not keyring.tag_holds(key.fact.covered, key.tag):
        raise Untrusted("person_key" if isinstance(key, PersonKey) else "body_key", key.id)


def require_body(keyring: Keyring, key: BodyKey, organisation: UUID, kind: str) -> None:
    """Untrusted unless this is a key of that body and kind: another body's good key is a wrong one here."""
    if key.organisation != organisation or key.kind != kind:
        raise Untrusted("body_key", key.id)
    require_trusted(keyring, key)


def tag_person(keyring: Keyring, user: UUID, key_no: int, public: bytes) -> bytes:
    """The tag of a person's public key."""
    return keyring.tag(tags.person_key(user, key_no, public).covered)


def tag_body(keyring: Keyring, organisation: UUID, kind: str, key_no: int, public: bytes) -> bytes:
    """The tag of a body's public key."""
    return keyring.tag(tags.body_key(organisation, kind, key_no, public).covered)


def tag_epoch(keyring: Keyring, case: UUID, section: str, epoch: int, key: Secret) -> bytes:
    """The tag of a section's epoch, over the key's commitment: nobody can plant an epoch whose key he knows."""
    return keyring.tag(tags.epoch(case, section, epoch, commitment(key)).covered)


def epoch_trusted(keyring: Keyring, case: UUID, section: str, epoch: int, key: Secret, tag: bytes) -> bool:
    """Whether this very key was minted for this epoch."""
    return keyring.tag_holds(tags.epoch(case, section, epoch, commitment(key)).covered, tag)


def commitment(key: Secret) -> bytes:
    """Names a key without telling it."""
    return raw.digest_of(key, person=b"hk.commit.v1")
