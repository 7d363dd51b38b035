"""Whether a code is taken: nobody who writes learns it. The database draws the codes, and takes none from outside.

Red on 4787818: `case_open`, `serve_open` and the insert of a draft took a code and named the constraint that a taken
one broke, so that raw SQL of one worker told the codes of all cases and requests of the country.
"""

from __future__ import annotations

import psycopg
import pytest
from django.db import connection, transaction

from hamkori.casework.case.models import Case
from hamkori.casework.referral.models import Referral
from hamkori.vocabulary.codes import is_code
from tests.attacks.counted import tried
from tests.casework.racing import LEAD, House
from tests.code_of import new_code
from tests.database import god, raw
from tests.policy import catalogue

STRANGER = "stranger"
COLUMNS = (
    "id, code, kind_code, from_organisation_id, to_organisation_id, service_id, service_code, recipient_kind_code,"
    " purpose_code, urgency_code, told_body, state_code, version, written_at, arrival_part_code, moves, packets,"
    " result_code, reason_code, suggested_service_code, was_disputed"
)
WAYS = {
    "case_open": "select case_open(gen_random_uuid(), %(code)s, '{}', '{}', gen_random_uuid(), '', null, null)",
    "serve_open": "select serve_open(gen_random_uuid(), gen_random_uuid(), %(code)s, '[]')",
    "a draft": (
        f"insert into referral ({COLUMNS}) values (gen_random_uuid(), %(code)s, 'service', my_org(), my_org(),"
        " gen_random_uuid(), '', '', '', '', false, 'draft', 1, now(), '', 0, 0, '', '', '', false)"
    ),
    "a draft instead": (
        f"insert into referral ({COLUMNS}) values (gen_random_uuid(), %(code)s, 'service', my_org(), my_org(),"
        " gen_random_uuid(), '', '', '', '', false, 'draft', 1, now(), '', 0, 0, '', '', '', false)"
        " on conflict (code) do nothing"
    ),
    "a case": 'insert into "case" (id, code) values (gen_random_uuid(), %(code)s)',
    "another code": 'update "case" set code = %(code)s',
    "another code of a request": "update referral set code = %(code)s",
    "a page that she missed": "select ledger_missed('case', %(code)s)",
    "a request that she missed": "select ledger_missed('referral', %(code)s)",
    "a referral to call about": "select referral_to_call(%(code)s)",
    "a referral that was to call about": "select * from referral_called_late(%(code)s)",
}


def answer(opened: psycopg.Connection, token: str, statement: str, code: str) -> tuple[object, ...]:
    """What the database says, without the code that was asked about."""
    opened.execute("select set_config('hk.token', %s, true)", [token])
    try:
        done = opened.execute(statement, {"code": code})  # type: ignore[call-overload]
        return done.rowcount, tuple(done.fetchall()) if done.description else ()
    except psycopg.Error as error:
        told = (error.diag.message_primary or "", error.diag.message_detail or "", error.diag.constraint_name or "")
        return error.sqlstate, *(text.replace(code, "CODE") for text in told)
    finally:
        opened.rollback()


def test_a_taken_code_and_a_free_one_get_one_answer(house: House) -> None:
    taken = [house.case().code, house.accepted()[1].code, house.draft(house.case()).code]
    with raw("hk_app") as opened:
        for who in (STRANGER, LEAD):
            token = house.token(who)
            for name, statement in WAYS.items():
                free = answer(opened, token, statement, new_code())
                for code in taken:
                    assert answer(opened, token, statement, code) == free, (who, name)
                    tried()


def test_no_function_of_the_pages_takes_a_code_to_write(house: House) -> None:
    with raw("hk_app") as opened:
        found = opened.execute(
            "select p.proname, unnest(p.proargnames) as argument from pg_proc p"
            " where p.pronamespace = 'public'::regnamespace and has_function_privilege('hk_app', p.oid, 'execute')"
        ).fetchall()
        asked = {"ledger_missed", "referral_to_call", "referral_called_late"}
        assert {name for name, argument in found if argument == "p_code"} == asked
        grants = catalogue.grants(opened)["hk_app"]
        for table in ("case", "referral", "referral_origin"):
            assert "insert" not in grants[table], table
            assert " code " not in f" {grants[table].replace('(', ' ').replace(')', ' ')} ", table


def test_who_begins_many_learns_nothing_but_her_own(house: House) -> None:
    """What is drawn is never a code that exists, and says nothing about those that do."""
    with transaction.atomic(), god():
        before = set(Case.objects.values_list("code", flat=True)) | set(Referral.objects.values_list("code", flat=True))
    token = house.token(LEAD)
    begin = "select case_open(gen_random_uuid(), '{}', '{}', gen_random_uuid(), '', null, null)"
    with raw("hk_app") as opened:
        opened.execute("select set_config('hk.token', %s, true)", [token])
        for _ in range(100):
            opened.execute(begin)
            tried()
        drawn = [code for (code,) in opened.execute("select code from \"case\" where state_code = 'draft'").fetchall()]
    assert len(set(drawn) - before) >= 100
    assert all(is_code(code) for code in drawn)


def test_a_draft_hangs_on_ones_own_case_alone(house: House) -> None:
    case = house.case()
    draft = (
        "select referral_draft("
        "gen_random_uuid(), %s, %s, %s, 'HOME-02', 'shelter_social', 'help', 'normal', null, false)"
    )
    values = [case.pk, house.world.bodies["shelter-kulob"], house.world.services["HOME-02"]]
    with raw("hk_app") as opened:
        for who in (STRANGER, "colleague-cso", "supervisor-cso", "custodian-one@cso-kulob", "coordinator"):
            opened.execute("select set_config('hk.token', %s, true)", [house.token(who)])
            with pytest.raises(psycopg.DatabaseError) as caught:
                opened.execute(draft, values)
            assert caught.value.sqlstate == "HK404", who
            opened.rollback()
            tried()
    with transaction.atomic(), god(), connection.cursor() as cursor:
        cursor.execute("select count(*) from referral_origin where case_id = %s", [case.pk])
        assert cursor.fetchone() == (0,)
