"""People with keys, and browsers that are really signed in, for every test that needs a door."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any
from uuid import UUID, uuid4

from django.conf import UserSettingsHolder, settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.client import ClientHandler
from django.utils import timezone

from hamkori.access.actor import Actor
from hamkori.access.context import set_token
from hamkori.people import sign_in
from hamkori.people.actions import posts
from hamkori.people.actions.welcome import Welcome, make_person
from hamkori.people.founding import found
from hamkori.vault import held, server, session
from hamkori.vault.bytes import OpenKey
from hamkori.vault.keyring import Keyring
from hamkori.vault.keyring_file import load
from hamkori.web.kit.appearance import cookie
from hamkori.web.kit.written import by_whom
from hamkori.web.sessions import facts as session_facts
from hamkori.web.sessions.door import WHOSE
from hamkori.web.sessions.facts import Facts
from hamkori.web.sessions.store import SessionStore
from tests.database import god

PASSPHRASE = "ёлка and seven grey herons over Varzob"


@cache
def keyring() -> Keyring:
    """The keyring with whose proof the tests' databases are founded."""
    return load(settings.HAMKORI_KEYRING)


def house() -> Keyring:
    """The keyring of this process is that of its database, whatever a test before has put in its place."""
    ring = keyring()
    server.use(ring)
    return ring


@dataclass(frozen=True)
class Person:
    """Somebody of the cast, with everything she knows and carries."""

    user_id: UUID
    membership_id: UUID
    organisation_id: UUID
    email: str
    name: str
    passphrase: str = field(repr=False)
    totp_secret: str = field(repr=False)
    recovery_codes: tuple[str, ...] = field(repr=False)
    key: OpenKey = field(repr=False)


def body(slug: str, *, compartment: str = "service", kind: str = "cso", region: str = "TJ-KT", **more: Any) -> UUID:
    """A body. `name_tg` and the like are its names beside the English one."""
    house()
    names = {"en": slug.title()} | {name[-2:]: more.pop(name) for name in list(more) if name.startswith("name_")}
    with god():
        return found(slug=slug, names=names, kind=kind, compartment=compartment, region=region, **more)


def person(
    organisation_id: UUID,
    name: str,
    roles: Collection[str] = ("case_worker",),
    *,
    function: str = "",
    email: str = "",
    supervisor: Person | None = None,
    passphrase: str = PASSPHRASE,
    language: str = "en",
) -> Person:
    """Somebody who was invited and has accepted."""
    address = email or f"{name.lower()}.{uuid4().hex[:6]}@example.org"
    made: Welcome = make_person(
        house(),
        organisation_id=organisation_id,
        email=address,
        name=name,
        roles=roles,
        function=function,
        supervisor_id=supervisor.membership_id if supervisor else None,
        language=language,
        passphrase=passphrase,
    )
    assert made.key is not None
    return Person(
        made.user_id,
        made.membership_id,
        organisation_id,
        address,
        name,
        passphrase,
        made.totp_secret,
        made.recovery_codes,
        made.key,
    )


def works(membership: UUID, **otherwise: Any) -> None:
    """From here on she works as something else: another function, roles or supervisor."""
    with god():
        posts.change(house(), membership, replace(posts.works_as(membership), **otherwise))


def acting(who: Person) -> AbstractContextManager[Actor]:
    """Be this person, vault open, inside the test's transaction."""
    return sign_in.acting_as(house(), who.membership_id, who.key)


def custodians(organisation_id: UUID) -> tuple[Person, Person]:
    """The two key holders without whom no body is ready: the first asks, the second agrees."""
    from hamkori.people.actions.continuity import make_by_two

    first, second = (person(organisation_id, name, ("custodian",)) for name in ("Karim", "Lola"))
    make_by_two(acting(first), acting(second))
    return first, second


def desk_officer(organisation_id: UUID, name: str = "Gulnora", roles: Collection[str] = ("desk_officer",)) -> Person:
    """The first officer of a body's desk; her session makes the desk's key. The body must be ready."""
    from hamkori.people.actions.body_keys import ensure_desk_key

    officer = person(organisation_id, name, roles)
    with acting(officer) as actor:
        assert ensure_desk_key(actor)
    return officer


