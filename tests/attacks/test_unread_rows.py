"""The owner writes into a row what no program of ours writes and none can read: an infinite date, a list, a short salt.

Red on 2d21747: each of these ended in a fault (500) with no alarm and no row of the ledger; pages did not start; `keys
rotate` ended in a traceback and the former version stayed. A credential of no cost or hash of ours was told as a wrong
passphrase.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import DataError, connection
from django.http import HttpResponse
from django.utils import timezone

from hamkori.casework import raising as raising_casework
from hamkori.people import raising as raising_people
from hamkori.people import totp
from hamkori.site.keys import versions
from hamkori.vault import server
from tests import doors
from tests.attacks import planting
from tests.attacks.counted import tried
from tests.attacks.planting import refused_as_changed, sql_as_owner, undone, watched
from tests.database import god
from tests.web.scene import Scene

pytestmark = [pytest.mark.django_db, pytest.mark.alarms, pytest.mark.usefixtures("own_marks")]
own_marks = planting.own_marks


def spoil(table: str, said: str, where: str = "true", *values: object) -> None:
    """Past every trigger and every check of lists, as an owner writes."""
    sql_as_owner("set constraints all immediate")
    sql_as_owner(f"alter table {table} drop constraint if exists list_is_one_sections")
    sql_as_owner(f"alter table {table} disable trigger user")
    sql_as_owner(f"update {table} set {said} where {where}", *values)
    sql_as_owner(f"alter table {table} enable trigger user")


def first_step(who: doors.Person) -> HttpResponse:
    return doors.stranger().post("/account/sign-in/", {"login": who.email, "password": who.passphrase})


CREDENTIALS = {
    "a salt of one byte": r"salt = '\x00'",
    "a salt of 32 bytes": "salt = sha256('his')",
    "no cost": "ops = -1",
    "no memory": "memory = 8",
    "more memory than there is": "memory = 2147483647",
    "a hash of one byte": r"login_hash = '\x00'",
    "no hash": r"login_hash = ''",
}


@pytest.mark.parametrize("how", CREDENTIALS)
def test_a_credential_that_we_never_wrote_is_said(zarina: doors.Person, how: str) -> None:
    with undone(), watched() as seen:
        spoil("credential", CREDENTIALS[how], "user_id = %s", zarina.user_id)
        refused_as_changed(first_step(zarina))
    assert seen.of("credential", zarina.user_id)


@pytest.mark.parametrize("size", [0, 1, 32])
def test_a_salt_of_proofs_of_another_length(zarina: doors.Person, size: int) -> None:
    with undone(), watched() as seen:
        sql_as_owner("update session_proof set salt = substr(sha256('his'), 1, %s)", size)
        refused_as_changed(first_step(zarina))
    assert seen.found == {("proof", "session_proof")}


FACTORS = {
    "a list": "data = '[]'",
    "null": "data = 'null'",
    "a text": "data = '\"his\"'",
    "no seed": "data = '{}'",
    "a mask that is no number": "data = jsonb_set(data, '{used_mask}', '\"1\"')",
    "a mask of yes": "data = jsonb_set(data, '{used_mask}', 'true')",
    "made at no time": "created_at = 'infinity'",
}


@pytest.mark.parametrize("how", FACTORS)
def test_a_second_factor_of_no_shape(zarina: doors.Person, how: str) -> None:
    client = doors.stranger()
    client.post("/account/sign-in/", {"login": zarina.email, "password": zarina.passphrase})
    with undone(), watched() as seen:
        spoil("mfa_authenticator", FACTORS[how], "user_id = %s", zarina.user_id)
        refused_as_changed(client.post("/account/second-step/", {"code": totp.code(zarina.totp_secret)}))
    assert seen.found


SESSIONS = ("issued_at = 'infinity'", "expires_at = 'infinity'", "stepped_up_at = '-infinity'")


@pytest.mark.parametrize("said", SESSIONS)
@pytest.mark.parametrize("page", ["/", "/account/", "/cases/", "/account/sessions/"])
@pytest.mark.thin(3)
def test_a_session_of_no_time(zarina: doors.Person, said: str, page: str) -> None:
    client = doors.client_for(zarina)
    with undone(), watched() as seen:
        spoil("access_session", said)
        refused_as_changed(client.get(page))
    assert seen.of("row", "unread")
    assert client.get("/account/").status_code == 200, "mended, she goes on"


FILES: dict[str, tuple[str, str, str]] = {
    "opened": ("case", "opened_at = 'infinity'", "/cases/{case}/"),
    "next step": ("case", "next_step_on = 'infinity'", "/cases/{case}/"),
    "needed from": ("referral", "needed_from_on = 'infinity'", "/referrals/{referral}/"),
    "consent until": ("consent_row", "until = 'infinity'", "/cases/{case}/consent/"),
    "agreed at": ("consent", "at = 'infinity'", "/cases/{case}/consent/"),
    "due": ("case_clock", "due_at = 'infinity'", "/cases/{case}/"),
    "answer due": ("referral_clock", "due_at = 'infinity'", "/referrals/{referral}/"),
    "sections of a team": ("case_access", "sections = '{{NULL}}'", "/cases/{case}/"),
}


@pytest.mark.parametrize("how", FILES)
@pytest.mark.thin(3)
def test_a_case_with_a_value_that_is_none(scene: Scene, how: str) -> None:
    case = scene.case()
    referral = scene.sent(case)
    client, (table, said, address) = doors.client_for(scene.zarina), FILES[how]
    page = address.format(case=case.code, referral=referral.code)
    assert client.get(page).status_code == 200
    with undone(), watched() as seen:
        spoil(f'"{table}"', said.format())
        refused_as_changed(client.get(page))
    assert seen.found


SETTINGS = [("DateStyle", "German"), ("client_encoding", "SQL_ASCII")]


@pytest.mark.parametrize(("name", "value"), SETTINGS)
def test_a_page_in_whose_connection_a_function_changes_how_it_answers(scene: Scene, name: str, value: str) -> None:
    """Red on 8996502: each page was a fault (500), and nobody was alarmed."""
    case = scene.case()
    client, page = doors.client_for(scene.zarina), f"/cases/{case.code}/"
    assert client.get(page).status_code == 200
    with undone(), watched() as seen:
        sql_as_owner("alter function hk_now() rename to hk_now_as_made")
        sql_as_owner(
            "create function hk_now() returns timestamptz language plpgsql as $do$ begin"
            f" perform set_config('{name}', '{value}', false); return public.hk_now_as_made(); end $do$"
        )
        sql_as_owner("grant execute on function hk_now(), hk_now_as_made() to hk_app")
        refused = client.get(page)
        sql_as_owner(f"reset {name}")
        refused_as_changed(refused)
    assert seen.of("row", "unread")
    assert client.get(page).status_code == 200


def test_what_somebody_types_is_no_changed_row() -> None:
    """A NUL in a value, and a number too large for its column, are refused as before: nobody is alarmed for them."""
    from hamkori.action import changed_row  # not there on 2d21747

    for statement, value in (("select %s::text", "a\0b"), ("select %s::int2", 70_000), ("select %s::date", "never")):
        with pytest.raises(DataError) as refused, undone(), connection.cursor() as cursor:
            cursor.execute(statement, [value])
        assert changed_row(refused.value) is None
        tried()


# Starts, and turns --------------------------------------------------------------------------------------------------


def question(scene: Scene, state: str = "asked") -> None:
    """A question that two have to answer, with a moment that is none."""
    sql_as_owner(
        "insert into two_person (id, act_code, organisation_id, subject_ids, asked_by_id, asked_at, expires_at,"
        " state_code, decided_at, tag, reason_code, answer_code)"
        " values (gen_random_uuid(), 'continuity_begin', %s, '{}', %s, now(), 'infinity', %s, %s, %s, '', '')",
        scene.umed,
        scene.zarina.membership_id,
        state,
        None if state == "asked" else timezone.now(),
        bytes(34),
    )


STARTS: dict[str, Callable[[Scene], None]] = {
    "a list": lambda _scene: spoil("mfa_authenticator", "data = '[]'"),
    "another kind": lambda _scene: spoil("mfa_authenticator", "type = 'webauthn'", "type = 'totp'"),
    "consent until": lambda _scene: spoil("consent_row", "until = 'infinity'"),
    "agreed at": lambda _scene: spoil("consent", "at = 'infinity'"),
    "asked until": question,
    "answered until": lambda scene: question(scene, "agreed"),
    "a salt": lambda _scene: sql_as_owner("update session_proof set salt = sha256('his')") and None,
}


@pytest.mark.parametrize("how", list(STARTS)[:-1])
def test_pages_start_over_it(scene: Scene, how: str) -> None:
    scene.sent(scene.case())
    ring = doors.house()
    with undone():
        STARTS[how](scene)
        raising_people.behind(ring)
        raising_casework.behind(ring)
        tried()


@pytest.mark.parametrize("how", STARTS)
@pytest.mark.thin(3)
def test_every_turn_goes_over_it_and_names_it(scene: Scene, how: str) -> None:
    scene.sent(scene.case())
    doors.house()
    with undone(), god():
        STARTS[how](scene)
        trust = server.trust()
        left = [one.what for key in versions.KEYS.values() for one in key.left(trust)]
        for key in versions.KEYS.values():
            key.count(trust)
        if how == "a salt":
            assert versions.KEYS["proof"].renew(trust) == 1
        elif how != "answered until":  # what is answered carries a tag that nobody asks any more
            assert left
        tried()
