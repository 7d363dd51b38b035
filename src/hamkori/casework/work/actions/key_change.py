"""A new passphrase is a new pair of keys: whatever the old pair held is sealed anew in the same moment.

Whoever has learnt the old passphrase, and keeps a copy of the old box, opens what was sealed until now in a copy of
that time, and nothing that is sealed from now on.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from hamkori import definer
from hamkori.access.actor import Actor
from hamkori.audit import ledger
from hamkori.people.queries import body_key_by_id
from hamkori.people.sign_in import Opened, Stored, shown_under, stored, was_replaced
from hamkori.vault import bodies, packet, sections, server
from hamkori.vault.bytes import OpenKey, Sealed, Untrusted
from hamkori.vault.person import Changed, change_passphrase
from hamkori.vault.proof import as_meant, prove
from hamkori.vault.recipients import PersonKey
from hamkori.vault.sections import Epoch, Held
from hamkori.vault.trust import Trust


@dataclass
class Anew:
    """What `key_change` gets, and how many rows never opened: they are left behind, shut as they were."""

    rows: dict[str, list[dict[str, Any]]] = field(
        default_factory=lambda: {kind: [] for kind in ("section", "packet", "desk", "pair", "former")}
    )
    shut: int = 0

    def add(self, kind: str, row: UUID, seal: bytes, **more: int) -> None:
        self.rows[kind].append({"id": str(row), "seal": seal.hex(), **more})


def change_key(actor: Actor, old: str, new: str) -> Opened | None:
    """Another passphrase with another pair; the member's other sessions end. None: the old passphrase is wrong.

    NotNow("key_changed"): another one was taken in the same moment.
    """
    assert actor.user_id is not None
    trust, row = server.trust(), stored(actor.user_id)
    number = trust.next_number("key", actor.user_id, row.key_no) if row else 0
    changed = row and change_passphrase(
        trust.keyring, row.credential, row.box, (row.key_id, row.key_no), (uuid4(), number), old, new
    )
    if row is None or was_replaced(row) or not changed:
        ledger.note(actor, "account.manage", "failed", reason="passphrase")
        return None
    anew = _seal_anew(trust, actor.user_id, row, changed, number)
    _write(trust, actor.user_id, row, changed, number, anew)
    server.key_changed()  # first: where a process dies between the two, the next start counts it once more
    server.mark("key", actor.user_id, number)
    shown_under(changed.credential)
    server.end_sessions_before(actor.user_id, datetime.now(UTC))
    ledger.note(actor, "account.manage", reason="passphrase")
    return Opened(actor.user_id, number, changed.key.opened)


def _seal_anew(trust: Trust, user: UUID, row: Stored, changed: Changed, number: int) -> Anew:
    """Under the lock of the key's row: nobody seals to it meanwhile (recipient_lives)."""
    former, new = changed.former, changed.key
    to = PersonKey(new.opened.id, user, number, new.public, new.tag)
    proved = prove(trust.keyring, "key_change_begin", row.key_id)
    with as_meant():
        found = definer.rows("key_change_begin", row.key_id, *proved, columns="kind id place section number seal tag")
    anew, is_inner = Anew(), False
    for kind, wrap, place, section, place_no, seal, tag in found:
        if kind == "inner":
            is_inner = True
            continue
        try:
            _one(trust, anew, former, to, (kind, wrap, place, section, place_no, bytes(seal), bytes(tag or b"")))
        except (Sealed, Untrusted):
            trust.alarms.raise_for("sealed", wrap)
            anew.shut += 1
    if is_inner:
        anew.add("former", former.id, bodies.keep_former(former, user, row.key_no, to))
    return anew


def _one(
    trust: Trust, anew: Anew, former: OpenKey, to: PersonKey, row: tuple[str, UUID, UUID, str, int, bytes, bytes]
) -> None:
    kind, wrap, place, section, number, seal, tag = row
    match kind:
        case "section":
            held = Held(Epoch(place, section, number), seal, tag)
            anew.add(kind, wrap, sections.seal_anew(trust.keyring, former, held, to))
        case "packet":
            epoch, data = packet.seal_anew(trust.keyring, former, (place, number, section), seal, to)
            anew.add(kind, wrap, data, epoch=epoch)
        case "desk":
            key = body_key_by_id(place)
            if key is None:
                raise Sealed
            anew.add(kind, wrap, bodies.seal_anew(trust.keyring, former, key, seal, to))
        case "pair":
            anew.add(kind, wrap, bodies.envelope_anew(former, seal, to))
        case _:
            anew.add(kind, wrap, bodies.keep_on(former, to.user, number, seal, to))


def _write(trust: Trust, user: UUID, row: Stored, changed: Changed, number: int, anew: Anew) -> None:
    new, credential = changed.key, changed.credential
    written = (
        row.key_id, new.opened.id, number, new.public, new.tag, credential.salt, credential.ops, credential.memory,
        credential.login, new.box, json.dumps(anew.rows), anew.shut,
    )  # fmt: skip
    proved = prove(trust.keyring, "key_change", user, *written)
    with as_meant():
        definer.run("key_change", *written, *proved)
