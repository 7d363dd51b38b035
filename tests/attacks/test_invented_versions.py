"""The owner invents versions of keys: what the keyring lacks is a mismatch, with its sentence and its alarm.

Red on e0a901b: a row of `key_version` above the keyring's newest refused every writing as "a key was changed at this
moment", for ever and without an alarm; a passphrase under an invented pepper was called wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse

from hamkori.refusal import NotNow
from hamkori.site.health import key_ages, pulse
from hamkori.vault import server
from tests import doors
from tests.attacks import planting
from tests.attacks.counted import tried
from tests.attacks.planting import refused_as_changed, sql_as_owner, undone, watched
from tests.attacks.test_changed_proofs import joining_anew, passphrase, telephone
from tests.database import god

pytestmark = [pytest.mark.django_db, pytest.mark.alarms, pytest.mark.usefixtures("own_marks")]
own_marks = planting.own_marks

INVENTED = "insert into key_version (name_code, number, begun_at) values (%s, 40000, now())"


DOORS: list[tuple[str, Callable[[Any], Callable[[], HttpResponse]]]] = [
    ("pepper", passphrase),
    ("pepper", joining_anew),
    ("tag", passphrase),
    ("tag", joining_anew),
    ("kept", telephone),
]


@pytest.mark.parametrize(("name", "door"), DOORS)
def test_every_door_says_it(zarina: doors.Person, name: str, door: Callable[[Any], Callable[[], HttpResponse]]) -> None:
    press = door(zarina)
    with undone(), watched() as seen:
        sql_as_owner(INVENTED, name)
        refused_as_changed(press())
    assert seen.found == {("version", f"{name}.40000")}


def test_a_real_version_that_was_begun_a_moment_ago_is_no_alarm(zarina: doors.Person) -> None:
    """The keyring knows it: it is the sentence of a key that was changed just now, as ever."""
    ring = doors.house()
    press = passphrase(zarina)
    with undone(), watched() as seen:
        sql_as_owner("insert into key_version (name_code, number, begun_at) values ('pepper', 2, now())")
        asked: list[int] = []
        older, newer = ring, ring.with_next("pepper")

        def read() -> Any:
            asked.append(1)
            return newer if len(asked) > 1 else older

        server.use(newer)
        try:
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr("hamkori.casework.work.actions.key_change.server.trust", lambda: _trust(older))
                answer = press()
        finally:
            server.use(ring)
        assert answer.status_code == 409
        assert "changed a key at this moment" in answer.content.decode()
    assert seen.found == set()


def _trust(ring: Any) -> Any:
    from hamkori.vault.trust import Trust

    return Trust(ring, server.marks(), server.alarms())


@pytest.mark.parametrize("number", [0, 40_000])
def test_a_passphrase_under_a_pepper_that_the_keyring_lacks(zarina: doors.Person, number: int) -> None:
    """Right or wrong, at the sign-in and when it is given again."""
    said = sql_as_owner("select login_hash from credential where user_id = %s", zarina.user_id)[0][0]
    claimed = number.to_bytes(2, "big") + bytes(said)[2:]
    presses: list[Callable[[], HttpResponse]] = []
    for typed in (zarina.passphrase, "not hers at all, this one"):
        client, known = doors.stranger(), doors.client_for(zarina)
        sent = {"login": zarina.email, "password": typed}
        presses.append(lambda client=client, sent=sent: client.post("/account/sign-in/", sent))
        presses.append(lambda known=known, typed=typed: known.post("/account/unlock/", {"passphrase": typed}))
    for press in presses:
        with undone(), watched() as seen:
            sql_as_owner("set constraints all immediate")
            sql_as_owner("alter table credential disable trigger user")
            sql_as_owner("update credential set login_hash = %s where user_id = %s", claimed, zarina.user_id)
            refused_as_changed(press())
        assert seen.found == {("credential", zarina.user_id.hex)}


def test_status_names_it(zarina: doors.Person, settings: Any) -> None:
    with undone():
        sql_as_owner(INVENTED, "tag")
        here = pulse.Here(connection=connection.connection, keyring=settings.HAMKORI_KEYRING)
        with god():
            ages, named = key_ages.server_keys(here)
        assert (ages.well, named.well) == (False, False)
        assert named.text.startswith("the database names version 40000 of tag, which the keyring does not hold")
        tried()


def test_an_act_says_it(zarina: doors.Person) -> None:
    """An action tries once more with the keyring as it is now, and then knows."""
    from hamkori.casework.case.actions import case as cases
    from tests.cast import FACTS, SEALED

    doors.custodians(zarina.organisation_id)
    with undone(), watched() as seen, doors.acting(zarina) as actor:
        sql_as_owner(INVENTED, "tag")
        with pytest.raises(NotNow, match="tag_mismatch"):
            cases.begin(actor, codes=FACTS, sealed=SEALED)
        tried()
    assert seen.found == {("version", "tag.40000")}
