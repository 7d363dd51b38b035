"""A body's two keys come into being in the sessions of the people who will hold them."""

from __future__ import annotations

import json
from uuid import UUID, uuid4

from django.db.models import Max

from hamkori.access.actor import Actor
from hamkori.audit import ledger
from hamkori.people import queries
from hamkori.people.definers import ask
from hamkori.people.models import BodyKey
from hamkori.refusal import NotNow, NotVisible
from hamkori.vault import bodies, server
from hamkori.vault.keyring import Keyring
from hamkori.vault.recipients import CONTINUITY, DESK, PersonKey

MAKERS = {CONTINUITY: "custodian", DESK: "desk_officer"}


def ensure_body_keys(keyring: Keyring, actor: Actor) -> list[str]:
    """Make what is missing and this actor may make; the kinds made.

    Continuity comes with the body's second custodian, the desk's key with the first officer after that: its spare
    wraps go to pairs of custodians. Asked at every sign-in, so nobody has to think of it.
    """
    assert actor.organisation_id is not None
    made = []
    for kind, role in MAKERS.items():
        if role in actor.roles and queries.body_key(actor.organisation_id, kind) is None:
            custodians = queries.custodian_keys()
            if len({key.user for key in custodians}) >= 2 and _make(keyring, actor, kind, custodians):
                made.append(kind)
    return made


def admit_to_desk(keyring: Keyring, actor: Actor, officer_user: UUID) -> None:
    """A holder of the desk's key hands it to another officer of her body. Needs an open vault.

    NotNow("may_join"): she is no officer there now, or what says so is not what this server vouched for.
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
    opened = bodies.open_key(keyring, actor.keys, key, wrap)
    made = bodies.admit_officer(keyring, opened, key, officer)
    ask("select desk_key_hand(%s, %s, %s, %s)", [uuid4(), key.id, made.recipient, made.wrap])
    ledger.note(actor, "desk.admit", kind="membership", object_id=officer_user)


def _make(keyring: Keyring, actor: Actor, kind: str, custodians: list[PersonKey]) -> bool:
    assert actor.organisation_id is not None
    number = 1 + (_newest(actor.organisation_id, kind) or 0)
    if kind == CONTINUITY:
        made = bodies.make_continuity(keyring, actor.organisation_id, uuid4(), number, custodians)
    else:
        own = queries.person_key(actor.user_id)
        if own is None:
            return False
        made = bodies.make_desk(keyring, actor.organisation_id, uuid4(), number, [own], custodians)
    wraps = [
        {
            "id": str(uuid4()),
            "recipient": str(wrap.recipient),
            "inner": str(wrap.inner) if wrap.inner else None,
            "seal": wrap.wrap.hex(),
        }
        for wrap in made.wraps
    ]
    row = ask(
        "select body_key_add(%s, %s, %s, %s, %s, %s::jsonb)",
        [made.key.id, kind, number, made.key.public, made.key.tag, json.dumps(wraps)],
    )
    if row is None or not row[0]:
        return False
    server.mark(made.key.fact.kind, made.key.fact.thing, number)
    ledger.note(
        actor, "continuity.create" if kind == CONTINUITY else "desk.open_key", kind="body_key", object_id=made.key.id
    )
    return True


def _newest(organisation_id: UUID, kind: str) -> int | None:
    found: int | None = BodyKey.objects.filter(organisation_id=organisation_id, kind_code=kind).aggregate(
        newest=Max("key_no")
    )["newest"]
    return found
