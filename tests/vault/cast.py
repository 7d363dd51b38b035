"""People, bodies and rows for the vault's tests, made as the product makes them. Stretching is cheap here."""

import os
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

from hamkori.vault import tags
from hamkori.vault.bodies import NewBodyKey, make_continuity
from hamkori.vault.bytes import OpenKey, Secret
from hamkori.vault.keyring import Keyring
from hamkori.vault.marks import Alarms, Marks, create
from hamkori.vault.recipients import PersonKey, TeamRow, tag_person
from hamkori.vault.trust import Trust

KEYRING = Keyring.fresh("test")
BESIDE = Path(os.environ["HAMKORI_DATA"], "vault-tests")
create(BESIDE / "marks")
TRUST = Trust(KEYRING, Marks(BESIDE / "marks"), Alarms(BESIDE / "alarms"))


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
    row, membership = uuid4(), uuid4()
    held, written = frozenset(sections), frozenset(writes or sections)
    fact = tags.team(row, case, membership, who.key.user, "member", held, written)
    return TeamRow(
        id=row,
        case=case,
        membership=membership,
        kind="member",
        sections=held,
        writes=written,
        tag=KEYRING.tag(fact.covered),
        key=who.key,
    )


def continuity(organisation: UUID) -> NewBodyKey:
    custodians = [somebody("Karim").key, somebody("Lola").key]
    return make_continuity(KEYRING, organisation, uuid4(), 1, custodians)
