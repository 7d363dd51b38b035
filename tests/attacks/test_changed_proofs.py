"""The owner changes what proofs are compared with: at every door it is said as of every other changed row.

Red on d7c4e56: the sign-in said that e-mail and passphrase do not belong together, and no alarm was raised; behind it
every act that proves something (a second step, another organisation, new codes, a new telephone, a new passphrase, an
invitation) ended in a fault of ours.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from django.http import HttpResponse
from django.test import RequestFactory

from hamkori.casework import raising as raising_casework
from hamkori.people import raising as raising_people
from hamkori.people import totp
from hamkori.people.actions import welcome
from hamkori.site.health.pulse import Here, alarms
from hamkori.site.management.commands import keys
from hamkori.vault import server
from hamkori.vault.bytes import Untrusted
from hamkori.web.account import joining
from hamkori.web.middleware import ActorMiddleware
from tests import doors
from tests.attacks import planting
from tests.attacks.counted import tried
from tests.attacks.planting import SENTENCE, sql_as_owner, undone, watched
from tests.web.forms_of import fields

pytestmark = [pytest.mark.django_db, pytest.mark.alarms, pytest.mark.usefixtures("own_marks")]
own_marks = planting.own_marks

NEW = "nine grey herons over Varzob"
CHANGES = {
    "the inner half": "update session_proof set inner_half = sha256('his') || sha256('his')",
    "the outer half": "update session_proof set outer_half = sha256('his') || sha256('his')",
    "the salt": "update session_proof set salt = substr(sha256('his'), 1, 16)",
    "a version that nobody has": "update session_proof set no = 40000",
    "ended": "update session_proof set ended_at = now() - interval '1 day'",
}
Press = Callable[[], HttpResponse]


def first_step(who: doors.Person) -> Press:
    client = doors.stranger()
    return lambda: client.post("/account/sign-in/", {"login": who.email, "password": who.passphrase})


def second_step(who: doors.Person) -> Press:
    client = doors.stranger()
    client.post("/account/sign-in/", {"login": who.email, "password": who.passphrase})
    return lambda: client.post("/account/second-step/", {"code": totp.code(who.totp_secret)})


def half_way(who: doors.Person) -> Press:
    client = doors.stranger()
    client.post("/account/sign-in/", {"login": who.email, "password": who.passphrase})
    return lambda: client.get("/account/second-step/")


def passphrase(who: doors.Person) -> Press:
    client = doors.client_for(who)
    return lambda: client.post("/account/passphrase/", {"old": who.passphrase, "passphrase": NEW, "again": NEW})


def codes(who: doors.Person) -> Press:
    client = doors.client_for(who)
    return lambda: client.post("/account/codes/")


def telephone(who: doors.Person) -> Press:
    client = doors.client_for(who)
    (kept,) = fields(client.get("/account/authenticator/"))["kept"]
    code = totp.code(joining.Kept.unlock(kept, who.user_id.hex).secret)  # type: ignore[union-attr]
    return lambda: client.post("/account/authenticator/", {"kept": kept, "code": code})


def other_body(who: doors.Person) -> Press:
    there = doors.person(doors.body("panoh"), "Zarina", email=who.email)
    client = doors.client_for(who)
    return lambda: client.post("/account/body/", {"membership": str(there.membership_id)})


def invited(email: str) -> str:
    body = doors.body("panoh")
    return welcome.invite(
        doors.house(), organisation_id=body, email=email, name="Nigina", roles=["case_worker"], language="en"
    )


def joining_anew(who: doors.Person) -> Press:
    token = invited("n@example.org")
    client, address = doors.stranger(), f"/invitation/{token}/"
    (kept,) = fields(client.get(address))["kept"]
    secret = joining.Kept.unlock(kept, welcome.token_hash(token).hex()).secret  # type: ignore[union-attr]
    typed = {"kept": kept, "passphrase": NEW, "again": NEW, "code": totp.code(secret)}
    return lambda: client.post(address, typed)


def second_place(who: doors.Person) -> Press:
    address = f"/invitation/{invited(who.email)}/"
    return lambda: doors.stranger().post(address, {"passphrase": who.passphrase})


def under_a_new_pepper(who: doors.Person) -> Press:
    client, ring = doors.client_for(who), doors.house()

    def press() -> HttpResponse:
        server.use(ring.with_next("pepper"))
        try:
            return client.post("/account/unlock/", {"passphrase": who.passphrase})
        finally:
            server.use(ring)

    return press


def kept_after_a_page(who: doors.Person) -> Press:
    """The page itself proves nothing; what it says next time is kept in her session."""
    client = doors.client_for(who)
    return lambda: client.post("/account/seal/")


DOORS = (
    kept_after_a_page,
    first_step, second_step, half_way, passphrase, codes, telephone, other_body, joining_anew, second_place,
    under_a_new_pepper,
)  # fmt: skip


def whats_there() -> list[tuple[Any, ...]]:
    """What one of these acts would have written, beside the ledger."""
    tables = ("access_session", "vault_session", "app_user", "membership", "credential", "person_key", "invitation")
    rows = [sql_as_owner(f"select to_jsonb(t)::text from {table} t order by 1") for table in tables]
    factors = "select user_id, type, data ->> 'secret', data ->> 'seed' from mfa_authenticator order by 1, 2"
    return [*rows, sql_as_owner(factors)]


@pytest.mark.parametrize("how", CHANGES)
@pytest.mark.parametrize("door", DOORS)
@pytest.mark.thin(5)
def test_every_door_says_it_and_does_nothing(zarina: doors.Person, door: Callable[[Any], Press], how: str) -> None:
    press = door(zarina)
    with undone(), watched() as seen:
        sql_as_owner(CHANGES[how])
        before = whats_there()
        answer = press()
        assert answer.status_code == 409, answer.status_code
        assert SENTENCE in answer.content.decode()
        assert whats_there() == before
        rows = sql_as_owner("select object_kind_code from ledger where action_code = 'tag.mismatch'")
        assert rows == [("proof",)]
        tried()
    assert seen.found == {("proof", "session_proof")}
    signs = list(alarms(Here(connection=None, marks=server.marks().path.parent)))  # type: ignore[arg-type]
    assert [sign.well for sign in signs] == [False], "status shows it"


def test_afterwards_she_goes_on_where_she_was(zarina: doors.Person) -> None:
    """What the door undid it undid whole: the same browser gives its code once more when the row is mended."""
    client = doors.stranger()
    client.post("/account/sign-in/", {"login": zarina.email, "password": zarina.passphrase})
    with undone():
        sql_as_owner(CHANGES["the salt"])
        assert client.post("/account/second-step/", {"code": totp.code(zarina.totp_secret)}).status_code == 409
        tried()
    assert client.post("/account/second-step/", {"code": totp.code(zarina.totp_secret)}).status_code == 302
    actor = client.get("/account/").wsgi_request.actor  # type: ignore[attr-defined]
    assert actor.keys is not None


@pytest.mark.parametrize("how", CHANGES)
def test_a_command_and_a_start_say_it(
    zarina: doors.Person,
    how: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    settings: Any,
    tmp_path: Path,
) -> None:
    settings.HAMKORI_KEYRING = Path(shutil.copy2(settings.HAMKORI_KEYRING, tmp_path / "keyring"))
    monkeypatch.setenv("HAMKORI_DATABASE_URL", "postgresql:///the-connection-of-this-test")
    with undone(), watched() as seen:
        sql_as_owner(CHANGES[how])
        assert keys.main(argparse.Namespace(act="rotate-release")) == 1
        for raise_marks in (raising_people.raise_marks, raising_casework.raise_marks):
            with pytest.raises(Untrusted, match="proof"), transaction.atomic():
                raise_marks(server.keyring())
            tried()
        tried()
    assert seen.of("proof", "session_proof")
    assert "hamkori: keys was broken off: the proof session_proof is not" in capsys.readouterr().err


def test_a_missing_grant_stays_a_fault(zarina: doors.Person) -> None:
    """The refusal of a proof has a number of its own: what PostgreSQL refuses by 42501 is told apart from it."""
    page = ActorMiddleware(lambda _request: HttpResponse())
    for statement in ("select * from session_proof", "select second_factor_set('other', '', 1, '')"):
        with pytest.raises(DatabaseError) as refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
        assert isinstance(refused.value.__cause__, psycopg.errors.InsufficientPrivilege)
        assert page.process_exception(RequestFactory().get("/"), refused.value) is None, "Django's 500"
        tried()
