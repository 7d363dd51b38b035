"""Somebody runs her own SQL on the pages' login: with no token, a stranger's, a forged, an ended one. Nothing opens."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, LiteralString
from uuid import uuid4

import psycopg
import pytest
from django.conf import settings
from django.db import ProgrammingError, connection, connections, transaction
from psycopg import sql
from psycopg.errors import InsufficientPrivilege
from pytest_django import DjangoDbBlocker

from hamkori.access.context import issue, new_token, token_hash
from hamkori.casework.case.actions import section
from hamkori.casework.case.models import Case
from hamkori.casework.referral.models import Referral
from hamkori.site import settings as written
from hamkori.vault.proof import key_for, prove, prover
from hamkori.vault.proof import proof as proof_of
from hamkori.vault.server import keyring
from tests import database
from tests.database import god, raw
from tests.policy.attempts import (
    BLIND_WRITES,
    LOOKING_OVER_SHOULDERS,
    MAKING,
    NOT_THE_CLOCKS,
    NOT_THE_PAGES,
    OTHERS_STEPS,
    OWN,
)
from tests.policy.granted import APP, CLOCK, EXEMPT, OPEN_ROWS
from tests.policy.granted_functions import EXECUTE
from tests.policy.pressing import HELPER, LEAD, House, case_now

STRANGER = "stranger"
DENIED = ("42501", "HK412")  # no grant or wall lets it; the keyring has not proved it


class Prey:
    """A world worth stealing: a case with written sections, a packet that is being read, everybody's keys."""

    def __init__(self) -> None:
        self.house = House()
        self.referral: Referral = self.house.taken()
        with transaction.atomic(), god():
            self.case: Case = Case.objects.get(pk=self._origin())
        fields = {"legal_names": "Canary-Legal-Name"}
        self.house.do(LEAD, section.write_section, self.case, section="identity", fields=fields, seal_no=0)
        self.case = case_now(self.case)

    def _origin(self) -> Any:
        with connection.cursor() as cursor:
            cursor.execute("select case_id from referral_origin where referral_id = %s", [self.referral.pk])
            return cursor.fetchone()[0]

    def token(self, slug: str) -> str:
        """A live session of this person."""
        made = new_token()
        with transaction.atomic():
            issue(made, self.house.world.membership(slug), "mfa", prover(keyring()))
        return made

    def spoilt(self, how: str) -> str:
        """A token of the lead's that was good once."""
        made = self.token(LEAD)
        past: dict[str, LiteralString] = {
            "ended": "update access_session set ended_at = statement_timestamp() where token_hash = %s",
            "idle": "update access_session set idle_until = statement_timestamp() where token_hash = %s",
            "expired": "update access_session set expires_at = statement_timestamp() where token_hash = %s",
        }
        with transaction.atomic(), god(), connection.cursor() as cursor:
            cursor.execute(past[how], [token_hash(made)])
        return made


@pytest.fixture(scope="module")
def prey(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Prey]:
    """One committed world for all who try."""
    with django_db_blocker.unblock():
        yield Prey()
        database.begin_anew()


@pytest.fixture
def app(prey: Prey) -> Iterator[psycopg.Connection]:
    """The real login of the pages."""
    with raw("hk_app") as opened:
        yield opened


@pytest.fixture
def clock(prey: Prey) -> Iterator[psycopg.Connection]:
    """The real login of the jobs."""
    with raw("hk_clock") as opened:
        yield opened


def statement_of(text: str) -> sql.SQL:
    """What somebody typed, as psycopg takes it."""
    return sql.SQL(text)


def act_as(opened: psycopg.Connection, token: str) -> None:
    opened.rollback()
    opened.execute("select set_config('hk.token', %s, true)", [token])


def refused(opened: psycopg.Connection, statement: str, values: tuple[Any, ...] = ()) -> bool:
    """Whether the database denies it; anything else than that or success goes up."""
    try:
        with opened.transaction():
            opened.execute(statement_of(statement), values or None)
    except psycopg.Error as error:
        if error.sqlstate not in DENIED:
            raise
        return True
    return False


def walled() -> list[str]:
    """Tables with row security that the pages may read."""
    return [
        name for name, may in APP.items() if "select" in may.split() and name not in EXEMPT and name not in OPEN_ROWS
    ]


