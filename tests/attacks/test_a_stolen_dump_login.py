"""Whoever steals the password of backups, and the pages' too: what a dump must not hold is not to be read either.

Red on 3464221: hk_backup was a member of pg_read_all_data. It read `session_proof`, and with hk_app it began a session
of whomever it named; the verifiers of all passwords in `pg_authid`, and what `pg_statistic` keeps of every column.
"""

from __future__ import annotations

import time
from uuid import uuid4

import psycopg
import pytest
from django.db import transaction

from hamkori.access.context import token_hash
from hamkori.site.database import roles
from hamkori.site.database.cluster import SUPERUSER
from hamkori.site.health import pulse, role_signs
from hamkori.vault import proof
from tests.attacks.counted import tried
from tests.cast import World, build
from tests.database import raw
from tests.site.elsewhere import migrated

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world() -> World:
    with transaction.atomic():
        return build()


def test_with_the_login_of_the_pages_it_begins_nobodys_session(world: World) -> None:
    with raw("hk_backup") as backup, raw("hk_app") as pages:
        try:
            row = backup.execute("select inner_half, outer_half from session_proof where ended_at is null").fetchone()
        except psycopg.errors.InsufficientPrivilege:
            tried()
            return
        assert row is not None
        key = bytes(one ^ 0x36 for one in bytes(row[0]))
        at, token, member = time.time_ns() // 1000, "mine", world.membership("desk-shelter")
        written = (uuid4(), token_hash(token), member, "aal2", 900, 28800)
        said = proof.proof(key, at, "issue", *written)
        pages.execute("select issue(%s, %s, %s, %s, %s, %s, %s, %s)", [*written, at, said])
        pages.execute("select set_config('hk.token', %s, false)", [token])
        assert pages.execute("select me()").fetchone() == (None,), "hk_backup and hk_app act as whom they like"


def test_what_an_older_source_gave_it_is_named_and_taken_away_with_the_next_start() -> None:
    """On a server of its own: what a login is given is given in every database, and others ask for it meanwhile."""
    with migrated() as server:
        superuser = server.address(SUPERUSER, "postgres")
        with psycopg.connect(superuser, autocommit=True) as connected:
            connected.execute("grant pg_read_all_data to hk_backup with inherit true, set false, admin false")
        with psycopg.connect(server.address("hk_clock")) as clock:
            (sign,) = role_signs.of_our_logins(pulse.Here(connection=clock))
            assert sign.text == (
                "hk_backup is a member of pg_read_all_data; as superuser: revoke pg_read_all_data from hk_backup"
            )
            assert sign.well is False
            roles.ensure_roles(superuser, {})
            (sign,) = role_signs.of_our_logins(pulse.Here(connection=clock))
            assert sign.well is True
    tried()


@pytest.mark.parametrize(
    "question",
    [
        "select inner_half from session_proof",
        "select box from vault_session",
        "select rolname, rolpassword from pg_authid",
        "select * from pg_statistic",
    ],
)
def test_it_reads_nothing_of_what_a_dump_leaves_out(question: str) -> None:
    with raw("hk_backup") as backup, pytest.raises(psycopg.errors.InsufficientPrivilege):
        backup.execute(question.encode())
    tried()
