"""Functions, tables and grants as the database has them, against the typed lists: nothing more, nothing less."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from tests.database import raw
from tests.policy import catalogue
from tests.policy.granted import APP, CLOCK, EXEMPT, STATS
from tests.policy.granted_functions import EXECUTE

pytestmark = pytest.mark.django_db


@pytest.fixture
def app(db: None) -> Iterator[psycopg.Connection]:
    """The real login of the pages: the catalog is open to it, and it is all that is asked here."""
    with raw("hk_app") as opened:
        yield opened


def test_every_definer_pins_its_names_and_nothing_is_for_everybody(app: psycopg.Connection) -> None:
    assert catalogue.unpinned(app) == set()
    found = catalogue.executes(app)
    assert not {name for name, roles in found.items() if "PUBLIC" in roles}
    ours = {name: roles for name, roles in found.items() if not name.startswith("procrastinate_")}
    assert ours == EXECUTE
    queue = {name.split("(")[0]: set(roles.split()) for name, roles in found.items() if name not in ours}
    assert set().union(*queue.values()) == {"hk_clock"}, "the queue is the worker's alone"


HER_WORD = {"consent", "consent_row", "consent_excluded", "referral_word", "operation", "notice", "notice_mail"}
"""What is inserted where she says something; `referral` is locked with patience (referral/machinery/her_word.py)."""


def test_nobody_holds_a_row_that_her_word_points_at(app: psycopg.Connection) -> None:
    """A body that she does not want called `body_key_add` and left it open: her word waited for its row, 503."""
    targets = catalogue.pointed_at(app, HER_WORD)
    assert targets == {"case", "consent", "membership", "notice", "organisation"}
    assert catalogue.held_for_update(app, targets) == set()
    may_lock = {table for table in targets if "update" in APP[table]}
    assert may_lock == {"case", "notice"}, "her own team's case, and the notice of who reads it: nobody else's word"
    assert catalogue.held_for_update(app, {"referral"}), "what is locked is found"


def test_who_locks_a_table_by_a_name_that_is_made_may_lock_any() -> None:
    """The one door of steps: red on 54b1dfa, where it would have been taken for a table called `public`."""
    step = "execute format('select 1 from public.%I x where x.id = $1 for update', m.record_table) using p_id;"
    assert catalogue.locked("take", step, {"case", "notice"}) == {"case", "notice"}
    assert catalogue.locked("take", step.replace("for update", "for no key update"), {"case"}) == set()
    named = 'select 1 from public."case" c join public.notice n on true for update of n'
    assert catalogue.locked("x", named, {"case", "notice"}) == {"notice"}


def test_every_table_has_row_security_or_a_reason(app: psycopg.Connection) -> None:
    assert {name for name, walls in catalogue.tables(app).items() if not walls} == set(EXEMPT)


def test_every_grant_is_written_down(app: psycopg.Connection) -> None:
    found = catalogue.grants(app)
    # Which tables it reads is asked by tests/site/test_restore.py.
    assert set(found.pop("hk_backup").values()) == {"select"}
    assert found == {"hk_app": APP, "hk_clock": CLOCK, "hk_stats": STATS}


def test_the_logins_own_nothing_and_belong_to_nobody(app: psycopg.Connection) -> None:
    for role in ("hk_app", "hk_clock", "hk_stats"):
        found = app.execute(
            "select rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication,"
            " (select count(*) from pg_auth_members m where m.member = r.oid),"
            " (select count(*) from pg_class c where c.relowner = r.oid)"
            " + (select count(*) from pg_proc p where p.proowner = r.oid),"
            " has_database_privilege(rolname, current_database(), 'TEMP, CREATE'),"
            " has_schema_privilege(rolname, 'public', 'CREATE')"
            " from pg_roles r where rolname = %s",
            [role],
        ).fetchone()
        assert found == (False, 0, 0, False, False), role
    default = app.execute(
        "select count(*) from pg_default_acl d cross join lateral aclexplode(d.defaclacl) a"
        " where a.grantee = 0 or a.grantee in (select oid from pg_roles where rolname in ('hk_app', 'hk_clock'))"
    ).fetchone()
    assert default == (0,), "nothing is open by default"
