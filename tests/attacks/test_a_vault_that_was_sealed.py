"""She seals her vault and leaves the page open; the owner puts the row back, and it is open without her passphrase.

A sealed vault is a row that is gone (`vault_session`), and nothing outside the database said so, as it does of a
session that was ended (`vault/ended.py`). Whoever sat at her browser, or held copies of both cookies, read on
(SECURITY.md: such an attacker "reads what is open until the vault is locked", and "cannot open the vault again"). No
alarm. Likewise the key that waits for the second factor: once, and for five minutes by a clock that is the owner's.
"""

from __future__ import annotations

import pytest
from django.conf import settings
from django.db import connection, transaction

from hamkori.people import totp
from hamkori.vault import held
from tests import doors
from tests.attacks.counted import tried
from tests.attacks.owned import Row, copy_back, owner
from tests.attacks.test_read_again_as_another import alarms
from tests.casework.racing import LEAD, House
from tests.cast import PASSPHRASE
from tests.web.senders import Senders

pytestmark = pytest.mark.alarms

NAME = "Canary-Call-Name"


def thief_of(hers: doors.DoorClient) -> doors.DoorClient:
    """Another browser with both of her cookies."""
    thief = doors.stranger()
    for cookie in (settings.SESSION_COOKIE_NAME, settings.HAMKORI_KEY_COOKIE):
        thief.cookies[cookie] = hers.cookies[cookie].value
    return thief


def puts_back(rows: list[Row]) -> None:
    for row in rows:
        owner("delete from vault_session where session_id = %s", row["session_id"])
        copy_back("vault_session", row)
    connection.close()


def test_what_she_sealed_is_read_by_nobody_until_she_opens_it(house: House) -> None:
    case = house.case()
    with transaction.atomic():
        hers = Senders(house.world).browser(LEAD)
    address = f"/cases/{case.code}/section/?of=contact"
    thief = thief_of(hers)
    assert NAME in thief.get(address).content.decode(), "what is open he reads"
    kept = owner("select * from vault_session")
    hers.post("/account/seal/", {"next": "/"})
    assert NAME not in thief.get(address).content.decode(), "it is sealed"
    before = alarms()
    puts_back(kept)
    read = NAME in thief.get(address).content.decode()
    told = alarms().removeprefix(before)
    assert not read, f"she has sealed it, and he reads on; alarm: {told}"
    assert " vault " in told
    assert hers.post("/account/unlock/", {"passphrase": PASSPHRASE, "next": "/"}).status_code == 302
    assert NAME in hers.get(address).content.decode(), "she has opened it"
    puts_back(kept)
    assert NAME not in thief.get(address).content.decode(), "the row of before is as shut as it was"
    tried()


def first_step(house: House) -> doors.DoorClient:
    client = doors.stranger()
    client.post("/account/sign-in/", {"login": house.world.people[LEAD].email, "password": PASSPHRASE})
    return client


def test_a_key_that_waited_is_taken_once(house: House) -> None:
    """He has copied the cookies between her two steps, and has codes of her telephone."""
    person, client = house.world.people[LEAD], first_step(house)
    thief, kept = thief_of(client), owner("select * from vault_session where level_code = 'pending'")
    sessions = owner("select * from django_session")
    assert client.post("/account/second-step/", {"code": totp.code(person.totp_secret)}).status_code == 302
    puts_back(kept)
    for row in sessions:
        owner("delete from django_session where session_key = %s", row["session_key"])
        copy_back("django_session", row)
    before = alarms()
    thief.raise_request_exception = False
    thief.post("/account/second-step/", {"code": person.recovery_codes[0]})
    tried()
    assert " vault " in alarms().removeprefix(before)
    assert thief.get("/account/").status_code == 302, "nobody is signed in"


def test_a_key_waits_five_minutes_by_our_clock(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    person, client, now = house.world.people[LEAD], first_step(house), held._now()
    monkeypatch.setattr(held, "_now", lambda: now + 6 * 60 * 1000)
    assert client.post("/account/second-step/", {"code": person.recovery_codes[1]}).status_code == 302
    tried()
    assert client.get("/account/").wsgi_request.actor.keys is None, "signed in, but sealed"
