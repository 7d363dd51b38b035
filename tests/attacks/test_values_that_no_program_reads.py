"""Her own SQL gives a number after which none comes, or a date that no program reads: no word and no page fails by it.

Red on d339dde: a draft at the last version there is, sent, and every word that took it back was answered with 500 and
written down nowhere; a planted agreement of the last number, and no later one could be recorded. `80_dates.sql` refused
what is infinite only: with the year 20000 or one before Christ pages of other organisations answered 409.
"""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from hamkori.casework.case.models import Case
from hamkori.casework.consent.actions import consent
from hamkori.casework.consent.models import Consent
from hamkori.casework.referral.models import Referral
from tests.attacks import counted
from tests.attacks.test_after_it_was_sent import waiting
from tests.attacks.written import WRITTEN
from tests.casework.test_story import agreed, registered, sent
from tests.cast import World
from tests.database import god

pytestmark = pytest.mark.django_db

LAST = 2147483647
AS_AT_THE_COMMIT = "set constraints all immediate"
UNREAD = ("20000-01-01", "0044-03-15 BC", "infinity", "-infinity", "1899-12-31", "2200-01-01")
SECTIONS = ("identity", "contact", "place", "screening", "need", "health", "psychosocial", "legal", "criminal")
WRITABLE = """
    select c.table_name || '.' || c.column_name
      from information_schema.columns c join pg_class t on t.oid = format('public.%%I', c.table_name)::regclass
     where c.table_schema = 'public' and t.relkind = 'r' and c.data_type = any(%s)
       and (has_column_privilege('hk_app', t.oid, c.column_name, 'INSERT')
         or has_column_privilege('hk_app', t.oid, c.column_name, 'UPDATE'))"""
BOUNDED: dict[str, str] = {
    "case.version": "grows by one",
    "referral.version": "grows by one",
    "service.version": "begins at nought or one, grows by one",
    "service.usual_answer_minutes": "the clock's; of a page it is none",
    "service_hours.day": "a check of the column: one of seven",
    "service_hours.opens": "a check of the column: minutes of a day",
    "service_hours.closes": "a check of the column: minutes of a day",
    "consent.number": "the next of its case, or few after it",
    "section_key.epoch": "the next of its section, or few after it",
    "packet_body.packet_no": "of a packet that is there, or the next",
    "packet_seal.packet_no": "of a packet that is there, or the next",
    "packet_seal.release_epoch": "two bytes",
    "operation.done_in": "any, and under our tag: it is asked of PostgreSQL only where that holds",
    "vault_session.key_no": "two bytes",
    **{f"{table}.seal_no": "begins at one, grows by one" for table in SECTIONS},
    **{f"{table}.epoch": "one that its section has" for table in (*SECTIONS, "set_aside")},
}
"""Each number that the pages' login may write, and how the database bounds it (casework/walls/82_counters.sql)."""


def ask(statement: str, *values: object) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, list(values))


def refused(words: str, statement: str, *values: object) -> None:
    with pytest.raises(DatabaseError, match=words):
        ask(statement, *values)
    counted.tried()


def listed(*types: str) -> set[str]:
    with god(), connection.cursor() as cursor:
        cursor.execute(WRITABLE, [list(types)])
        return {name for (name,) in cursor.fetchall()}


def copy(table: str, where: str, thing: object, **other: Any) -> None:
    """One more row like hers, with other values."""
    with god(), connection.cursor() as cursor:
        cursor.execute(f'select to_jsonb(x)::text from "{table}" x where {where} = %s limit 1', [thing])
        row = json.loads(cursor.fetchone()[0])
    new = row | {"id": str(uuid4())} | other
    ask(f'insert into "{table}" select * from jsonb_populate_record(null::"{table}", %s::jsonb)', json.dumps(new))


def copy_refused(table: str, where: str, thing: object, **other: Any) -> None:
    with pytest.raises(DatabaseError, match="no number"):
        copy(table, where, thing, **other)
    counted.tried()