def count(opened: psycopg.Connection, table: str) -> int:
    found = opened.execute(sql.SQL("select count(*) from {}").format(sql.Identifier(table))).fetchone()
    assert found is not None
    return int(found[0])


# --- reading ---------------------------------------------------------------------------------------------------------

CASEWORK = (
    "case", "case_access", "case_step", "case_clock", "person_link", "contact", "place", "identity", "need",
    "section_key", "section_wrap", "consent", "consent_row", "referral", "referral_origin", "referral_card",
    "referral_step", "referral_access", "referral_clock", "packet_body",
)  # fmt: skip


def test_there_is_something_to_steal(prey: Prey) -> None:
    with transaction.atomic(), god(), connection.cursor() as cursor:
        for table in (*CASEWORK, "packet_seal", "credential", "access_session", "app_user"):
            cursor.execute(f'select count(*) from "{table}" where %s', [True])
            assert cursor.fetchone()[0] > 0, table


@pytest.mark.parametrize("token", ["none", "empty", "forged", "short", "quoted", "ended", "idle", "expired"])
def test_without_a_live_token_there_are_no_rows(prey: Prey, app: psycopg.Connection, token: str) -> None:
    made = {"empty": "", "forged": "0" * 64, "short": prey.token(LEAD)[:-1], "quoted": "' or 1=1 --"}
    if token != "none":
        act_as(app, made[token] if token in made else prey.spoilt(token))
    assert {table: n for table in walled() if (n := count(app, table))} == {}


def test_a_strangers_token_shows_none_of_it(prey: Prey, app: psycopg.Connection) -> None:
    act_as(app, prey.token(STRANGER))
    assert {table: n for table in CASEWORK if (n := count(app, table))} == {}
    assert count(app, "membership") > 0, "and her own body she sees"
    for statement in (
        "select * from case_people(%s)",
        "select * from consent_hits(%s)",
        "select * from packet_copies(%s)",
    ):
        assert app.execute(statement_of(statement), [prey.case.pk]).fetchall() == []
    for statement in (
        "select * from packet_seals(%s)",
        "select * from referral_keys(%s)",
        "select * from referral_team(%s)",
        "select * from consent_of(%s)",
    ):
        assert app.execute(statement_of(statement), [prey.referral.pk]).fetchall() == []
    assert refused(app, "select consent_now(%s, 'shelter_social', 'help')", (prey.case.pk,))


def test_a_condition_is_asked_only_about_rows_that_are_hers(prey: Prey, app: psycopg.Connection) -> None:
    act_as(app, prey.token(STRANGER))
    found = app.execute('select count(*) from "case" where 1 / (length(code) - length(code)) > 0').fetchone()
    assert found == (0,), "a division by zero would have told of a row"
    assert app.execute("select count(*) from pg_stats where tablename = any (%s)", [list(CASEWORK)]).fetchone() == (0,)


@pytest.mark.parametrize("table", ["credential", "invitation", "session_proof", "access_session", "packet_seal"])
def test_what_only_definers_read(prey: Prey, app: psycopg.Connection, table: str) -> None:
    act_as(app, prey.token(LEAD))
    assert refused(app, f"select * from {table}")
    assert refused(app, f"select count(*) from {table}")


def test_nobody_sees_what_others_run(app: psycopg.Connection) -> None:
    for statement in LOOKING_OVER_SHOULDERS:
        assert refused(app, statement), statement


# --- making and taking -----------------------------------------------------------------------------------------------


def test_no_session_comes_out_of_a_statement(prey: Prey, app: psycopg.Connection) -> None:
    hashed, member = token_hash(new_token()), prey.house.world.membership(LEAD)
    insert = "insert into access_session (id, token_hash, membership_id, level_code, issued_at, idle_until, expires_at)"
    assert refused(app, f"{insert} values (%s, %s, %s, 'mfa', now(), now(), now())", (uuid4(), hashed, member))
    ask, made = "select issue(%s, %s, %s, %s, %s, %s, %s, %s)", uuid4()
    row = (made, hashed, member, "mfa", 900, 8 * 3600)
    at, proof = prove(keyring(), "issue", *row)
    other = (made, token_hash(new_token()), member, "mfa", 900, 8 * 3600)
    for values in ((*row, at, b"\0" * 32), (*row, at, None), (*other, at, proof), (*row, at + 1, proof)):
        assert refused(app, ask, values), "a proof of one session is none of another"
    old = at - 61_000_000
    assert refused(app, ask, (*row, old, _proof(row, old))), "nor is it one for ever"
    longer = (made, hashed, member, "mfa", 900, 80 * 3600)
    assert refused(app, ask, (*longer, *prove(keyring(), "issue", *longer)))
    assert not refused(app, ask, (*row, at, proof)), "the web process itself can"


