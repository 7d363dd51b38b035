"""Notices of before are brought along: what each was about, and that no clock tells anybody twice."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from tests.access.cast import Cast
from tests.database import god

pytestmark = pytest.mark.django_db

STEPS = (("notices", "0004_about_a_thing"), ("people", "0006_a_decision_is_told_about"))
OLD = """
insert into notice (id, membership_id, key_code, referral_id, case_id, clock_code, rung_code, device_code, is_urgent,
                    by_mail, at)
values (%s, %s, %s, %s, %s, %s, %s, '', false, false, hk_now())
"""


def rows(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def before(*, back: bool) -> None:
    """The tables as they were before these migrations, or as they are now; what is there goes with them."""
    rows("set constraints all immediate")
    loader = MigrationLoader(connection)
    for app, name in reversed(STEPS) if back else STEPS:
        state, migration = loader.project_state((app, name), at_end=False), loader.get_migration(app, name)
        with connection.schema_editor() as editor:
            (migration.unapply if back else migration.apply)(state, editor)


def test_what_was_told_before_is_about_the_same_thing() -> None:
    zarina = Cast().zarina.pk
    referral, case, session, decision = uuid4(), uuid4(), uuid4(), uuid4()
    told = {
        "late": (referral, None, "answer", "told"),
        "news": (referral, None, "", ""),
        "lead_missing": (None, case, "child", "target"),
        "device": (None, None, "device", session.hex[:20]),
        "decision": (None, None, "decision", decision.hex[:20]),
    }
    with god():
        rows(
            "insert into two_person (id, act_code, organisation_id, subject_ids, reason_code, asked_by_id, asked_at,"
            " state_code, expires_at, answer_code, tag) select %s, 'x', organisation_id, '{}', '', id, hk_now(),"
            " 'asked', hk_now(), '', '' from membership where id = %s",
            decision,
            zarina,
        )
        before(back=True)
        for key, (one, other, clock, rung) in told.items():
            rows(OLD, uuid4(), zarina, key, one, other, clock, rung)
        before(back=False)
        found = {
            key: tuple(row)
            for key, *row in rows("select key_code, about_code, about_id, clock_code, rung_code from notice")
        }
    assert found == {
        "late": ("referral", referral, "answer", "told"),
        "news": ("referral", referral, "", ""),
        "lead_missing": ("case", case, "child", "target"),
        "device": ("", None, "device", session.hex[:20]),
        "decision": ("two_person", decision, "decision", ""),
    }
    with god():
        assert tells(zarina, "referral", referral, "answer", "told") == 0, "it was told before"
        assert tells(zarina, "referral", referral, "answer", "late") == 1
        assert tells(zarina, "two_person", decision, "decision", "") == 0


def tells(member: UUID, *about: Any) -> int:
    kind, thing, clock, rung = about
    return int(
        rows(
            "select notice_to(array[%s]::uuid[], %s, %s, 'late', %s, %s, false, false, null)",
            member,
            kind,
            thing,
            clock,
            rung,
        )[0][0]
    )


def test_a_step_back_finds_what_it_knew() -> None:
    people = Cast()
    thing = uuid4()
    with god():
        for kind in ("referral", "case"):
            tells(people.zarina.pk, kind, thing, "answer", kind)
        before(back=True)
        found = rows("select rung_code, referral_id, case_id from notice order by rung_code")
        before(back=False)
    assert found == [("case", None, thing), ("referral", thing, None)]