def test_every_number_that_a_page_writes_is_bounded() -> None:
    assert listed("integer", "smallint", "bigint") == set(BOUNDED)


@pytest.mark.parametrize("version", [LAST, LAST - 1, 30, 0, -9])
def test_a_version_grows_by_one(small_world: World, version: int) -> None:
    referral, service = waiting(small_world), small_world.services["HOME-02"]
    with small_world.as_("caseworker-cso") as zarina:
        case = registered(zarina)
        agreed(zarina, case)
        with god():
            ask("update referral set state_code = 'draft', version = 1 where id = %s", referral.pk)
        refused("no number", "update referral set version = %s where id = %s", version, referral.pk)
        refused("no number", 'update "case" set version = %s where id = %s', version or LAST, case.pk)
        ask("update referral set version = 2 where id = %s", referral.pk)
    with small_world.as_("desk-shelter"):
        refused("no number", "update service set version = %s where id = %s", version or LAST, service)
        copy_refused("service", "id", service, version=version or LAST)
        copy_refused("service", "id", service, usual_answer_minutes=LAST, version=1)


@pytest.mark.alarms
def test_her_word_has_a_next_number_whatever_was_planted(small_world: World) -> None:
    with small_world.as_("caseworker-cso") as zarina:
        case = registered(zarina)
        agreed(zarina, case)
        referral = sent(zarina, case, small_world)
        for number in (LAST, LAST - 1024, 1026, 1, 0, -1):
            copy_refused("consent", "case_id", case.pk, number=number)
        planted = str(uuid4())
        first = Consent.objects.get(case=case)
        copy("consent", "case_id", case.pk, number=1025, tag="", id=planted)
        for purpose in ("help", "justice"):
            copy("consent_row", "consent_id", first.pk, consent_id=planted, purpose_code=purpose)
        consent.withdraw(zarina, Case.objects.get(pk=case.pk), how_said="in_person")
        assert Consent.objects.filter(case=case).order_by("-number")[0].step_code == "withdraw"
    with god():
        assert Referral.objects.get(pk=referral.pk).state_code == "ended"


def test_a_word_carries_each_answer_of_the_one_before(small_world: World) -> None:
    """Red on d339dde: after a planted word without answers, her "no" to everything ended none of her requests."""
    with small_world.as_("caseworker-cso") as zarina:
        case = registered(zarina)
        agreed(zarina, case)
        with pytest.raises(DatabaseError, match="no whole word"), transaction.atomic():  # noqa: PT012 - at the commit
            copy("consent", "case_id", case.pk, number=2, tag="")
            ask(AS_AT_THE_COMMIT)
        counted.tried()
        referral = sent(zarina, case, small_world)
        consent.withdraw(zarina, Case.objects.get(pk=case.pk), how_said="in_person")
        ask(AS_AT_THE_COMMIT)
    with god():
        assert Referral.objects.get(pk=referral.pk).state_code == "ended"


@pytest.mark.parametrize("number", [LAST, -1, 0, 9999])
def test_no_other_number_is_the_last_one(small_world: World, number: int) -> None:
    with small_world.as_("caseworker-cso") as zarina:
        case = registered(zarina)
        copy_refused("section_key", "case_id", case.pk, epoch=number, closed_at="2026-01-01")
        refused("no number", "update contact set seal_no = %s where case_id = %s", number, case.pk)
        refused("no number", "update contact set epoch = %s where case_id = %s", number, case.pk)
        copy_refused("contact", "case_id", case.pk, kind_code="note", seal_no=number)
        copy_refused("contact", "case_id", case.pk, kind_code="note", epoch=number)
        aside = (
            "insert into set_aside (id, case_id, section_code, first_by, second_by, epoch, body, at)"
            " values (gen_random_uuid(), %s, 'contact', me(), me(), %s, '', hk_now())"
        )
        refused("no number", aside, case.pk, number)
    referral = waiting(small_world)
    with small_world.as_("desk-shelter"):
        copy_refused("packet_body", "referral_id", referral.pk, section_code="meeting", packet_no=number)
        if number:
            copy_refused("packet_seal", "referral_id", referral.pk, recipient_key_id=str(uuid4()), release_epoch=-LAST)
    with small_world.as_("caseworker-cso"):  # the sender's own line, as agreed by telephone, is number 0 and no other
        copy_refused("packet_body", "referral_id", referral.pk, section_code="meeting", packet_no=number or 1)


