"""The context is a token that cannot be forged: without a live session, membership, account and body nobody acts."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from hamkori.access import context
from hamkori.access.models import AccessSession, SessionProof
from hamkori.people.models import Membership, Organisation, RoleHeld, User
from hamkori.site.database import world
from hamkori.vault.bytes import Untrusted
from hamkori.vault.proof import Prove, prover
from tests import doors
from tests.access import cast
from tests.access.cast import Cast
from tests.database import god

pytestmark = pytest.mark.django_db


@pytest.fixture
def prove() -> Prove:
    """The web process's own proof, for this database."""
    return prover(doors.house())


def asked(statement: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        (found,) = cursor.fetchone()
    return found


def me() -> UUID | None:
    return asked("select me()")


def test_a_session_is_issued_against_a_proof_and_acts_as_one_membership(people: Cast, prove: Prove) -> None:
    token = context.new_token()
    session = context.issue(token, people.zarina.pk, "full", prove)
    assert context.current_actor() is None, "issuing is not acting"
    context.set_token(token)
    actor = context.current_actor(keys="an open key")
    assert actor is not None
    assert (actor.membership_id, actor.user_id, actor.session_id) == (people.zarina.pk, people.zarina.user_id, session)
    assert (actor.organisation_id, actor.compartment) == (people.umed.pk, "service")
    assert (actor.roles, actor.function) == ({"case_worker"}, "social_worker")
    assert (actor.name, actor.language, actor.supervisor_id) == ("zarina", "en", people.malika.pk)
    assert actor.vault_open
    assert "an open key" not in repr(actor)


def test_without_the_proof_no_session(people: Cast, prove: Prove) -> None:
    with pytest.raises(DatabaseError, match="proof refused"), transaction.atomic():
        context.issue(context.new_token(), people.zarina.pk, "full", lambda *_: (prove("issue")[0], b"guessed"))
    with god():
        SessionProof.objects.update(salt=b"\0" * 16)
    with pytest.raises(DatabaseError, match="proof refused"), transaction.atomic():
        context.issue(context.new_token(), people.zarina.pk, "full", prove)
    with god():
        SessionProof.objects.all().delete()
    with pytest.raises(Untrusted), transaction.atomic():
        context.issue(context.new_token(), people.zarina.pk, "full", prove)


def test_what_proofs_are_compared_with_goes_on_for_a_minute_and_no_longer(people: Cast, prove: Prove) -> None:
    at, shown = prove("issue", people.zarina.pk)
    ask = "select proved(%s, %s, 'issue', %s)"

    def holds() -> bool:
        with god(), connection.cursor() as cursor:
            cursor.execute(ask, [shown, at, str(people.zarina.pk)])
            return bool(cursor.fetchone()[0])

    with god():
        world.renew_proof(connection.connection, doors.house())
    assert holds()
    assert prove("issue", people.zarina.pk)[1] != shown, "another key from now on"
    with god():
        SessionProof.objects.exclude(ended_at=None).update(ended_at=datetime.now(UTC) - timedelta(seconds=61))
    assert not holds()
    with god():
        world.renew_proof(connection.connection, doors.house())
        assert SessionProof.objects.count() == 2, "the one that is over is gone"


def issue_by_hand(prove: Prove, membership: Membership, idle: int = 15 * 60, absolute: int = 8 * 3600) -> None:
    """With a proof that is right for what is asked."""
    row = (uuid4(), b"h" * 32, membership.pk, "full", idle, absolute)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select issue(%s, %s, %s, %s, %s, %s, %s, %s)", [*row, *prove("issue", *row)])


def test_no_session_is_longer_than_allowed(people: Cast, prove: Prove) -> None:
    issue_by_hand(prove, people.zarina)
    with pytest.raises(DatabaseError, match="too long a session"):
        issue_by_hand(prove, people.zarina, idle=16 * 60)
    with pytest.raises(DatabaseError, match="too long a session"):
        issue_by_hand(prove, people.zarina, absolute=9 * 3600)


@pytest.mark.parametrize("forged", ["", "00" * 32, "' or true --", "null", "ғӣқ", "a" * 10_000])
def test_a_forged_token_is_nobody(people: Cast, forged: str) -> None:
    cast.acting(people.zarina)
    context.set_token(forged)
    assert me() is None
    assert context.current_actor() is None


def test_a_session_row_is_no_token(people: Cast) -> None:
    """Whoever reads the table holds hashes."""
    cast.acting(people.zarina)
    with god():
        stored = bytes(AccessSession.objects.get().token_hash).hex()
    context.set_token(stored)
    assert me() is None


def past() -> datetime:
    return datetime.now(UTC) - timedelta(seconds=1)


@pytest.mark.parametrize("limit", ["idle_until", "expires_at", "ended_at"])
def test_a_session_that_is_over_is_nobody(people: Cast, limit: str) -> None:
    cast.acting(people.zarina)
    with god():
        AccessSession.objects.update(**{limit: past()})
    assert me() is None


@pytest.mark.parametrize(
    ("model", "change"),
    [
        (Membership, {"ended_at": past}),
        (Membership, {"suspended_at": past}),
        (User, {"is_active": lambda: False}),
        (Organisation, {"is_active": lambda: False}),
    ],
)
def test_who_is_gone_is_nobody_at_once(people: Cast, model: type, change: dict[str, object]) -> None:
    cast.acting(people.zarina)
    assert me() == people.zarina.pk
    with god():
        model.objects.update(**{name: value() for name, value in change.items()})
    assert me() is None


def test_a_role_that_has_ended_is_not_held(people: Cast) -> None:
    worker = cast.member(people.umed, "somebody", "case_worker", "desk_officer")
    with god():
        RoleHeld.objects.filter(membership=worker, role_code="case_worker").update(ended_at=past())
    assert cast.acting(worker).roles == {"desk_officer"}
    assert not asked("select has_role('case_worker')")


def test_until_when_she_is_proven_takes_no_role_away(people: Cast) -> None:
    worker = cast.member(people.umed, "somebody", "case_worker", "desk_officer")
    with god():
        RoleHeld.objects.filter(membership=worker).update(competent_until=past())
    assert cast.acting(worker).roles == {"case_worker", "desk_officer"}
    assert asked("select has_role('case_worker') and on_desk(my_org())")
    assert asked("select roles from my_bodies()") == ["case_worker", "desk_officer"]


def test_no_wall_asks_until_when_she_is_proven() -> None:
    found = [path.name for path in Path("src/hamkori").rglob("*.sql") if "competent_until" in path.read_text()]
    assert found == [], "a day would take a role away (docs/adr/0082-a-day-takes-no-role-away.md)"


def test_the_app_reads_no_session_and_no_proof(people: Cast) -> None:
    cast.acting(people.zarina)
    for table in ("access_session", "session_proof"):
        with (
            pytest.raises(DatabaseError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"select * from {table}")


def test_an_operation_is_seen_by_its_own_member_only(people: Cast) -> None:
    insert = (
        "insert into operation (id, membership_id, operation_id, step_code, url_path, at)"
        " values (%s, %s, %s, 'case.edit', '', hk_now())"
    )
    cast.acting(people.zarina)
    with connection.cursor() as cursor:
        cursor.execute(insert, [uuid4(), people.zarina.pk, uuid4()])
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            cursor.execute(insert, [uuid4(), people.malika.pk, uuid4()])
        cast.acting(people.malika)
        cursor.execute("select count(*) from operation")
        assert cursor.fetchone() == (0,)


def test_the_world_has_a_time_of_its_own_only_when_nobody_is_real(people: Cast) -> None:
    cast.advance(timedelta(days=1))
    ahead = context.now() - datetime.now(UTC)
    assert timedelta(hours=23) < ahead < timedelta(hours=25)
    cast.acting(people.zarina)
    assert me() == people.zarina.pk, "sessions go by real time"
    with (
        pytest.raises(DatabaseError, match="only_demo_and_test_move_the_clock"),
        transaction.atomic(),
        god(),
        connection.cursor() as cursor,
    ):
        cursor.execute("update world set world_code = %s", ["real"])


def test_agreements_end_by_the_machines_clock_where_people_are_real(settings: Any) -> None:
    """The database's is its owner's: set back, what she took back in time would still open."""
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    assert context.machine_time(long_ago) == long_ago
    settings.PRODUCTION = True
    assert datetime.now(UTC) - context.machine_time(long_ago) < timedelta(minutes=1)
