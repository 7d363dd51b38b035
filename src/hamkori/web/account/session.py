"""A browser's session: held between the two steps, begun after the second, changed to another body, ended."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.contrib.auth import logout
from django.http import HttpRequest

from hamkori.access.actor import Actor
from hamkori.access.context import set_token
from hamkori.audit import ledger
from hamkori.people import sign_in
from hamkori.people.actions import account
from hamkori.people.actions.body_keys import ensure_body_keys
from hamkori.people.sign_in import Opened
from hamkori.refusal import NotVisible
from hamkori.vault import held
from hamkori.vault.server import keyring
from hamkori.web.door import Door

WAITING = "hk_waiting"  # in Django's session: the id of the waiting row, never the key


def door_of(request: HttpRequest) -> Door:
    """The second cookie of this request."""
    door: Door = request.door  # type: ignore[attr-defined]
    return door


def hold(request: HttpRequest, opened: Opened) -> None:
    """The passphrase was right: its key waits for the second factor, five minutes, under a new cookie."""
    waiting = uuid4()
    held.wait(door_of(request).renew(), waiting, opened.user_id, opened.key_no, opened.key)
    request.session[WAITING] = {"row": str(waiting), "user": str(opened.user_id), "key": str(opened.key.id)}


def begin(request: HttpRequest, user_id: UUID) -> None:
    """The last factor was right: a new cookie, a session as her first place of work, and her key if it still waits."""
    opened = _waited(request, user_id)
    places = sign_in.bodies()
    if not places:
        raise NotVisible
    actor = _start(request, places[0].membership_id, opened)
    ledger.note(actor, "session.begin")
    ensure_body_keys(keyring(), actor)
    request.session.pop(WAITING, None)


def change_body(request: HttpRequest, actor: Actor, membership_id: UUID) -> None:
    """Act as another of her memberships: the old session ends, the vault stays open. NotVisible if it is not hers."""
    if membership_id not in {place.membership_id for place in sign_in.bodies()}:
        raise NotVisible
    assert actor.user_id is not None
    row = sign_in.stored(actor.user_id)
    opened = Opened(actor.user_id, row.key_no, actor.keys) if row and actor.keys else None
    account.end_session(actor)
    changed = _start(request, membership_id, opened)
    ledger.note(changed, "session.begin", reason="other_body")
    ensure_body_keys(keyring(), changed)


def end(request: HttpRequest, actor: Actor) -> None:
    """Sign out: session, vault row, both cookies."""
    account.end_session(actor)
    set_token("")
    logout(request)
    door_of(request).forget()
    request.actor = request.signed_in = None  # type: ignore[attr-defined]


def _start(request: HttpRequest, membership_id: UUID, opened: Opened | None) -> Actor:
    door = door_of(request)
    v = door.renew()
    session_id = sign_in.begin(keyring(), door.token, membership_id)
    if opened is not None:
        held.put(v, session_id, opened.user_id, opened.key_no, opened.key)
    seen = sign_in.recognised()
    if seen is None:
        raise NotVisible
    return seen.actor(opened.key if opened else None)


def _waited(request: HttpRequest, user_id: UUID) -> Opened | None:
    waiting, v = request.session.get(WAITING), door_of(request).v
    if v is None or not isinstance(waiting, dict) or waiting.get("user") != str(user_id):
        return None
    taken = held.take(v, UUID(waiting["row"]), user_id, UUID(waiting["key"]))
    return Opened(user_id, *taken) if taken else None
