"""A browser's session: held between the two steps, begun after the second, changed to another body, ended."""

from dataclasses import replace
from uuid import UUID, uuid4

from django.contrib.auth import logout
from django.http import HttpRequest
from django.utils import timezone

from hamkori.access.actor import Actor
from hamkori.access.context import set_token
from hamkori.audit import ledger
from hamkori.notices import actions as notices
from hamkori.people import sessions as own_sessions
from hamkori.people import sign_in
from hamkori.people.actions import account
from hamkori.people.actions.body_keys import ensure_desk_key
from hamkori.people.sign_in import Opened
from hamkori.vault import held, server
from hamkori.vault.server import keyring
from hamkori.vocabulary.devices import kind_of
from hamkori.web.account import bound, known
from hamkori.web.kit.written import by_whom
from hamkori.web.sessions import facts as session_facts
from hamkori.web.sessions.door import Door
from hamkori.web.sessions.facts import Facts
from hamkori.web.sessions.signed_in import SignedIn

WAITING = "hk_waiting"  # in Django's session: the id of the waiting row, never the key


def door_of(request: HttpRequest) -> Door:
    """The second cookie of this request."""
    door: Door = request.door  # type: ignore[attr-defined]
    return door


def hold(request: HttpRequest, opened: Opened) -> None:
    """The passphrase was right: its key waits for the second factor, five minutes, under a new cookie."""
    waiting = uuid4()
    held.wait(door_of(request).renew(), waiting, opened.user_id, opened.key_no, opened.key)
    request.session[WAITING] = {
        "row": str(waiting),
        "user": str(opened.user_id),
        "key": str(opened.key.id),
        "no": opened.key_no,
    }


def is_by_former(request: HttpRequest) -> bool:
    """Whether another passphrase was taken since the one that was given in the first step."""
    waiting = request.session.get(WAITING)
    return isinstance(waiting, dict) and server.is_former(UUID(waiting["user"]), waiting.get("no"))


def begin(request: HttpRequest, user_id: UUID) -> None:
    """The last factor was right: a new cookie, a session as their first place of work, and the key if it still waits.

    A browser that they have not used before is told to them; the first after their invitation is not.
    """
    opened = _waited(request, user_id)
    actor = _start(request, sign_in.first_body().post.membership_id, opened)
    own_sessions.describe(kind_of(request.headers.get("User-Agent", "")))
    is_new = not (known.is_known(request, user_id) or own_sessions.is_first())
    ledger.note(actor, "session.begin", reason="new_device" if is_new else "")
    if is_new:
        notices.tell_of_device()
    known.remember(request, user_id, bound.offered(request))
    door_of(request).whose = by_whom(user_id)
    ensure_desk_key(actor)
    request.session.pop(WAITING, None)


def change_body(request: HttpRequest, signed: SignedIn, membership_id: UUID) -> None:
    """Act as another of their memberships under a new cookie. The session is no younger for it, and a sealed vault
    stays sealed. NotVisible if the membership is another's, Untrusted if somebody has changed it.
    """
    sign_in.own_body(membership_id)  # before the cookie changes
    actor, door = signed.actor, door_of(request)
    assert actor.user_id is not None
    assert actor.session_id is not None
    row = sign_in.stored(actor.user_id) if actor.keys else None
    ledger.note(actor, "session.end")
    v = door.renew()
    session_id = sign_in.change(keyring(), door.token, actor.session_id, membership_id)
    server.end_session(actor.session_id)
    if row is not None and actor.keys is not None:
        held.put(v, session_id, actor.user_id, row.key_no, actor.keys)
    changed = sign_in.begun().actor(actor.keys)
    session_facts.keep(request.session, replace(signed.facts, session_id=session_id, membership_id=membership_id))
    ledger.note(changed, "session.begin", reason="other_body")
    ensure_desk_key(changed)


def end(request: HttpRequest, actor: Actor) -> None:
    """Sign out: session, vault row, both cookies."""
    account.end_session(actor)
    set_token("")
    logout(request)
    door_of(request).forget()
    door_of(request).whose = ""
    request.actor = request.signed_in = None  # type: ignore[attr-defined]


def _start(request: HttpRequest, membership_id: UUID, opened: Opened | None) -> Actor:
    door = door_of(request)
    v = door.renew()
    session_id = sign_in.begin(keyring(), door.token, membership_id)
    if opened is not None:
        held.put(v, session_id, opened.user_id, opened.key_no, opened.key)
    actor = sign_in.begun().actor(opened.key if opened else None)
    now = timezone.now()
    session_facts.keep(
        request.session,
        Facts(
            session_id=session_id,
            membership_id=membership_id,
            issued_at=now,
            stepped_up_at=now,
            browser=bound.offered(request),
        ),
    )
    return actor


def _waited(request: HttpRequest, user_id: UUID) -> Opened | None:
    waiting, v = request.session.get(WAITING), door_of(request).v
    if v is None or not isinstance(waiting, dict) or waiting.get("user") != str(user_id):
        return None
    taken = held.take(v, UUID(waiting["row"]), user_id, UUID(waiting["key"]))
    return Opened(user_id, *taken) if taken else None
