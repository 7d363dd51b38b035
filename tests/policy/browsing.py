"""A browser for each person of a moment, and a walk through every page it is led to."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import cast

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import transaction
from django.http import HttpResponse
from django.utils import timezone

from hamkori.people import sign_in
from hamkori.vault import held, session
from hamkori.web.sessions import facts as session_facts
from hamkori.web.sessions.facts import Facts
from hamkori.web.sessions.store import SessionStore
from tests.doors import DoorClient
from tests.policy.world import World

LINK = re.compile(r'(?:href|hx-get|src)="(/[^"#]*)')
NOT_PAGES = ("/static/", "/language", "/theme", "/keys")


def browser(world: World, who: str) -> DoorClient:
    """She has signed in: a real session, both cookies, an open vault."""
    value = session.new_cookie()
    v = session.read_cookie(value)
    assert v is not None
    person = world.people[who]
    with transaction.atomic():
        session_id = sign_in.begin(world.ring, session.db_token(v), person.membership_id)
        held.put(v, session_id, person.user_id, 1, world.key(who))
        store = SessionStore()
        store[SESSION_KEY] = str(person.user_id)
        store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        store[HASH_SESSION_KEY] = str(person.user_id)
        now = timezone.now()
        session_facts.keep(
            store, Facts(session_id=session_id, membership_id=person.membership_id, issued_at=now, stepped_up_at=now)
        )
        store.save()
    client = DoorClient(raise_request_exception=True)
    client.cookies[settings.SESSION_COOKIE_NAME] = store.session_key or ""
    client.cookies[settings.HAMKORI_KEY_COOKIE] = value
    return client


def walk(client: DoorClient, first: list[str], most: int) -> Iterator[tuple[str, HttpResponse]]:
    """Pages that these lead to, each once, the named ones first."""
    waiting, known = list(first), set(first)
    for _turn in range(most):
        if not waiting:
            return
        address = waiting.pop(0)
        answer = cast(HttpResponse, client.get(address))
        yield address, answer
        for link in LINK.findall(answer.content.decode(errors="replace")):
            link = html.unescape(link)
            if link not in known and not link.startswith(NOT_PAGES):
                known.add(link)
                waiting.append(link)
