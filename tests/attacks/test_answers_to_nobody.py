"""Every function of the database that the pages' login may call, asked by raw SQL about what exists and what does not.

Without a session, or in the session of somebody who has no part in it, both get the same answer.

Red on 4787818: `entitled`, `case_is_writable` and `case_has_supervisor` (now `case_lacks_supervisor`) answered about
any case without a session, `body_ready`, `desk_ready` and `body_shelters` about any organisation.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import connection, transaction
from psycopg import sql

from tests.attacks.counted import tried
from tests.casework.racing import LEAD, WORKER, House
from tests.database import god, raw
from tests.policy.granted_functions import EXECUTE

pytestmark = pytest.mark.usefixtures("house")

STRANGER = "stranger"
CASEWORK = {
    "case": 'select id from "case"',
    "referral": "select id from referral",
    "section_key": "select id from section_key where section_code = 'contact'",
    "a wrap's reader": "select recipient_key_id from section_wrap",
    "access": "select id from case_access where kind_code = 'lead'",
    "receiver": "select id from referral_access",
    "consent": "select id from consent",
}
PEOPLE = {
    "key": "select id from person_key where user_id = (select user_id from membership where id = %(lead)s)",
    "lead": "select %(lead)s::uuid",
    "user": "select user_id from membership where id = %(lead)s",
    "organisation": "select organisation_id from membership where id = %(lead)s",
    "shelter": "select to_organisation_id from referral",
    "body key": "select id from body_key where kind_code = 'desk'",
    "service": "select service_id from referral",
}
WORDS = ("contact", "meeting", "result", "case.view")
"""What is tried where a function takes a word."""
OTHER = {
    "integer": "1",
    "bigint": "1",
    "bytea": "''",
    "boolean": "false",
    "jsonb": "'{}'",
    "text[]": "'{S}'",
    "date": "current_date",
    "timestamp with time zone": "now()",
    "double precision": "1",
    "double precision[]": "'{}'",
}
Answer = tuple[Any, ...]


@pytest.fixture(scope="module")
def things(house: House) -> dict[str, UUID]:
    """What exists: a case with written sections, a request that is being helped with, and the keys of its people."""
    house.accepted()
    with transaction.atomic(), god(), connection.cursor() as cursor:
        found = {}
        for name, statement in {**CASEWORK, **PEOPLE}.items():
            cursor.execute(f"{statement} limit 1", {"lead": house.world.membership(LEAD)})
            found[name] = cursor.fetchone()[0]
    return found


@pytest.fixture
def app(house: House) -> Iterator[psycopg.Connection]:
    with raw("hk_app") as opened:
        yield opened


def asking() -> dict[str, list[str]]:
    """Functions of the pages that take an id -> the types that they take."""
    taken = {name: name[:-1].partition("(") for name, roles in EXECUTE.items() if "hk_app" in roles.split()}
    return {bare: given.split(",") for bare, _, given in taken.values() if {"uuid", "uuid[]"} & set(given.split(","))}


def answer(opened: psycopg.Connection, token: str, name: str, values: list[sql.Composable]) -> Answer:
    """What the function says, as it can be told from the outside; nothing that it did stays."""
    statement = sql.SQL("select * from {}({})").format(sql.Identifier(name), sql.SQL(", ").join(values))
    try:
        opened.execute("select set_config('hk.token', %s, true)", [token])
        return tuple(opened.execute(statement).fetchall())
    except psycopg.Error as error:
        return error.sqlstate, error.diag.message_primary, error.diag.constraint_name, error.diag.message_detail
    finally:
        opened.rollback()


def said(kind: str, thing: UUID, word: str) -> sql.Composable:
    if kind == "uuid":
        return sql.Literal(thing)
    if kind == "uuid[]":
        return sql.Literal([thing])
    return sql.SQL("{}").format(sql.Literal(word)) if kind == "text" else sql.SQL(OTHER[kind])  # type: ignore[arg-type]


def tells(opened: psycopg.Connection, token: str, name: str, kinds: list[str], known: list[UUID]) -> Iterator[Answer]:
    """The questions whose answer differs from that about things that do not exist."""
    ids = [at for at, kind in enumerate(kinds) if kind in ("uuid", "uuid[]")]
    many = product(known, repeat=len(ids)) if len(ids) < 3 else ((one,) * len(ids) for one in known)
    for word in WORDS if "text" in kinds else WORDS[:1]:
        absent = answer(opened, token, name, [said(kind, uuid4(), word) for kind in kinds])
        for chosen in many if word == WORDS[0] else ((one,) * len(ids) for one in known):
            at = dict(zip(ids, chosen, strict=True))
            given = [said(kind, at.get(n, chosen[0]), word) for n, kind in enumerate(kinds)]
            heard = answer(opened, token, name, given)
            if heard != absent:
                yield name, chosen, word, heard, absent
            else:
                tried()


def told_about(opened: psycopg.Connection, token: str, named: dict[UUID, str], functions: set[str]) -> list[str]:
    """What each of the functions tells about the things, in words."""
    return [
        f"{name}({', '.join(named[one] for one in chosen)}) with {word}: {heard} instead of {absent}"
        for name, kinds in asking().items()
        if name in functions
        for name, chosen, word, heard, absent in tells(opened, token, name, kinds, list(named))
    ]


NUMBERED = {"ledger_alarm"}
"""It answers with the number of the row that it has written, for whatever thing."""


OWN_ID = {"case_open"}
"""It takes the id that a new case shall have: whoever names one that exists knew it, and nobody guesses 122 bits."""


@pytest.mark.parametrize("token", ["", pytest.param("forged", marks=pytest.mark.bulk)])
def test_without_a_session_nothing_is_told(app: psycopg.Connection, things: dict[str, UUID], token: str) -> None:
    named = {thing: name for name, thing in things.items()}
    told = told_about(app, token, named, set(asking()) - NUMBERED)
    assert not told, "\n".join(told)


def test_who_has_no_part_in_it_is_told_nothing(app: psycopg.Connection, house: House, things: dict[str, UUID]) -> None:
    named = {things[name]: name for name in CASEWORK}
    token = house.token(STRANGER)
    assert answer(app, token, "me", []) == ((house.world.membership(STRANGER),),)
    told = told_about(app, token, named, set(asking()) - NUMBERED - OWN_ID)
    assert not told, "\n".join(told)


def test_the_people_of_a_case_get_their_answers(app: psycopg.Connection, house: House, things: dict[str, UUID]) -> None:
    """The same questions in the lead's own session: so the silence above is no silence of the test."""
    tokens = {who: house.token(who) for who in (LEAD, WORKER)}
    for name, about in (("case_is_writable", "case"), ("section_key_is_mine", "section_key")):
        assert answer(app, tokens[LEAD], name, [sql.Literal(things[about])]) == ((True,),), name
        assert answer(app, tokens[WORKER], name, [sql.Literal(things[about])]) == ((False,),), name
    with transaction.atomic(), god(), connection.cursor() as cursor:
        cursor.execute("select id from case_access where kind_code = 'supervisor' and case_id = %s", [things["case"]])
        (above,) = cursor.fetchone()
    for ended, told in (("now()", True), ("null", False)):
        with transaction.atomic(), god(), connection.cursor() as cursor:
            cursor.execute(f"update case_access set ended_at = {ended} where id = %s", [above])
        assert answer(app, tokens[LEAD], "case_lacks_supervisor", [sql.Literal(things["case"])]) == ((told,),)
        assert answer(app, tokens[WORKER], "case_lacks_supervisor", [sql.Literal(things["case"])]) == ((False,),)
    both = [sql.Literal(things["section_key"]), sql.Literal(things["key"])]
    assert answer(app, tokens[LEAD], "entitled", both) == ((True,),)
    assert answer(app, tokens[WORKER], "entitled", both) == ((False,),)
    for name in ("body_ready", "desk_ready"):
        assert answer(app, tokens[LEAD], name, [sql.Literal(things["shelter"])]) == ((True,),), name
