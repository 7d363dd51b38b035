"""The ledger takes rows only through its doors, says itself who acts, and shows them to few."""

import time
from datetime import timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from hamkori.access import context
from hamkori.access.actor import SYSTEM
from hamkori.audit import ledger, queries
from hamkori.audit.ledger import LedgerRow
from hamkori.audit.models import Ledger
from hamkori.people.sign_in import knock
from hamkori.vault.proof import prover
from tests import doors
from tests.access import cast
from tests.access.cast import Cast
from tests.database import as_role, god, raw

pytestmark = pytest.mark.django_db


def rows() -> list[Ledger]:
    with god():
        return list(Ledger.objects.order_by("id"))


def test_the_database_says_who_acted_and_when() -> None:
    people = Cast()
    actor = cast.acting(people.zarina)
    cast.advance(timedelta(days=3))
    ledger.note(actor, "vault.unlock", reason="passphrase", kind="session", object_id=actor.session_id)
    (row,) = rows()
    assert (row.membership_id, row.user_id) == (people.zarina.pk, people.zarina.user_id)
    assert (row.organisation_id, row.session_id) == (people.umed.pk, actor.session_id)
    assert (row.action_code, row.decision_code, row.reason_code) == ("vault.unlock", "done", "passphrase")
    assert timedelta(0) <= context.now() - row.at < timedelta(minutes=1), "the world's time, not this machine's"
    assert row.tx > 0
    assert row.cluster != 0


def test_nobody_writes_while_nobody_acts() -> None:
    cast.nobody()
    with pytest.raises(DatabaseError, match="nobody is acting"), transaction.atomic():
        ledger.append(LedgerRow(action="case.view"))
    assert rows() == []


def test_a_role_that_is_not_held_is_not_believed() -> None:
    people = Cast()
    cast.acting(people.zarina)
    for role in ("case_worker", "anyone", "auditor"):
        ledger.append(LedgerRow(action="case.view", role=role))
    assert [row.role_code for row in rows()] == ["case_worker", "anyone", ""]


def test_an_unknown_decision_is_refused() -> None:
    cast.acting(Cast().zarina)
    with pytest.raises(DatabaseError, match="unknown decision"), transaction.atomic():
        ledger.append(LedgerRow(action="case.view", decision="perhaps"))  # type: ignore[arg-type]


def test_the_clock_writes_as_nobody_and_a_page_cannot() -> None:
    with as_role("hk_clock"):
        ledger.note(SYSTEM, "referral.lapse")
    (row,) = rows()
    assert (row.membership_id, row.role_code) == (None, "system")
    with pytest.raises(DatabaseError, match="permission denied for function ledger_system"), transaction.atomic():
        ledger.note(SYSTEM, "referral.lapse")


@pytest.mark.alarms
def test_the_clock_writes_a_line_of_the_file_once_and_a_page_cannot() -> None:
    line, thing = uuid4(), uuid4()
    with as_role("hk_clock"):
        assert ledger.alarm_from_file(line, "team", thing) is True
        assert ledger.alarm_from_file(line, "team", thing) is False
    (row,) = rows()
    assert (row.action_code, row.decision_code, row.role_code) == ("tag.mismatch", "failed", "system")
    assert (row.scope_code, row.object_kind_code, row.object_id, row.operation_id) == ("from_file", "team", thing, line)
    with pytest.raises(DatabaseError, match="permission denied for function ledger_alarm_line"), transaction.atomic():
        ledger.alarm_from_file(uuid4(), "team", thing)


def vain(*said: Any, **more: Any) -> None:
    """A try at the door, as the pages write it."""
    ledger.sign_in(*said, **more, prove=prover(doors.house()))


