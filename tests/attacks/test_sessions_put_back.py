"""The owner of the database puts a session back that was ended, for a thief who holds both cookies.

On commit 4787818 these were red: a row whose `ended_at` was taken off again lived until its eight hours were over,
after a sign-out, after "end all others" and after a new passphrase.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session

from hamkori.access.models import AccessSession
from hamkori.vault.models import VaultSession
from tests import doors
from tests.attacks import planting
from tests.attacks.counted import tried
from tests.attacks.planting import committed, watched
from tests.database import god

pytestmark = [pytest.mark.django_db, pytest.mark.alarms, pytest.mark.usefixtures("own_marks")]
own_marks = planting.own_marks

ACCOUNT, UNLOCK, DEVICES, OVER = "/account/", "/account/unlock/", "/account/devices/", 302
NEW = "nine quiet cranes above the Panj in autumn"
TABLES = (AccessSession, VaultSession, Session)


def cookies(client: doors.DoorClient) -> dict[str, str]:
    return {name: client.cookies[name].value for name in (settings.SESSION_COOKIE_NAME, settings.HAMKORI_KEY_COOKIE)}


@contextmanager
def put_back() -> Iterator[None]:
    """Every row of a session stands again as it stood before."""
    with god():
        kept: list[list[dict[str, Any]]] = [list(table.objects.values()) for table in TABLES]
    yield
    with god():
        for table, rows in zip(TABLES, kept, strict=True):
            for row in rows:
                key = {table._meta.pk.attname: row[table._meta.pk.attname]}
                table.objects.update_or_create(**key, defaults=row)


def thief_of(taken: dict[str, str]) -> doors.DoorClient:
    thief = doors.stranger()
    thief.cookies.load(taken)
    return thief


def sign_out(mine: doors.DoorClient, _other: doors.DoorClient, _who: doors.Person) -> None:
    mine.post("/account/sign-out/")


def end_it(mine: doors.DoorClient, other: doors.DoorClient, _who: doors.Person) -> None:
    session = mine.get(ACCOUNT).wsgi_request.actor.session_id
    assert other.post("/account/devices/end/", {"session": str(session)}).status_code == 302


def end_others(_mine: doors.DoorClient, other: doors.DoorClient, _who: doors.Person) -> None:
    assert other.post("/account/end-others/").status_code == 302


def new_passphrase(_mine: doors.DoorClient, other: doors.DoorClient, who: doors.Person) -> None:
    sent = {"old": who.passphrase, "passphrase": NEW, "again": NEW}
    assert other.post("/account/passphrase/", sent).status_code == 302


Ending = Callable[[doors.DoorClient, doors.DoorClient, doors.Person], None]
ENDINGS: tuple[Ending, ...] = (sign_out, end_it, end_others, new_passphrase)


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_session_that_was_ended_does_not_come_back(zarina: doors.Person, ending: Ending) -> None:
    mine, other = doors.client_for(zarina), doors.client_for(zarina)
    thief = thief_of(cookies(mine))
    assert thief.get(ACCOUNT).status_code == 200
    with put_back(), committed():
        ending(mine, other, zarina)
    with watched() as seen:
        assert thief.get(ACCOUNT).status_code == OVER
    assert any(kind == "session" for kind, _thing in seen.found), "and the alarm"
    tried()


def test_ending_all_others_ends_those_that_were_hidden_too(zarina: doors.Person) -> None:
    """The row is taken out while she looks and presses, and put in again."""
    mine, other = doors.client_for(zarina), doors.client_for(zarina)
    session = mine.get(ACCOUNT).wsgi_request.actor.session_id
    thief = thief_of(cookies(mine))
    with god():
        row = AccessSession.objects.filter(pk=session).values().get()
        AccessSession.objects.filter(pk=session).delete()
    with committed():
        other.post("/account/end-others/")
    with god():
        AccessSession.objects.create(**row)
    with watched() as seen:
        assert thief.get(ACCOUNT).status_code == OVER
    assert seen.of("session", session)
    assert other.get(ACCOUNT).status_code == 200
    tried()


def test_the_locked_half_put_back_is_no_confirmation(zarina: doors.Person) -> None:
    """What the kept session was before she ended the others does not say that it was kept."""
    mine, other = doors.client_for(zarina), doors.client_for(zarina)
    with god():
        old = dict(Session.objects.values_list("session_key", "session_data"))
    with committed():
        other.post("/account/end-others/")
    assert other.get(ACCOUNT).status_code == 200
    with god():
        for key, data in old.items():
            Session.objects.update_or_create(session_key=key, defaults={"session_data": data})
    with watched() as seen:
        assert other.get(ACCOUNT).status_code == OVER, "it fails closed"
    assert seen.found
    assert mine.get(ACCOUNT).status_code == OVER
    tried()


def test_an_honest_ending_raises_no_alarm(zarina: doors.Person) -> None:
    for ending in ENDINGS:
        mine, other = doors.client_for(zarina), doors.client_for(zarina)
        with watched() as seen:
            with committed():
                ending(mine, other, zarina)
            assert mine.get(ACCOUNT).status_code == OVER
            assert other.get(ACCOUNT).status_code == 200
        assert seen.found == set(), ending.__name__


def test_a_choice_of_organisation_put_back_is_over(zarina: doors.Person) -> None:
    there = doors.person(doors.body("panoh"), "Zarina", email=zarina.email)
    mine = doors.client_for(zarina)
    before = cookies(mine)
    with put_back(), committed():
        mine.post("/account/body/", {"membership": str(there.membership_id)})
    with watched() as seen:
        assert thief_of(before).get(ACCOUNT).status_code == OVER
    assert any(kind == "session" for kind, _thing in seen.found)
    tried()


def test_a_request_that_was_on_its_way_is_not_signed_out(zarina: doors.Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """It read what was locked away before the others were ended, and the mark after it."""
    from hamkori.web.sessions import facts as session_facts

    mine, other = doors.client_for(zarina), doors.client_for(zarina)
    with god():
        before = {row.session_key: row.session_data for row in Session.objects.all()}
    with committed():
        other.post("/account/end-others/")
    honest, reads = session_facts.kept, []

    def too_early(session: Any) -> Any:
        reads.append(session)
        if len(reads) > 1:
            return honest(session)
        with god():
            now = dict(Session.objects.values_list("session_key", "session_data"))
            for key, data in before.items():
                Session.objects.filter(session_key=key).update(session_data=data)
        found = honest(type(session)(session.session_key))
        with god():
            for key, data in now.items():
                Session.objects.filter(session_key=key).update(session_data=data)
        return found

    monkeypatch.setattr(session_facts, "kept", too_early)
    with watched() as seen:
        assert other.get(ACCOUNT).status_code == 200
    assert seen.found == set()
    assert len(reads) == 2
    assert mine.get(ACCOUNT).status_code == OVER
