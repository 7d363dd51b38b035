"""Whatever of the database stays shut: at every door it is a sentence, a row of the ledger and an alarm, never a fault.

Red on 1d8f303: the slow half of a passphrase, which runs before the page, ended in a fault for a planted invitation and
for a database without its proof; a box of somebody's key that was changed looked like a wrong passphrase, and nobody
was told; `keys rotate-release` ended in a traceback.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse

from hamkori.people.actions import welcome
from hamkori.site.management import answers
from hamkori.site.management.commands import keys
from hamkori.vault.bytes import Untrusted
from tests import doors
from tests.attacks import planting
from tests.attacks.counted import tried
from tests.attacks.planting import refused_as_changed, sql_as_owner, undone, watched

pytestmark = [pytest.mark.django_db, pytest.mark.alarms, pytest.mark.usefixtures("own_marks")]
own_marks = planting.own_marks


def sign_in(who: doors.Person) -> HttpResponse:
    return doors.stranger().post("/account/sign-in/", {"login": who.email, "password": who.passphrase})


def join(token: str) -> HttpResponse:
    typed = {"passphrase": doors.PASSPHRASE, "again": doors.PASSPHRASE, "code": "000000", "kept": ""}
    return doors.stranger().post(f"/invitation/{token}/", typed)


def unlock(who: doors.Person) -> HttpResponse:
    return doors.client_for(who).post("/account/unlock/", {"passphrase": who.passphrase})


def change(who: doors.Person) -> HttpResponse:
    typed = {
        "old": who.passphrase,
        "passphrase": "nine grey herons over Varzob",
        "again": "nine grey herons over Varzob",
    }
    return doors.client_for(who).post("/account/passphrase/", typed)


@pytest.mark.parametrize("door", [unlock, change, sign_in])
def test_a_box_of_her_key_that_was_changed(zarina: doors.Person, door: Callable[[doors.Person], HttpResponse]) -> None:
    """Her passphrase is right, and what it should open is another's, or no lock at all."""
    other = doors.person(zarina.organisation_id, "Farida", ("case_worker",), function="social_worker")
    theirs = sql_as_owner("select box from credential where user_id = %s", other.user_id)[0][0]
    for box in (bytes(theirs), b"", b"\x01" * 300):
        with undone(), watched() as seen:
            sql_as_owner("update credential set box = %s where user_id = %s", box, zarina.user_id)
            refused_as_changed(door(zarina))
        assert seen.found


def test_an_invitation_that_was_changed_is_answered_also_when_it_is_sent(zarina: doors.Person) -> None:
    token = welcome.invite(
        doors.house(),
        organisation_id=zarina.organisation_id,
        email="new@example.org",
        name="Nigina",
        roles=["case_worker"],
    )
    for email in ("mallory@example.org", zarina.email):
        with undone(), watched() as seen:
            hashed = welcome.token_hash(token)
            sql_as_owner("update invitation set email = %s where token_hash = %s", email, hashed)
            refused_as_changed(join(token))
        assert seen.of("invite", hashed.hex())


LOST = {
    "deleted": "delete from session_proof",
    "of another version": "update session_proof set no = 9",
}


@pytest.mark.parametrize("how", LOST)
def test_a_database_that_lost_what_proofs_are_compared_with(zarina: doors.Person, how: str) -> None:
    with undone(), watched() as seen:
        sql_as_owner(LOST[how])
        refused_as_changed(sign_in(zarina))
    assert seen.found


@pytest.mark.parametrize("how", LOST)
def test_a_command_says_it_in_one_line(
    zarina: doors.Person,
    how: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    settings: Any,
    tmp_path: Path,
) -> None:
    mine = tmp_path / "keyring"  # it begins a new epoch before it asks
    shutil.copy2(settings.HAMKORI_KEYRING, mine)
    settings.HAMKORI_KEYRING = mine
    monkeypatch.setenv("HAMKORI_DATABASE_URL", "postgresql:///the-connection-of-this-test")
    with undone(), watched() as seen:
        sql_as_owner(LOST[how])
        with pytest.raises(Untrusted):
            keys.turn_release()
        assert keys.main(argparse.Namespace(act="rotate-release")) == 1
        assert sql_as_owner("select reason_code from ledger where action_code = 'tag.mismatch'") == [("command.keys",)]
        tried()
    assert seen.found
    said = capsys.readouterr().err.splitlines()
    assert [line for line in said if "ERROR hamkori.vault" not in line] == said[-1:], "no traceback"
    assert said[-1].startswith("hamkori: keys was broken off:")


def test_what_a_command_names_is_the_row(zarina: doors.Person, capsys: pytest.CaptureFixture[str]) -> None:
    with watched() as seen:
        assert answers.broken_off("keys", Untrusted("org", zarina.organisation_id)) == 1
    assert seen.of("org", zarina.organisation_id)
    assert f"org {zarina.organisation_id}" in capsys.readouterr().err
