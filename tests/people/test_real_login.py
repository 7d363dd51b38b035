"""The same walls for the pages' real login, on a second connection that sees only what was committed."""

import psycopg
import pytest
from django.db import transaction

from hamkori.access.context import issue, new_token
from hamkori.vault.proof import prover
from tests import doors
from tests.database import raw

pytestmark = pytest.mark.django_db(transaction=True)
TABLES = (
    "app_user",
    "membership",
    "role_held",
    "organisation",
    "person_key",
    "account_emailaddress",
    "mfa_authenticator",
)


def counts(connection: psycopg.Connection) -> dict[str, int]:
    return {
        table: connection.execute(f"select count(*) from {table} where %s", [True]).fetchone()[0]  # type: ignore[index]
        for table in TABLES
    }


def test_a_committed_session_shows_her_body_and_nothing_shows_more() -> None:
    token = new_token()
    with transaction.atomic():
        ring = doors.house()
        zarina = doors.person(doors.body("umed"), "Zarina")
        doors.person(doors.body("panoh"), "Parvina")
        issue(token, zarina.membership_id, "mfa", prover(ring))
    nothing = dict.fromkeys(TABLES, 0)
    with raw("hk_app") as connection:
        assert counts(connection) == nothing
        for forged in ("", "0" * 64, token[:-1], token.upper()):
            connection.execute("select set_config('hk.token', %s, true)", [forged])
            assert counts(connection) == nothing, forged
        connection.execute("select set_config('hk.knock', %s, true)", [f"{zarina.email}|1|{'a' * 64}"])
        assert counts(connection) == nothing
        connection.execute("select set_config('hk.token', %s, true)", [token])
        own = {"organisation": 2, "mfa_authenticator": 2}
        assert counts(connection) == dict.fromkeys(TABLES, 1) | own
        connection.rollback()
        assert counts(connection) == nothing, "a token lives as long as its transaction"


def test_the_clock_reads_addresses_and_no_key() -> None:
    with transaction.atomic():
        doors.house()
        doors.person(doors.body("umed"), "Zarina")
    with raw("hk_clock") as connection:
        assert connection.execute("select count(email) from app_user").fetchone() == (1,)
        for table in ("credential", "person_key", "mfa_authenticator", "vault_session", "django_session", "invitation"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
                connection.execute(f"select * from {table}")
