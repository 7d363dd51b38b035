"""A row of Django's sessions opens under its own name only: moved into another row it is no session.

Red when the name under which a session's data is locked does not say whose it is (`session_store._name`).
"""

from __future__ import annotations

import pytest
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.test import Client

from hamkori.web.sessions.store import SessionStore, _stored
from tests import doors
from tests.database import god

pytestmark = pytest.mark.django_db


@pytest.fixture
def two() -> tuple[doors.Person, doors.Person]:
    doors.house()
    umed = doors.body("umed")
    return doors.person(umed, "Zarina"), doors.person(umed, "Rustam")


def stored(client: Client) -> SessionStore:
    return SessionStore(client.cookies[settings.SESSION_COOKIE_NAME].value)


def moved(source: Client, into: Client) -> None:
    """What the owner of the database can do: the data of one row in the place of another's."""
    with god():
        rows = {}
        for client in (source, into):
            store = stored(client)
            rows[client] = Session.objects.get(session_key=_stored(store.session_key))
        Session.objects.filter(pk=rows[into].pk).update(session_data=rows[source].session_data)


def test_data_that_was_moved_from_another_row_is_no_session(two) -> None:
    hers, his = doors.client_for(two[0]), doors.client_for(two[1])
    assert stored(hers)[SESSION_KEY] == str(two[0].user_id)
    moved(hers, his)
    assert dict(stored(his).items()) == {}
    assert his.get("/account/").status_code == 302, "nobody is signed in with it"
    assert hers.get("/account/").status_code == 200, "the honest one goes on"


def test_data_of_an_older_moment_of_the_same_row_still_opens(two) -> None:
    """The control: under its own name the same bytes are a session."""
    hers = doors.client_for(two[0])
    moved(hers, hers)
    assert stored(hers)[SESSION_KEY] == str(two[0].user_id)
