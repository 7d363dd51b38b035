"""What each person's token shows and may ask on a plain connection of the pages' own database role."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Any
from uuid import UUID

import psycopg
from django.db import transaction
from psycopg import sql

from hamkori.access.context import new_token
from hamkori.casework.case.models import SECTION_MODELS
from hamkori.people import sign_in
from tests.policy import oracle
from tests.policy.moments import Moments

Seen = dict[str, set[tuple[str, str]]]
"""Table -> {(id of a thing, detail)}"""

TABLES: dict[str, str] = {
    # table -> the record it belongs to, and a detail
    '"case"': "select id, '' from \"case\"",
    "case_access": "select case_id, '' from case_access",
    "case_step": "select case_id, '' from case_step",
    "case_clock": "select case_id, '' from case_clock",
    "person_link": "select case_id, '' from person_link",
    "consent": "select case_id, '' from consent",
    "consent_row": "select c.case_id, '' from consent_row r join consent c on c.id = r.consent_id",
    "section_key": "select case_id, section_code from section_key",
    "set_aside": "select case_id, section_code from set_aside",
    "section_wrap": "select k.case_id, section_code from section_wrap w join section_key k on k.id = w.section_key_id",
    **{f"section {name}": f"select case_id, '' from {model._meta.db_table}" for name, model in SECTION_MODELS.items()},
    "referral": "select id, '' from referral",
    "referral_origin": "select referral_id, '' from referral_origin",
    "referral_card": "select referral_id, '' from referral_card",
    "referral_step": "select referral_id, '' from referral_step",
    "referral_clock": "select referral_id, '' from referral_clock",
    "referral_access": "select referral_id, '' from referral_access",
    "referral_own_case": "select case_id, '' from referral_own_case",
    "packet_body": "select referral_id, section_code from packet_body",
    "gap": "select organisation_id, '' from gap",
    "ledger": "select organisation_id, '' from ledger where organisation_id is not null",
    "membership": "select organisation_id, '' from membership",
    "role_held": "select m.organisation_id, '' from role_held r join membership m on m.id = r.membership_id",
    "service": "select organisation_id, '' from service",
    "organisation": "select id, '' from organisation",
}
SHUT = ("packet_seal", "credential", "invitation", "access_session", "typed", "session_proof", "attempt", "two_person")
"""Tables of which the page role may select nothing at all."""


@dataclass
class Person:
    """One person's transaction as hk_app."""

    connection: psycopg.Connection
    names: dict[UUID, str]

    def seen(self) -> Seen:
        """Every table's rows by thing, in one statement."""
        parts = [f"select '{name.strip(chr(34))}' as t, x.* from ({text}) as x(a, b)" for name, text in TABLES.items()]
        text = "select distinct t, a, b::text from (" + " union all ".join(parts) + ") as everything"
        found: Seen = {name.strip('"'): set() for name in TABLES}
        for table, thing, detail in self.connection.execute(text.encode()):
            found[table].add((self.names.get(thing, "?"), detail))
        return found

    def shut(self, table: str) -> bool:
        """Whether PostgreSQL refuses to read the table at all."""
        try:
            with self.connection.transaction():
                self.connection.execute(sql.SQL("select 1 from {} limit 1").format(sql.Identifier(table)))
        except (psycopg.errors.InsufficientPrivilege, psycopg.errors.UndefinedTable):
            return True
        return False

    def answers(self, calls: dict[str, str]) -> dict[str, str]:
        """Each call's answer: "done", or the refusal's state and word. Nothing that was done stays.

        An UPDATE that meets no row is answered with "hk_none".
        """
        blocks = "\n".join(
            f"begin {_statement(call)}; raise exception 'hk_done'; exception when others then"
            f" said := said || jsonb_build_object('{name}', sqlstate || ' ' || sqlerrm); end;"
            for name, call in calls.items()
        )
        body = f"declare said jsonb := '{{}}'; begin {blocks} perform set_config('hk.said', said::text, true); end"
        self.connection.execute(sql.SQL("do {}").format(sql.Literal(body)))
        row = self.connection.execute("select current_setting('hk.said')").fetchone()
        assert row is not None
        answers: dict[str, str] = json.loads(row[0])
        return {name: "done" if "hk_done" in answer else answer for name, answer in answers.items()}


def _statement(call: str) -> str:
    if call.startswith("update "):
        return f"{call}; if not found then raise exception 'hk_none'; end if"
    return f"perform {call}"


FRESH = 300.0
"""For so many seconds whoever has signed in at a moment is not asked to do it again: a session idles for longer."""


def tokens_of(moments: Moments, moment: str) -> dict[str, str]:
    """Everybody with a real session at this moment."""
    return moments.once(("tokens", moment, monotonic() // FRESH), lambda: _sign_in(moments, moment))


def _sign_in(moments: Moments, moment: str) -> dict[str, str]:
    tokens: dict[str, str] = {}
    with moments.at(moment) as world:
        assert world is not None
        for who in oracle.PEOPLE:
            with transaction.atomic():
                tokens[who] = new_token()
                sign_in.begin(world.ring, tokens[who], world.membership(who))
    return tokens


def each_person(moments: Moments, moment: str, ask: Callable[[str, Person], None]) -> None:
    """Gives everybody a real session, and asks as each of them over one connection of the page role."""
    world, tokens = moments.worlds[moment], tokens_of(moments, moment)
    names = {pk: name for name, pk in (world.things | world.bodies).items()}
    with moments.raw(moment, "hk_app") as connection:
        for who, token in tokens.items():
            connection.execute("select set_config('hk.token', %s, true)", [token])
            ask(who, Person(connection, names))
            connection.rollback()


def everything(moments: Moments, moment: str) -> Seen:
    """The same tables as whoever holds the database sees them: what there is to be seen."""
    world = moments.worlds[moment]
    names = {pk: name for name, pk in (world.things | world.bodies).items()}
    with moments.superuser(moment) as connection:
        return Person(connection, names).seen()


def uuid_of(world: Any, thing: str) -> str:
    """A thing's id as SQL."""
    return f"'{world.things[thing]}'::uuid"