def test_a_desk_gets_its_next_key_whatever_was_made(small_world: World) -> None:
    """Through a function of ours. Red on d339dde: a key of the last number was made, and no other could follow it."""
    adds = "select body_key_add(gen_random_uuid(), 'desk', %s, sha256(''), '', '[]')"
    with god():
        ask("update body_key set ended_at = hk_now() where organisation_id = %s", small_world.bodies["shelter-kulob"])
    with small_world.as_("desk-shelter"):
        refused("no number", adds, LAST)
        refused("no number", adds, 9999)
        ask(adds, 2)


def test_dates_lie_in_no_list_and_in_no_document_that_a_page_writes() -> None:
    ages = "referral_card.former_ages"
    assert listed("jsonb", "json") == {"mfa_authenticator.data", ages}, "locked seeds and codes, no date"
    with god(), connection.cursor() as cursor:
        cursor.execute("select with_check from pg_policies where policyname = 'referral_card_add'")
        ((held,),) = cursor.fetchall()
        cursor.execute("select has_column_privilege('hk_app', 'referral_card', 'former_ages', 'UPDATE')")
        assert cursor.fetchone() == (False,), "what a summary said before is written by the database alone"
    assert "former_ages = '[]'::jsonb" in held, "a new one says nothing of before"


@pytest.mark.parametrize("at", UNREAD)
def test_no_date_that_no_program_reads(small_world: World, at: str) -> None:
    service = small_world.services["HOME-02"]
    with small_world.as_("caseworker-cso") as zarina:
        case = registered(zarina)
        agreed(zarina, case)
        refused("no date", 'update "case" set next_step_on = %s where id = %s', at, case.pk)
        refused("no date", "update contact set written_at = %s where case_id = %s", at, case.pk)
        refused("no date", "update mfa_authenticator set last_used_at = %s", at)
        referral = sent(zarina, case, small_world)
        with god():
            ask("update referral set state_code = 'draft' where id = %s", referral.pk)
        refused("no date", "update referral set needed_from_on = %s where id = %s", at, referral.pk)
    with small_world.as_("desk-shelter"):
        refused("no date", "update service set changed_at = %s where id = %s", at, service)


def test_a_row_that_has_such_a_date_can_still_be_ended(small_world: World) -> None:
    referral = waiting(small_world)
    with god():
        ask("update referral set needed_from_on = '20000-01-01' where id = %s", referral.pk)
    with small_world.as_("caseworker-cso"):
        recalls = (
            "select take('referral', %s, 'recall', null, %s, '{\"reason_code\": \"mistake\"}'::jsonb, '[]'::jsonb)"
        )
        ask(recalls, referral.pk, referral.version)
        ask(WRITTEN, "referral.recall", referral.pk)


DATED = """
    select count(*) from pg_attribute a join pg_class t on t.oid = a.attrelid
     where t.relnamespace = 'public'::regnamespace and t.relkind = 'r' and a.attnum > 0 and not a.attisdropped
       and a.atttypid in ('date'::regtype, 'timestamptz'::regtype)
       and (has_column_privilege('hk_app', t.oid, a.attname, 'INSERT')
         or has_column_privilege('hk_app', t.oid, a.attname, 'UPDATE'))
       and (select count(*) from pg_trigger g
             where g.tgrelid = t.oid and g.tgname in ('date_is_none', 'date_turns_none')
               and pg_get_triggerdef(g.oid) like '%new.' || a.attname || ' >= %') < 2"""


def test_each_date_that_a_page_writes_is_asked() -> None:
    with god(), connection.cursor() as cursor:
        cursor.execute(DATED)
        assert cursor.fetchone() == (0,)
