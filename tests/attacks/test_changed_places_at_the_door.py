"""The owner changes where somebody works, or her organisation, before she is in: the door says it as every page does.

Red on 5ac3d75: the second step, the change of organisation and the demonstration's doors answered "not found"; the file
of alarms had a line, the ledger no row.
"""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.http import HttpResponse
from django.urls import include, path

from hamkori.people import sign_in, totp
from hamkori.refusal import NotVisible
from hamkori.site.demo import enter
from tests import doors
from tests.attacks import planting
from tests.attacks.counted import tried
from tests.attacks.planting import SENTENCE, sql_as_owner, undone, watched

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.alarms,
    pytest.mark.usefixtures("own_marks"),
    pytest.mark.urls(__name__),
]
own_marks = planting.own_marks
urlpatterns = [path("", include("hamkori.site.demo.urls")), path("", include("hamkori.site.urls"))]

SIGN_IN, SECOND, BODY = "/account/sign-in/", "/account/second-step/", "/account/body/"
POST = "update membership set {} where id = %(post)s"
ORG = "update organisation set {} where id = %(org)s"
AUDITOR = "values (gen_random_uuid(), %(post)s, 'auditor', now())"
CHANGES = {
    "the tag of the post": ("post", POST.format("tag = '\\x0001' || sha256('his')")),
    "no tag of the post": ("post", POST.format("tag = ''")),
    "the number of the post": ("post", POST.format("serial = serial + 1")),
    "the function": ("post", POST.format("function_code = 'investigator'")),
    "the name": ("post", "update app_user set name = 'Mallory' where id = %(user)s"),
    "a role": (
        "post",
        f"insert into role_held (id, membership_id, role_code, since) {AUDITOR}",
    ),
    "the version of the organisation": ("org", ORG.format("version = version + 1")),
    "the tag of the organisation": ("org", ORG.format("tag = '\\x0001' || sha256('his')")),
    "the compartment": ("org", ORG.format("compartment_code = 'oversight'")),
    "the organisation's name": ("org", ORG.format("name_en = 'Panoh'")),
}
Press = Callable[[], HttpResponse]
Door = Callable[[doors.Person, pytest.MonkeyPatch], Press]


def change(who: doors.Person, how: str) -> tuple[str, str]:
    """What the owner does; kind and id of what he has changed."""
    kind, statement = CHANGES[how]
    said = {"post": who.membership_id, "org": who.organisation_id, "user": who.user_id}
    named = [name for name in said if f"%({name})s" in statement]
    for name in named:
        statement = statement.replace(f"%({name})s", "%s")
    sql_as_owner(statement, *(said[name] for name in named))
    return kind, said[kind].hex


def first(client: doors.DoorClient, who: doors.Person) -> HttpResponse:
    return client.post(SIGN_IN, {"login": who.email, "password": who.passphrase})


def second_step(who: doors.Person, _patch: pytest.MonkeyPatch) -> Press:
    client = doors.stranger()
    assert first(client, who).status_code == 302
    return lambda: client.post(SECOND, {"code": totp.code(who.totp_secret)})


def both_steps(who: doors.Person, _patch: pytest.MonkeyPatch) -> Press:
    client = doors.stranger()

    def press() -> HttpResponse:
        assert first(client, who).status_code == 302, "no place of work is read before the second step"
        assert client.get(SECOND).status_code == 200
        return client.post(SECOND, {"code": who.recovery_codes[0]})

    return press


def other_body(who: doors.Person, _patch: pytest.MonkeyPatch) -> Press:
    """She works for another organisation just now, and turns to this one."""
    there = doors.person(doors.body("panoh"), "Zarina", email=who.email)
    client = doors.client_for(there)
    return lambda: client.post(BODY, {"membership": str(who.membership_id)})


def demo(who: doors.Person, patch: pytest.MonkeyPatch) -> Press:
    patch.setattr(enter, "PERSONAS", {"zarina": SimpleNamespace(email=who.email)})
    patch.setattr(enter, "passphrase_for", lambda _email: who.passphrase)
    patch.setattr(enter, "totp_secret_for", lambda _email: who.totp_secret)
    return lambda: doors.stranger().post("/demo/enter", {"persona": "zarina"})


DOORS = (second_step, both_steps, other_body, demo)
# She has one name: the session in which she would turn is over by it (test_planted_people).
TRIES = [(door, how) for door in DOORS for how in CHANGES if (door, how) != (other_body, "the name")]


def said_once(kind: str, thing: str) -> None:
    """The auditors read it, once."""
    rows = sql_as_owner(
        "select object_kind_code, object_id::text, scope_code from ledger where action_code = 'tag.mismatch'"
    )
    assert [(of, (it or "").replace("-", ""), scope) for of, it, scope in rows] == [(kind, thing, "")]


@pytest.mark.parametrize(("door", "how"), TRIES)
def test_it_is_said_there_is_an_alarm_and_one_row(
    zarina: doors.Person, door: Door, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    press = door(zarina, monkeypatch)
    with undone(), watched() as seen:
        kind, thing = change(zarina, how)
        sessions = sql_as_owner("select count(*) from access_session where ended_at is null")
        answer = press()
        assert answer.status_code == 409, answer.status_code
        assert SENTENCE in answer.content.decode()
        said_once(kind, thing)
        assert sql_as_owner("select count(*) from access_session where ended_at is null") == sessions
        tried()
    assert seen.found == {(kind, thing)}


@pytest.mark.parametrize("door", DOORS)
def test_a_place_that_is_changed_while_she_enters(
    zarina: doors.Person, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A trigger of his changes it after it was read and believed, as the session's row is written."""
    press = door(zarina, monkeypatch)
    with undone(), watched() as seen:
        sql_as_owner(
            "create function his() returns trigger language plpgsql security definer set search_path = '' as $$ begin"
            " update public.membership set tag = '' where id = new.membership_id; return new; end $$"
        )
        sql_as_owner("create trigger his after insert on access_session for each row execute function his()")
        answer = press()
        assert answer.status_code == 409, answer.status_code
        said_once("post", zarina.membership_id.hex)
        tried()
    assert seen.of("post", zarina.membership_id)


def test_who_works_nowhere_any_more_and_somebody_elses_place_are_not_found(zarina: doors.Person) -> None:
    """Nothing of theirs was changed: no alarm, no row, and nothing that tells them from what there never was."""
    dilshod = doors.person(zarina.organisation_id, "Dilshod")
    client = doors.client_for(zarina)
    with watched() as seen:
        assert client.post(BODY, {"membership": str(dilshod.membership_id)}).status_code == 404
        with undone():
            sql_as_owner("update membership set tag = '' where id = %s", dilshod.membership_id)
            assert client.post(BODY, {"membership": str(dilshod.membership_id)}).status_code == 404
            tried()
        sql_as_owner("update membership set ended_at = now() where id = %s", zarina.membership_id)
        with pytest.raises(NotVisible):
            sign_in.first_body()
    assert not seen.found


def test_whoever_has_another_place_that_holds_goes_there(zarina: doors.Person) -> None:
    there = doors.person(doors.body("panoh"), "Zarina", email=zarina.email)
    client = doors.stranger()
    first(client, zarina)
    kind, thing = change(zarina, "the tag of the post")
    with watched() as seen:
        assert client.post(SECOND, {"code": totp.code(zarina.totp_secret)}).status_code == 302
    assert seen.of(kind, thing)
    assert client.get("/account/").wsgi_request.actor.membership_id == there.membership_id
    assert client.post(BODY, {"membership": str(zarina.membership_id)}).status_code == 409
    tried()