OF_A_THING = re.compile(r"/(cases|referrals)/(\d{8})/")


def page_of(path: str) -> str:
    """What the forms of the page at this address carry, as long as nobody changes a code: "" for a page of nothing."""
    from hamkori.casework.case.models import Case
    from hamkori.casework.case.queries.shown import Shown
    from hamkori.casework.referral.models import Referral, ReferralOrigin

    named = OF_A_THING.match(path)
    if named is None:
        return ""
    with god():
        model = Case if named[1] == "cases" else Referral
        found = [
            (named[1][:-1], pk) for pk in model._default_manager.filter(code=named[2]).values_list("pk", flat=True)
        ]
        if model is Referral:
            behind = ReferralOrigin.objects.filter(referral__code=named[2]).values_list("case_id", flat=True)
            found += [("case", pk) for pk in behind]
    shown = Shown(named[2])
    for kind, pk in found:
        shown.same(kind, pk)
    return shown.field


@cache
def _loaded() -> dict[str, Any]:
    """All middleware in its order, as a process that serves loads it once; for each browser anew it takes 20 ms."""
    handler = ClientHandler()
    handler.load_middleware()
    return {name: value for name, value in vars(handler).items() if name != "enforce_csrf_checks"}


class DoorClient(Client):
    """A browser; after each page nobody acts in the test's own transaction.

    What a test posts by hand, without having opened the page, names the page's thing like the form of that page.
    """

    def post(self, path: str, data: Any = None, *args: Any, **more: Any) -> HttpResponse:  # type: ignore[override]
        """As ever, with what the page's own form carries."""
        if isinstance(data, dict | None) and "page_of" not in (data or {}) and (of := page_of(path)):
            data = {**(data or {}), "page_of": of}
        return super().post(path, data, *args, **more)

    def request(self, **request: Any) -> HttpResponse:
        """As ever, but the page's token does not stay."""
        if self.handler._middleware_chain is None and not isinstance(settings._wrapped, UserSettingsHolder):
            vars(self.handler).update(_loaded())  # who changes settings loads what reads them
        try:
            answer: HttpResponse = super().request(**request)
        finally:
            if connection.in_atomic_block and not connection.needs_rollback:
                set_token("")
        return answer


def client_for(who: Person, *, vault: bool = True) -> DoorClient:
    """A browser in which she has signed in: a real session, both cookies, the vault open unless said otherwise."""
    ring, value = house(), session.new_cookie()
    v = session.read_cookie(value)
    assert v is not None
    session_id = sign_in.begin(ring, session.db_token(v), who.membership_id)
    if vault:
        held.put(v, session_id, who.user_id, 1, who.key)
    set_token("")
    store = SessionStore()
    store[SESSION_KEY] = str(who.user_id)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = str(who.user_id)
    now = timezone.now()
    session_facts.keep(
        store, Facts(session_id=session_id, membership_id=who.membership_id, issued_at=now, stepped_up_at=now)
    )
    store.save()
    client = DoorClient()
    client.cookies[settings.SESSION_COOKIE_NAME] = store.session_key
    client.cookies[settings.HAMKORI_KEY_COOKIE] = value
    client.cookies[cookie(WHOSE)] = by_whom(who.user_id)
    return client


def stranger() -> DoorClient:
    """A browser in which nobody has signed in."""
    house()
    return DoorClient()


@contextmanager
def idle(who: Person, minutes: int) -> Iterator[None]:
    """Let her sessions be this much older."""
    from datetime import timedelta

    from hamkori.access.models import AccessSession

    with god():
        for row in AccessSession.objects.filter(membership_id=who.membership_id):
            row.idle_until -= timedelta(minutes=minutes)
            row.save()
    yield


def now_in(seconds: int) -> float:
    """A moment for code that asks the clock of the machine."""
    return timezone.now().timestamp() + seconds
