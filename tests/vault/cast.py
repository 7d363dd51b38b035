"""People, bodies and rows for the vault's tests, made as the product makes them. Stretching is cheap here."""

from dataclasses import dataclass
from uuid import UUID, uuid4

from hamkori.vault.bodies import NewBodyKey, make_continuity
from hamkori.vault.bytes import OpenKey, Secret
from hamkori.vault.keyring import Keyring
from hamkori.vault.recipients import PersonKey, TeamRow, tag_person, tag_team

KEYRING = Keyring.fresh("test")


@dataclass(frozen=True)
class Somebody:
    """A person with her open vault and the public half as the database shows it."""

    name: str
    opened: OpenKey
    key: PersonKey


def somebody(name: str, keyring: Keyring = KEYRING) -> Somebody:
    opened = OpenKey(uuid4(), Secret.new())
    user = uuid4()
    return Somebody(
        name, opened, PersonKey(opened.id, user, 1, opened.public, tag_person(keyring, user, 1, opened.public))
    )


def on_team(who: Somebody, case: UUID, sections: set[str], writes: set[str] | None = None) -> TeamRow:
    membership = uuid4()
    held, written = frozenset(sections), frozenset(writes or sections)
    tag = tag_team(KEYRING, case, membership, who.key.user, "member", held, written)
    return TeamRow(case, membership, "member", held, written, tag, who.key)


def continuity(organisation: UUID) -> NewBodyKey:
    custodians = [somebody("Karim").key, somebody("Lola").key]
    return make_continuity(KEYRING, organisation, uuid4(), 1, custodians)
