"""A database of before, in which the owner of our tables may make temporary ones: it is named, and closed."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from hamkori.site.database import roles, startcheck
from hamkori.site.health import pulse, role_signs
from hamkori.site.health.pulse import Sign
from tests.database import CLONE, address, raw
from tests.site.restoring import elsewhere

pytestmark = pytest.mark.django_db(transaction=True)

CLOSED = "no login of ours may make one, nor may hk_owner"
WAY = f"grant connect on database {CLONE} to hk_owner; revoke temporary on database {CLONE} from public, "
AS_OF_BEFORE = f"grant temporary on database {CLONE} to hk_owner; revoke connect on database {CLONE} from hk_owner"

GIVEN_ON = (
    f"grant temporary on database {CLONE} to hk_owner with grant option; set role hk_owner;"
    f" grant temporary on database {CLONE} to hk_app; reset role"
)


@pytest.fixture
def superuser() -> Iterator[psycopg.Connection]:
    with psycopg.connect(address("postgres"), autocommit=True) as connection:
        yield connection


def sign() -> Sign:
    """As `status` asks it."""
    with raw("hk_clock") as clock:
        (found,) = role_signs.temporary_tables(pulse.Here(connection=clock))
    return found


def does(superuser: psycopg.Connection, statements: str) -> None:
    for statement in statements.split("; "):
        superuser.execute(statement.encode())


@pytest.mark.parametrize(
    ("given", "who"),
    [
        (AS_OF_BEFORE, "hk_owner"),
        (f"grant temporary on database {CLONE} to hk_migrate", "hk_migrate"),
        (f"grant temporary on database {CLONE} to hk_stats, hk_backup", "hk_backup, hk_stats"),
        (f"grant temporary on database {CLONE} to public", ", ".join(sorted(roles.ROLES))),
        (f"alter database {CLONE} owner to hk_owner; grant temporary on database {CLONE} to hk_owner", "hk_owner"),
        (GIVEN_ON, "hk_app, hk_owner"),
    ],
    # The database is another one in each process of a run, and its name must not be that of a test.
    ids=["as of before", "a login", "two", "everybody", "its owner", "given on"],
)
def test_who_still_may_is_named_with_what_takes_it_and_so_does_hardening(
    superuser: psycopg.Connection, given: str, who: str
) -> None:
    assert sign() == Sign("Temporary tables", CLOSED, well=True)
    does(superuser, given)
    found = sign()
    assert found.well is False
    assert found.text == f"{who} may make some, which are looked up before ours; as superuser: {WAY}{who} cascade"
    does(superuser, found.text.partition("as superuser: ")[2])
    assert sign().well, "the line that is named takes it"
    does(superuser, given)
    assert not sign().well
    roles.harden(address("postgres"), tests=True)
    assert sign().well, "and so does the next start of our own server"


def test_a_database_is_known_as_ours_before_and_afterwards(superuser: psycopg.Connection) -> None:
    """Seen from another one: a pages' login that gets into one that is not ours does not serve."""
    other = f"{CLONE}_beside"
    roles.ensure_database(address("postgres"), other)
    try:
        with psycopg.connect(elsewhere(address("hk_app"), other)) as pages:
            for becomes in ("select 1", AS_OF_BEFORE, f"{WAY}hk_owner cascade"):
                does(superuser, becomes)
                assert CLONE not in startcheck.other_databases(pages, ["hk_app"]), becomes
        with psycopg.connect(elsewhere(address("postgres"), other)) as alone:
            # Taken back at once: pages that start on this server meanwhile would find a database that is not ours.
            does(alone, f"revoke connect on database {CLONE} from hk_owner")
            assert CLONE in startcheck.other_databases(alone, ["hk_app"]), "it is this that says so"
            alone.rollback()
    finally:
        superuser.execute(f"drop database {other} with (force)".encode())


def test_the_sign_of_a_database_of_ours_lets_nobody_in(superuser: psycopg.Connection) -> None:
    asks = "select rolcanlogin, rolpassword from pg_authid where rolname = 'hk_owner'"
    assert superuser.execute(asks).fetchone() == (False, None)


def test_the_script_says_it_before_anybody_is_let_in() -> None:
    lines = roles.script("theirs").splitlines()
    assert "temporary" not in "".join(line for line in lines if line.startswith("grant"))
    taken = lines.index(
        "revoke temporary on database theirs from hk_owner, hk_app, hk_clock, hk_stats, hk_backup, hk_migrate cascade;"
    )
    assert lines.index("grant connect on database theirs to hk_owner;") < taken
    assert taken < lines.index("alter database theirs allow_connections true;")
