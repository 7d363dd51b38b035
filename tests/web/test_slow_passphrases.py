"""No connection waits in a transaction while a passphrase is worked on, whatever it is given for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import psycopg
import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client

from hamkori.people import totp
from hamkori.people.actions import welcome
from hamkori.vault import person
from hamkori.web.account import joining
from tests import database, doors
from tests.web.forms_of import fields

pytestmark = pytest.mark.django_db(transaction=True)
NEW = "nine quiet cranes above the Panj in autumn"


@dataclass
class Watch:
    """What this process's connection to the database did at each stretch, as the database itself says."""

    states: list[str] = field(default_factory=list)
    stretches: int = 0


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    seen, real = Watch(), person.bindings.crypto_pwhash_alg

    def watched(*arguments: object) -> bytes:
        with connection.cursor() as cursor:  # outside a transaction this is one by itself, and over at once
            pid = cursor.connection.info.backend_pid
        assert database._server is not None
        with psycopg.connect(database._server.cluster.superuser_url()) as other:
            row = other.execute("select state from pg_stat_activity where pid = %s", [pid]).fetchone()
        assert row is not None
        seen.states.append(row[0])
        seen.stretches += 1
        made: bytes = real(*arguments)
        return made

    with transaction.atomic():
        doors.house()
    monkeypatch.setattr(person.bindings, "crypto_pwhash_alg", watched)
    return seen


@pytest.fixture
def zarina() -> doors.Person:
    with transaction.atomic():
        doors.house()
        return doors.person(doors.body("umed"), "Zarina")


def signed_in(who: doors.Person) -> Client:
    with transaction.atomic():
        return doors.client_for(who, vault=False)


def clean(seen: Watch, stretches: int) -> None:
    assert seen.stretches == stretches, "each passphrase is stretched once"
    assert set(seen.states) == {"idle"}, seen.states


def sign_in(client: Client, email: str, passphrase: str) -> HttpResponse:
    answer: HttpResponse = client.post("/account/sign-in/", {"login": email, "password": passphrase})
    return answer


@pytest.mark.parametrize("how", ["right", "wrong", "unknown"])
def test_at_the_door(zarina: doors.Person, watch: Watch, how: str) -> None:
    email = zarina.email if how != "unknown" else "nobody@example.org"
    answer = sign_in(doors.stranger(), email, zarina.passphrase if how == "right" else "not hers at all, never")
    assert answer.status_code == (302 if how == "right" else 200)
    clean(watch, 1)


@pytest.mark.parametrize(("typed", "status"), [(doors.PASSPHRASE, 302), ("not hers at all, never", 200)])
def test_unlocking(zarina: doors.Person, watch: Watch, typed: str, status: int) -> None:
    assert signed_in(zarina).post("/account/unlock/", {"passphrase": typed}).status_code == status
    clean(watch, 1)


def test_a_new_passphrase(zarina: doors.Person, watch: Watch) -> None:
    client = signed_in(zarina)
    sent = {"old": zarina.passphrase, "passphrase": NEW, "again": NEW}
    assert client.post("/account/passphrase/", {**sent, "old": "not hers at all, never"}).status_code == 200
    clean(watch, 2)  # the new one too, so that no clock tells whether the old one was right
    assert client.post("/account/passphrase/", sent)["Location"] == "/account/"
    clean(watch, 4)


def invitation(zarina: doors.Person, email: str) -> str:
    with transaction.atomic():
        return welcome.invite(
            doors.keyring(), organisation_id=doors.body("panoh"), email=email, name="Nigina", roles=["case_worker"]
        )


def test_joining(zarina: doors.Person, watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = totp.new_secret()
    monkeypatch.setattr(joining.totp, "new_secret", lambda: secret)
    address, client = f"/invitation/{invitation(zarina, 'n@example.org')}/", doors.stranger()
    (kept,) = fields(client.get(address))["kept"]
    form = {"kept": kept, "passphrase": NEW, "again": NEW, "code": totp.code(secret)}
    assert client.post(address, form).status_code == 200
    clean(watch, 1)
    assert sign_in(doors.stranger(), "n@example.org", NEW).status_code == 302, "and it is the one that was set"
    clean(watch, 2)


def test_taking_a_second_place(zarina: doors.Person, watch: Watch) -> None:
    address = f"/invitation/{invitation(zarina, zarina.email)}/"
    assert doors.stranger().post(address, {"passphrase": zarina.passphrase}).status_code == 302
    clean(watch, 1)


# --- nothing is worked on for whoever may not ask ---------------------------------------------------------------------


def strict() -> Client:
    return Client(enforce_csrf_checks=True)


TRIES: dict[str, Callable[[doors.Person], HttpResponse]] = {
    "a form from elsewhere": lambda who: sign_in(strict(), who.email, who.passphrase),
    "a form from elsewhere, for a new passphrase": lambda _who: strict().post(
        "/account/passphrase/", {"old": NEW, "passphrase": NEW, "again": NEW}
    ),
    "nobody's session": lambda _who: doors.stranger().post("/account/unlock/", {"passphrase": NEW}),
    "nobody's link": lambda _who: doors.stranger().post("/invitation/none/", {"passphrase": NEW, "again": NEW}),
    "an empty form": lambda _who: doors.stranger().post("/account/sign-in/", {}),
    "a form that cannot be read": lambda _who: doors.stranger().post(
        "/account/sign-in/", b"--x", content_type="multipart/form-data; boundary=y"
    ),
    "another address": lambda _who: doors.stranger().post("/account/sign-in", {"login": "a", "password": "b"}),
    "no address": lambda _who: doors.stranger().post("/nowhere/at/all/", {"passphrase": NEW}),
}


@pytest.mark.parametrize("how", TRIES)
def test_nothing_is_stretched_for(zarina: doors.Person, watch: Watch, how: str) -> None:
    TRIES[how](zarina)
    assert watch.stretches == 0


def test_after_five_wrong_ones_nothing_is_stretched(zarina: doors.Person, watch: Watch) -> None:
    client = signed_in(zarina)
    for _try in range(5):
        client.post("/account/unlock/", {"passphrase": "not hers at all, never"})
    assert watch.stretches == 5
    client.post("/account/unlock/", {"passphrase": zarina.passphrase})
    client.post("/account/passphrase/", {"old": zarina.passphrase, "passphrase": NEW, "again": NEW})
    assert watch.stretches == 5