def _proof(row: tuple[Any, ...], at: int) -> bytes:
    """What the web process would have said at that moment."""
    with connection.cursor() as cursor:
        cursor.execute("select no, salt from proof_now()")
        number, salt = cursor.fetchone()
    return proof_of(key_for(keyring(), number, bytes(salt)), at, "issue", *row)


def test_a_name_at_the_door_needs_a_proof(prey: Prey, app: psycopg.Connection) -> None:
    for knock in (f"{LEAD}@example.org|1|{'a' * 64}", f"{LEAD}@example.org", "x|y|z", "'||'"):
        app.execute("select set_config('hk.knock', %s, true)", [knock])
        assert app.execute("select at_door()").fetchone() == (None,)
        user = prey.house.world.people[LEAD].user_id
        assert app.execute("select count(*) from credential_for(%s)", [user]).fetchone() == (0,)


def test_the_ledger_takes_no_invented_row(prey: Prey, app: psycopg.Connection) -> None:
    victim = prey.house.world.people[LEAD].user_id
    sign_in = "select ledger_sign_in(%s, %s, %s, '', 1, sha256('x'))"
    for act, decision in (
        ("session.begin", "done"),
        ("invitation.accept", "done"),
        ("case.view", "refused"),
        ("session.begin", "failed"),
    ):
        assert refused(app, sign_in, (act, decision, victim)), act
    append = "select ledger_append('case.close', 'done', '', '', '', null, null, '', null, null, '', null, null)"
    assert refused(app, append), "nobody acts"


def test_states_access_and_keys_move_by_no_statement(prey: Prey, app: psycopg.Connection) -> None:
    for slug in (LEAD, HELPER, STRANGER):
        act_as(app, prey.token(slug))
        for statement in OWN:
            assert refused(app, statement), (slug, statement)


def test_a_strangers_writes_find_no_row(prey: Prey, app: psycopg.Connection) -> None:
    token = prey.token(STRANGER)
    for statement in BLIND_WRITES:
        act_as(app, token)
        assert app.execute(statement_of(statement)).rowcount == 0, statement
    for steps in OTHERS_STEPS:
        act_as(app, token)
        with pytest.raises(psycopg.DatabaseError) as caught:
            app.execute(statement_of(steps), {"case": prey.case.pk, "referral": prey.referral.pk})
        assert caught.value.sqlstate in {"HK404", "HK403"}, (steps, caught.value)
    act_as(app, token)
    assert refused(app, "insert into referral_origin (referral_id, case_id) values (%s, %s)", (uuid4(), prey.case.pk))
    assert refused(
        app,
        "insert into section_wrap (id, section_key_id, recipient_key_id, seal)"
        " select gen_random_uuid(), gen_random_uuid(), k, '' from unnest(my_keys()) k",
    )


def test_the_clocks_functions_are_not_the_pages(prey: Prey, app: psycopg.Connection) -> None:
    act_as(app, prey.token(LEAD))
    only_clock = {name for name, roles in EXECUTE.items() if "hk_app" not in roles.split()}
    assert {"tick(text,uuid,text,jsonb)", "referral_word_take(uuid)", "packets_sweep()"} < only_clock
    for statement in NOT_THE_PAGES:
        assert refused(app, statement), statement


def test_nothing_is_made_and_nothing_left_behind(prey: Prey, app: psycopg.Connection) -> None:
    act_as(app, prey.token(LEAD))
    for statement in MAKING:
        assert refused(app, statement), statement


