"""A transaction on the pages' login that has asked every function about everything, and stays open, keeps nobody out.

What a transaction writes or locks it holds until it ends, and whoever wants the same row waits. Without a session, and
in a stranger's, there must be nothing among it that anybody else's page needs. Red on dab71af: the first step of a
sign-in waited for keys that waited no longer, because `vault_pending_put` had taken them away.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from uuid import UUID

import psycopg
import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from psycopg import sql

from tests import doors
from tests.attacks.counted import tried
from tests.attacks.test_answers_to_nobody import CASEWORK, OTHER, PEOPLE, STRANGER
from tests.casework.racing import DESK, LEAD, House
from tests.cast import PASSPHRASE
from tests.database import god, raw
from tests.policy.granted import APP
from tests.policy.granted_functions import EXECUTE

pytestmark = pytest.mark.usefixtures("house")

AT_ONCE = 9.0
"""Seconds. A page that is kept waits for ten, and then says that it can not be reached (503); one that is not may be
slow where the machine is full.
"""
VALUES = {
    **OTHER,
    "bytea": "sha256('x')",
    "referral": "(select r from referral r limit 1)",
    "text": "'contact'",
    "uuid[]": "array[{id}]::uuid[]",
    "uuid": "{id}::uuid",
}


@pytest.fixture(scope="module")
def ids(house: House) -> list[UUID]:
    house.accepted()
    found = []
    with transaction.atomic(), god(), connection.cursor() as cursor:
        cursor.execute(
            "insert into vault_session (session_id, level_code, box, key_no, at)"
            " select gen_random_uuid(), 'pending', '', 1, now() - interval '1 hour' from generate_series(1, 5)"
        )
        for statement in {**CASEWORK, **PEOPLE}.values():
            cursor.execute(f"{statement} limit 1", {"lead": house.world.membership(LEAD)})
            found.append(cursor.fetchone()[0])
    return found


def called(ids: list[UUID]) -> Iterator[str]:
    """Each function of the pages, with each of the things where it takes one."""
    for name, roles in EXECUTE.items():
        if "hk_app" not in roles.split():
            continue
        bare, _, given = name[:-1].partition("(")
        kinds = [kind for kind in given.split(",") if kind]
        for one in ids if {"uuid", "uuid[]"} & set(kinds) else ids[:1]:
            values = ", ".join(VALUES[kind].replace("{id}", f"'{one}'") for kind in kinds)
            yield f"select * from {bare}({values})"
    for table in APP:
        yield f"select 1 from {sql.Identifier(table).as_string()} for update"


def day(house: House, slug: str, code: int) -> Iterator[Callable[[], HttpResponse]]:
    """What a person does between the door in and the door out."""
    person, client = house.world.people[slug], doors.stranger()
    with transaction.atomic(), god(), connection.cursor() as cursor:
        cursor.execute("select email from app_user where id = %s", [person.user_id])
        (email,) = cursor.fetchone()
    yield lambda: client.post("/account/sign-in/", {"login": email, "password": PASSPHRASE})
    yield lambda: client.post("/account/second-step/", {"code": person.recovery_codes[code]})
    for page in ("/", "/account/", "/account/devices/"):
        yield lambda page=page: client.get(page)
    yield lambda: client.post("/account/seal/")
    yield lambda: client.post("/account/unlock/", {"passphrase": PASSPHRASE})
    yield lambda: client.post("/account/end-others/")
    yield lambda: client.post("/account/sign-out/")


@pytest.mark.parametrize("who", ["", pytest.param(STRANGER, marks=pytest.mark.bulk)])
def test_a_transaction_that_has_asked_everything_keeps_nobody_out(house: House, ids: list[UUID], who: str) -> None:
    token = house.token(who) if who else ""
    with raw("hk_app") as held:
        held.execute("select set_config('hk.token', %s, true)", [token])
        answered = 0
        for statement in called(ids):
            held.execute("savepoint one")
            try:
                held.execute(statement.encode())
                answered += 1
            except psycopg.Error:
                held.execute("rollback to savepoint one")
            tried()
        assert answered > 30
        for slug in (LEAD, DESK):
            waited = []
            for step in day(house, slug, code=1 if who else 0):
                begun = time.monotonic()
                assert step().status_code in (200, 302)
                waited.append(time.monotonic() - begun)
            assert max(waited) < AT_ONCE
        held.rollback()
