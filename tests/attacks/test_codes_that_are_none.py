"""Her own SQL writes a code that is in none of our lists, into a row that others read: no page of theirs fails by it.

Red on d339dde: a card with the sex 'zz' was sent, and the desk of the other organisation answered 500; a question, a
refusal or a result of such a code did so on the sender's page, and a service in such a region on everybody's directory.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from hamkori.casework.known import KNOWN
from hamkori.casework.referral.models import Referral
from tests.attacks import counted
from tests.attacks.test_after_it_was_sent import accepted, waiting
from tests.attacks.test_dates_that_are_none import AT, clock
from tests.attacks.test_values_that_no_program_reads import ask
from tests.attacks.written import WRITTEN
from tests.casework.test_story import agreed, registered, sent
from tests.cast import World, tomorrow
from tests.database import god

pytestmark = pytest.mark.django_db

CODED = """
    select c.table_name || '.' || c.column_name, c.data_type = 'ARRAY', c.table_name, c.column_name
      from information_schema.columns c join pg_class t on t.oid = format('public.%I', c.table_name)::regclass
     where c.table_schema = 'public' and t.relkind = 'r'
       and (has_column_privilege('hk_app', t.oid, c.column_name, 'INSERT')
         or has_column_privilege('hk_app', t.oid, c.column_name, 'UPDATE'))
       and (c.column_name ~ '_codes?$' or c.column_name = 'type' or c.data_type = 'ARRAY')"""
UPDATED = """
    select has_column_privilege('hk_app', format('public.%%I', %s::text)::regclass, %s, 'UPDATE')"""
TAKES = "select take('referral', %s, %s, null, %s, %s::jsonb, %s::jsonb)"
WRONG = ("{zz}", "{{a,b},{c,d}}", "{NULL}")


def refused(statement: str, *values: object, by: str = "no code") -> None:
    with pytest.raises(DatabaseError, match=by):
        ask(statement, *values)
    counted.tried()


FREE = {
    "consent.text_version_code": "the name of a text, shown as the day that it is",
    "operation.step_code": "compared with the name of the action that is done again, never shown",
    "vault_session.level_code": "the policy of its table takes one only",
}
"""Columns of codes that the login writes and that no list bounds, and why."""


def writable() -> dict[str, tuple[bool, str, str]]:
    with god(), connection.cursor() as cursor:
        cursor.execute(CODED)
        return {name: (is_list, table, column) for name, is_list, table, column in cursor.fetchall()}


def test_every_column_of_codes_is_of_a_list_or_is_named_with_a_reason() -> None:
    named = {*KNOWN, *FREE}
    assert set(writable()) <= named
    assert not {*KNOWN} & {*FREE}
    with god(), connection.cursor() as cursor:
        cursor.execute(
            "select table_name || '.' || column_name from information_schema.columns where table_schema = 'public'"
        )
        assert named <= {name for (name,) in cursor.fetchall()}, "a list for a column that there is not"


def test_she_writes_no_other_code(small_world: World) -> None:
    """Each column of codes that the login may change, in the rows of one case and its request, and of a service."""
    with small_world.as_("caseworker-cso") as zarina:
        case = registered(zarina)
        agreed(zarina, case)
        referral = sent(zarina, case, small_world)
        with god():
            ask("update referral set state_code = 'draft' where id = %s", referral.pk)
        for table, where, thing in (
            ("case", "id", case.pk),
            ("referral", "id", referral.pk),
            ("referral_card", "referral_id", referral.pk),
            ("referral_sender", "referral_id", referral.pk),
        ):
            changed(table, where, thing)
        refused("update app_user set language_code = 'zz' where id = my_user()")
        add = "insert into gap (id, organisation_id, area_code, service_code, month_on)"
        refused(add + " values (gen_random_uuid(), my_org(), 'zz', 'HOME-01', current_date)")
        refused(add + " values (gen_random_uuid(), my_org(), 'TJ', 'zz', current_date)")
    with small_world.as_("desk-shelter"):
        changed("service", "id", small_world.services["HOME-02"])


def changed(table: str, where: str, thing: object) -> None:
    tried = 0
    for is_list, of, column in writable().values():
        with god(), connection.cursor() as cursor:
            cursor.execute(UPDATED, [of, column])
            may = cursor.fetchone() == (True,)
        if of == table and may:
            for wrong in WRONG if is_list else ("zz",):
                refused(f'update "{table}" set {column} = %s where {where} = %s', wrong, thing)
                tried += 1
    assert tried


def test_no_word_of_hers_was_said_in_another_way(small_world: World) -> None:
    """Red on 54b1dfa: the clock wrote the letters into the history of the request, a name as well as a code."""
    referral = accepted(small_world)
    with small_world.as_("shelter-worker"):
        refused("select referral_word_put(%s, 'zarina_rahimova')", referral.pk)
        ask("select referral_word_put(%s, 'by_phone')", referral.pk)


STEPS: list[tuple[str, str, dict[str, Any], list[str] | None]] = [
    ("desk-shelter", "ask", {"question_code": "zz"}, None),
    ("desk-shelter", "decline", {"reason_code": "zz"}, []),
    ("desk-shelter", "decline", {"reason_code": "full", "suggested_service_code": "zz"}, []),
    ("caseworker-cso", "recall", {"reason_code": "zz"}, []),
    ("caseworker-cso", "withdraw", {"how_said_code": "zz"}, []),
]


@pytest.mark.parametrize(("who", "step", "values", "clocks"), STEPS, ids=str)
def test_no_step_carries_another_code(
    small_world: World, who: str, step: str, values: dict[str, Any], clocks: list[str] | None
) -> None:
    referral = waiting(small_world)
    started = None if clocks is None else json.dumps([clock(code) for code in clocks])
    with small_world.as_(who):
        refused(TAKES, referral.pk, step, referral.version, json.dumps(values), started)
    with god():
        assert Referral.objects.get(pk=referral.pk).state_code == "sent"


def test_no_result_is_another_code(small_world: World) -> None:
    referral = accepted(small_world)
    with small_world.as_("shelter-worker"):
        version = Referral.objects.get(pk=referral.pk).version
        ask(TAKES, referral.pk, "serve", version, "{}", json.dumps([clock("result")]))
        ask(WRITTEN, "referral.serve", referral.pk)
        for values in ({"result_code": "zz"}, {"result_code": "not_given", "reason_code": "zz"}):
            given = (json.dumps(values), json.dumps([clock("confirm")]))
            refused(TAKES, referral.pk, "finish", version + 1, *given)


def test_a_state_has_what_its_pages_show(small_world: World) -> None:
    """Sent without a target, or accepted without a part of the day: the own desk answered 500 to all colleagues."""
    referral = waiting(small_world)
    member = str(small_world.membership("shelter-worker"))
    team = [{"id": str(referral.pk), "membership": member, "sections": ["contact"], "tag": ""}]
    values = {"arrival_on": tomorrow().isoformat(), "team": team}
    with small_world.as_("desk-shelter"):
        without = (referral.pk, "accept", referral.version, json.dumps(values), json.dumps([clock("arrival")]))
        refused(TAKES, *without, by="arrival_given")
        wrong = values | {"arrival_part_code": "morning", "team": [team[0] | {"sections": ["zz"]}]}
        refused(TAKES, referral.pk, "accept", referral.version, json.dumps(wrong), json.dumps([clock("arrival")]))
    with god():
        ask("update referral set state_code = 'draft' where id = %s", referral.pk)
    with small_world.as_("caseworker-cso"):
        rungs = [{"name": "lapse", "at": AT}]
        answer = [clock("arrival", clock_code="answer", row_code="answer.urgent", rungs=rungs)]
        refused(TAKES, referral.pk, "send", referral.version, "{}", json.dumps(answer))


def test_a_row_that_has_another_code_can_still_be_ended(small_world: World) -> None:
    referral = waiting(small_world)
    with god():
        ask("update referral set urgency_code = 'zz' where id = %s", referral.pk)
    with small_world.as_("caseworker-cso"), transaction.atomic():
        ask(TAKES, referral.pk, "recall", referral.version, '{"reason_code": "mistake"}', "[]")
        ask(WRITTEN, "referral.recall", referral.pk)