def test_copying_out_is_reading(prey: Prey, app: psycopg.Connection) -> None:
    act_as(app, prey.token(STRANGER))
    with app.cursor().copy("copy identity to stdout") as copied:
        assert b"".join(bytes(part) for part in copied) == b""


def test_row_security_switched_off_is_an_error_and_no_row(prey: Prey, app: psycopg.Connection) -> None:
    act_as(app, prey.token(STRANGER))
    app.execute("select set_config('row_security', 'off', true)")
    assert refused(app, "select * from identity"), "the database refuses rather than shows"
    assert refused(app, 'update "case" set version = 1')


def test_one_statement_at_a_time(prey: Prey) -> None:
    statement = "select %s; select set_config('row_security', 'off', false)"
    assert settings.DATABASES["default"]["OPTIONS"]["server_side_binding"] is True
    with transaction.atomic(), connection.cursor() as cursor:
        with pytest.raises(ProgrammingError, match="multiple commands"), transaction.atomic():
            cursor.execute(statement, [1])
        cursor.execute("select current_setting('row_security') where %s", [True])
        assert cursor.fetchone() == ("on",)


def test_a_poisoned_connection_is_clean_in_the_next_request(prey: Prey) -> None:
    """One pooled connection, the real login; what an injected statement leaves in its session is gone."""
    zarina, stranger, token = prey.house.client(LEAD), prey.house.client(STRANGER), prey.token(LEAD)
    address = f"/cases/{prey.case.code}/"
    original = connections["default"]
    kept = {**original.settings_dict, "OPTIONS": {**original.settings_dict["OPTIONS"]}}
    options = kept["OPTIONS"]
    options.pop("assume_role")
    parts = psycopg.conninfo.conninfo_to_dict(database.address("hk_app"))
    kept |= {"USER": str(parts["user"]), "PASSWORD": str(parts["password"]), "CONN_MAX_AGE": 0}
    options["pool"] = {**written.HAMKORI_POOLED, "max_size": 1}
    pooled = type(original)(kept, "poisoned")
    connections["default"] = pooled
    try:
        with pooled.cursor() as cursor:
            cursor.execute("select pg_backend_pid() where %s", [True])
            process = cursor.fetchone()
            shown = database.pages_options().rpartition("=")[2]
            left = (("hk.token", token), ("hk.pages", shown), ("search_path", "pg_catalog"), ("row_security", "off"))
            for name, value in left:
                cursor.execute("select set_config(%s, %s, false)", [name, value])
        pooled.close()  # back to the pool
        assert stranger.get(address).status_code == 404
        pooled.close()
        assert zarina.get(address).status_code == 200
        pooled.close()
        with pooled.cursor() as cursor:
            cursor.execute("select pg_backend_pid(), me(), current_setting('row_security') where %s", [True])
            assert cursor.fetchone() == (*process, None, "on"), "the same connection, and nobody acts in it"
        pooled.close()
    finally:
        connections["default"] = original
        pooled.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's


# --- the clock -------------------------------------------------------------------------------------------------------


def test_the_clock_reads_no_sealed_column(prey: Prey, clock: psycopg.Connection) -> None:
    with transaction.atomic(), god(), connection.cursor() as cursor:
        cursor.execute(
            "select c.relname, a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0"
            " where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.atttypid = 'bytea'::regtype"
            " and not a.attisdropped and %s",
            [True],
        )
        sealed = [(table, column) for table, column in cursor.fetchall() if not table.startswith("ledger_")]
    assert {("identity", "body"), ("packet_body", "body"), ("section_wrap", "seal"), ("credential", "box")} < set(
        sealed
    )
    for table, column in sealed:
        statement = sql.SQL("select {} from {}").format(sql.Identifier(column), sql.Identifier(table))
        with pytest.raises(InsufficientPrivilege), clock.transaction():
            clock.execute(statement)


def test_the_clock_takes_no_step_of_people(prey: Prey, clock: psycopg.Connection) -> None:
    for statement in NOT_THE_CLOCKS:
        assert refused(clock, statement), statement
    casework = {"case", "consent", "consent_row", "consent_excluded", "referral", "referral_origin"}
    for table in casework | {"referral_clock", "case_clock"}:
        assert re.fullmatch(r"select\([a-z_ ]+\)", CLOCK[table]), "coded columns by name, and only to read"