def test_the_door_takes_nothing_without_the_keyring() -> None:
    with pytest.raises(DatabaseError, match="proof refused"), transaction.atomic():
        ledger.sign_in("session.begin", "failed", prove=lambda *_: (time.time_ns() // 1000, b"x" * 32))
    assert list(rows()) == []


def test_the_door_writes_acts_of_the_door_only() -> None:
    user = uuid4()
    vain("session.begin", "failed", user, "passphrase")
    vain("session.begin", "failed", None, "unknown")
    assert [(row.user_id, row.membership_id, row.reason_code) for row in rows()] == [
        (None, None, "passphrase"),
        (None, None, "unknown"),
    ], "somebody who does not stand at the door cannot be named"
    with pytest.raises(DatabaseError, match="not an act of the door"), transaction.atomic():
        vain("session.begin", "done", user)
    with pytest.raises(DatabaseError, match="not an act of the door"), transaction.atomic():
        vain("referral.accept", "done", user)


def test_the_account_at_the_door_is_found_by_the_database() -> None:
    people = Cast()
    for named in (people.zarina.user.email, "nobody@example.org"):
        knock(doors.house(), named)
        vain("session.begin", "failed", reason="passphrase")
    knock(doors.house(), people.zarina.user.email)
    vain("session.begin", "failed", people.malika.user_id, "passphrase")
    assert [(row.user_id, row.organisation_id) for row in rows()] == [
        (people.zarina.user_id, people.umed.pk),
        (None, None),
        (None, None),
    ], "the one who was named, for the auditors of where she works; nobody for nobody, and nobody else"


def test_vain_tries_are_kept_up_to_sixty_an_hour_and_session() -> None:
    people = Cast()
    cast.acting(people.dilshod)
    for _ in range(63):
        ledger.append(LedgerRow(action="case.view", decision="refused", reason="not_visible"))
    ledger.append(LedgerRow(action="case.view", decision="refused", reason="not_allowed"))
    assert [row.reason_code for row in rows()].count("not_visible") == 60
    assert len(rows()) == 61

    cast.acting(people.firuza)
    ledger.append(LedgerRow(action="case.view", decision="refused", reason="not_visible"))
    assert len(rows()) == 62, "another session has its own measure"

    cast.acting(people.dilshod)
    cast.advance(timedelta(hours=2))
    ledger.append(LedgerRow(action="case.view", decision="refused", reason="not_visible"))
    assert len(rows()) == 63


WRITE = "ledger_write(text,text,uuid,uuid,uuid,uuid,text,text,text,uuid,uuid,text,int,uuid,text,uuid,int)"
APPEND = "ledger_append(text,text,text,text,text,uuid,uuid,text,int,uuid,text,uuid,int)"
NOT_VISIBLE = LedgerRow(action="case.view", decision="refused", reason="not_visible")


@pytest.mark.parametrize("done", [f"alter function {WRITE} strict", f"alter function {APPEND} strict"])
@pytest.mark.parametrize("row", [LedgerRow(action="case.view"), NOT_VISIBLE])
def test_an_act_that_leaves_no_row_is_a_fault(done: str, row: LedgerRow) -> None:
    """Also a refusal that would be left out beyond the sixtieth: what was left out is answered otherwise."""
    cast.acting(Cast().zarina)
    with god(), connection.cursor() as cursor:
        cursor.execute(done)
    with pytest.raises(DatabaseError, match="an act left no row in the ledger"), transaction.atomic():
        ledger.append(row)


def test_nothing_else_than_what_is_not_visible_is_left_out() -> None:
    cast.acting(Cast().zarina)
    with god(), connection.cursor() as cursor:
        cursor.execute(f"drop function {APPEND}")
        cursor.execute(f"create function {APPEND} returns bigint language sql as 'select 0'")
        cursor.execute(f"grant execute on function {APPEND} to hk_app")
    ledger.append(NOT_VISIBLE)
    with pytest.raises(ledger.NoRow):
        ledger.append(LedgerRow(action="case.view"))


@pytest.mark.alarms
def test_a_line_of_the_file_that_is_kept_out_by_something_else_is_a_fault() -> None:
    with god(), connection.cursor() as cursor:
        cursor.execute("create unique index his on ledger ((1)) where action_code = 'tag.mismatch'")
    with as_role("hk_clock"):
        assert ledger.alarm_from_file(uuid4(), "team", None) is True
        with pytest.raises(DatabaseError, match="his"), transaction.atomic():
            ledger.alarm_from_file(uuid4(), "team", None)


@pytest.mark.parametrize("role", ["hk_app", "hk_clock", "hk_owner"])
@pytest.mark.parametrize("table", ["ledger", "ledger_seal", "ledger_checkpoint"])
@pytest.mark.parametrize("act", ["delete from {}", "truncate {} cascade", "update {} set at = now()"])
def test_what_is_written_stays(role: str, table: str, act: str) -> None:
    cast.acting(Cast().zarina)
    ledger.append(LedgerRow(action="case.view"))
    with god(), connection.cursor() as cursor:
        cursor.execute(
            "insert into ledger_seal (id, cluster, first_tx, next_tx, count, leaves, root, chain, at)"
            " values (%s, 1, 0, 1, 0, '', '', '', now())",
            [1],
        )
        cursor.execute(
            "insert into ledger_checkpoint (seal_id, signature, at) values (%s, '', now())",
            [1],
        )
        connection.check_constraints()
    with (
        pytest.raises(DatabaseError, match=r"permission denied|only ever added to"),
        transaction.atomic(),
        as_role(role),
        connection.cursor() as cursor,
    ):
        cursor.execute(act.format(table))


@pytest.mark.parametrize("role", ["hk_app", "hk_clock"])
def test_no_login_inserts_a_row_past_the_doors(role: str) -> None:
    with (
        pytest.raises(DatabaseError, match="permission denied for table ledger"),
        transaction.atomic(),
        as_role(role),
    ):
        Ledger.objects.create(id=1, cluster=1, tx=1, at=context.now(), action_code="x", decision_code="done")


def test_an_auditor_reads_her_body_and_an_oversight_body_reads_all() -> None:
    people = Cast()
    secretariat = cast.body("secretariat", "oversight")
    for who in (people.zarina, people.parvina):
        cast.acting(who)
        ledger.append(LedgerRow(action="case.view"))
    seen = {}
    for name, who in {
        "auditor of umed": cast.member(people.umed, "said", "auditor"),
        "oversight": cast.member(secretariat, "nargis", "auditor"),
        "coordinator": cast.member(secretariat, "olim", "national_coordinator"),
        "lead": people.zarina,
        "supervisor": people.malika,
    }.items():
        cast.acting(who)
        seen[name] = set(Ledger.objects.values_list("organisation_id", flat=True))
    cast.nobody()
    seen["nobody"] = set(Ledger.objects.values_list("organisation_id", flat=True))
    assert seen == {
        "auditor of umed": {people.umed.pk},
        "oversight": {people.umed.pk, people.panoh.pk},
        "coordinator": set(),
        "lead": set(),
        "supervisor": set(),
        "nobody": set(),
    }


def test_lead_and_supervisor_read_what_was_done_with_the_case() -> None:
    people = Cast()
    for who, action in (
        (people.zarina, "case.register"),
        (people.firuza, "section.open"),
        (people.parvina, "case.view"),  # another body's vain try is not theirs to read
    ):
        cast.acting(who)
        ledger.append(
            LedgerRow(action=action, kind="case", object_id=people.case.pk, case_id=people.case.pk, section="needs")
        )
    with as_role("hk_clock"):
        ledger.append(LedgerRow(action="case.remind", case_id=people.case.pk), system=True)
    for who in (people.zarina, people.malika):
        cast.acting(who)
        history = queries.case_history(people.case.pk)
        assert [(line.action, line.membership_id) for line in history] == [
            ("case.register", people.zarina.pk),
            ("section.open", people.firuza.pk),
            ("case.remind", None),
        ]
        assert history[1].section == "needs"


@pytest.mark.parametrize("who", ["firuza", "dilshod", "rustam", "karim", "parvina"])
def test_others_read_no_history(who: str) -> None:
    people = Cast()
    cast.acting(getattr(people, who))
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        queries.case_history(people.case.pk)
    assert isinstance(caught.value.__cause__, psycopg.Error)
    assert caught.value.__cause__.sqlstate == "HK404"


@pytest.mark.django_db(transaction=True)
def test_the_real_logins_reach_only_their_doors() -> None:
    """As hk_app and hk_clock themselves, not as somebody who plays them."""
    with raw("hk_app") as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute(
            "select ledger_write('x', 'done', null, null, null, null, '', '', '', null, null, '', null, null, '', null,"
            " null)"
        )
    with raw("hk_clock") as clock, pytest.raises(psycopg.errors.InsufficientPrivilege):
        clock.execute("select ledger_append('x', 'done', '', '', '', null, null, '', null, null, '', null, null)")
    with raw("hk_clock") as clock:
        clock.execute("select ledger_system('x', 'done', '', '', '', null, null, '', null, null, '', null, null)")
