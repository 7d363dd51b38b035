"""The desk's key comes into being in the session of its first officer, and is handed to the next by a holder.

The continuity key is made by two people: `continuity.py`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from uuid import UUID, uuid4

from hamkori import definer
from hamkori.access.actor import Actor
from hamkori.audit import ledger
from hamkori.people import decisions, queries
from hamkori.people.rules.two_person import can_be_held
from hamkori.refusal import NotNow, NotVisible
from hamkori.vault import bodies, server
from hamkori.vault.bodies import BodyWrap
from hamkori.vault.bytes import Untrusted
from hamkori.vault.proof import as_meant
from hamkori.vault.recipients import DESK


def ensure_desk_key(actor: Actor) -> bool:
    """Make the desk's key if it is missing and this actor may make it; whether it was made.

    Its spare wraps go to pairs of key holders. Asked at every sign-in, so nobody has to think of it; a number that none
    of ours led to keeps the key from being made, with an alarm, and nobody from signing in.
    """
    assert actor.organisation_id is not None
    if "desk_officer" not in actor.roles or queries.body_key(actor.organisation_id, DESK) is not None:
        return False
    trust = server.trust()
    holders, own = queries.custodian_keys(actor.organisation_id), queries.person_key(actor.user_id)
    if own is None or not can_be_held(decisions.by_key(holders)):
        return False
    thing = f"{actor.organisation_id.hex}.{DESK}"
    try:
        number = trust.next_number("bodykey", thing, decisions.newest(actor.organisation_id, DESK))
    except Untrusted as error:
        server.alarm(error)
        return False
    made = bodies.make_desk(trust.keyring, actor.organisation_id, uuid4(), number, [own], holders)
    key, wraps = made.key, wraps_as_json(made.wraps)
    with as_meant():
        if not definer.value("body_key_add", key.id, DESK, number, key.public, key.tag, wraps):
            return False
    server.mark("bodykey", thing, number)
    ledger.note(actor, "desk.open_key", kind="body_key", object_id=made.key.id)
    return True


def admit_to_desk(actor: Actor, officer_user: UUID) -> None:
    """A holder of the desk's key hands it to another officer of the same body. Needs an open vault.

    NotNow("may_join"): the other is no officer there now, or what says so is not what this server vouched for.
    """
    assert actor.organisation_id is not None
    key = queries.body_key(actor.organisation_id, DESK)
    wrap = queries.desk_wrap(actor)
    officer = queries.person_key(officer_user)
    if key is None or wrap is None or officer is None:
        raise NotVisible
    if officer_user not in {one.user_id for one in queries.colleagues(actor, role="desk_officer")}:
        raise NotNow("may_join")
    if actor.keys is None:
        raise NotNow("vault_open")
    opened = bodies.open_key(server.keyring(), actor.keys, key, wrap)
    made = bodies.admit_officer(server.keyring(), opened, key, officer)
    with as_meant():
        definer.run("desk_key_hand", uuid4(), key.id, made.recipient, made.wrap)
    ledger.note(actor, "desk.admit", kind="membership", object_id=officer_user)


def wraps_as_json(wraps: Iterable[BodyWrap]) -> str:
    """As the definers take them."""
    return json.dumps(
        [
            {
                "id": str(uuid4()),
                "recipient": str(wrap.recipient),
                "inner": str(wrap.inner) if wrap.inner else None,
                "seal": wrap.wrap.hex(),
            }
            for wrap in wraps
        ]
    )
