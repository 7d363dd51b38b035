"""Who looked at a case, who tried one that is not hers, what a receiver opened: for a defender, and nobody else."""

from datetime import timedelta
from uuid import UUID

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from hamkori.audit import ledger, queries
from hamkori.audit.ledger import LedgerRow
from hamkori.audit.models import Ledger
from hamkori.casework.case.models import Case
from tests.access import cast
from tests.access.cast import Cast
from tests.database import god

pytestmark = pytest.mark.django_db


def rows() -> list[Ledger]:
    with god():
        return list(Ledger.objects.order_by("id"))


def code_of(case: Case) -> str:
    with god():
        return Case.objects.get(pk=case.pk).code


def test_looking_leaves_a_row_once_an_hour_and_paper_each_time() -> None:
    people = Cast()
    cast.acting(people.zarina)
    for _ in range(3):
        ledger.looked("case.view", people.case.pk)
        ledger.looked("case.history", people.case.pk)
        ledger.looked("case.print", people.case.pk)
        ledger.looked("consent.print", people.case.pk)
    said = [row.action_code for row in rows()]
    assert [said.count(one) for one in ("case.view", "case.history", "case.print", "consent.print")] == [1, 1, 3, 3]
    (first, *_) = rows()
    assert (first.case_id, first.membership_id, first.scope_code) == (people.case.pk, people.zarina.pk, "own_team")
    cast.advance(timedelta(minutes=61))
    ledger.looked("case.view", people.case.pk)
    cast.acting(people.malika)
    ledger.looked("case.view", people.case.pk)
    assert [(row.membership_id, row.scope_code) for row in rows() if row.action_code == "case.view"] == [
        (people.zarina.pk, "own_team"),
        (people.zarina.pk, "own_team"),
        (people.malika.pk, "supervised"),
    ]


def test_nobody_says_that_she_looked_at_what_is_not_hers() -> None:
    people = Cast()
    cast.acting(people.dilshod)
    for words, state in (("'case.view'", "HK404"), ("'case.close'", "42501")):
        with pytest.raises(DatabaseError) as caught, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"select ledger_looked({words}, %s)", [people.case.pk])
        assert isinstance(caught.value.__cause__, psycopg.Error)
        assert caught.value.__cause__.sqlstate == state
    assert rows() == []


def kept(row: Ledger) -> tuple[UUID | None, UUID | None, UUID | None, UUID | None]:
    return row.membership_id, row.organisation_id, row.case_id, row.object_id


def test_a_vain_try_keeps_the_case_for_its_own_organisation_only() -> None:
    people = Cast()
    code = code_of(people.case)
    cast.acting(people.dilshod)  # a colleague who is not on the team
    ledger.missed("case", code)
    cast.acting(people.parvina)  # of another organisation
    ledger.missed("case", code)
    ledger.missed("case", "00000000")
    ledger.missed("referral", code)
    umed, panoh = people.umed.pk, people.panoh.pk
    assert [kept(row) for row in rows()] == [
        (people.dilshod.pk, umed, None, None),
        (people.dilshod.pk, umed, people.case.pk, umed),
        (people.parvina.pk, panoh, None, None),
        (None, umed, people.case.pk, panoh),
        (people.parvina.pk, panoh, None, None),
        (None, None, None, None),
        (people.parvina.pk, panoh, None, None),
        (None, None, None, None),
    ], "two rows each time, so that neither the number of rows nor the time tells what exists"
    assert {row.reason_code for row in rows()} == {"not_visible"}
    cast.acting(cast.member(people.panoh, "said", "auditor"))
    assert set(Ledger.objects.values_list("case_id", flat=True)) == {None}, "her auditor learns no more than she did"
    cast.acting(people.zarina)
    tried = [line for line in queries.case_history(people.case.pk) if line.action == "page.view"]
    assert [(line.membership_id, line.kind, line.object_id) for line in tried] == [
        (people.dilshod.pk, "organisation", umed),
        (None, "organisation", panoh),
    ]


def test_vain_tries_end_at_sixty_an_hour_and_need_somebody() -> None:
    people = Cast()
    cast.acting(people.dilshod)
    for _ in range(62):
        ledger.missed("case", "00000000")
    assert len(rows()) == 120
    cast.nobody()
    with pytest.raises(DatabaseError, match="nobody is acting"), transaction.atomic():
        ledger.missed("case", "00000000")


def test_the_senders_side_reads_what_was_opened_and_no_name() -> None:
    people = Cast()
    referral = people.refers()
    with god(), connection.cursor() as cursor:
        cursor.execute("alter table ledger disable trigger packet_opened")  # the casework asks whether it was opened
    cast.acting(people.parvina)
    for section in ("text", "contact", "contact"):
        ledger.append(LedgerRow(action="packet.open", kind="referral", object_id=referral.pk, section=section))
    ledger.append(LedgerRow(action="packet.open", decision="refused", kind="referral", object_id=referral.pk))
    assert queries.referral_opened(referral.pk) == (), "the receiver reads its own record elsewhere"
    cast.acting(people.zarina)
    assert [(one.section, one.times) for one in queries.referral_opened(referral.pk)] == [("text", 1), ("contact", 2)]
    opened = [line for line in queries.case_history(people.case.pk) if line.action == "packet.open"]
    assert [(line.section, line.membership_id, line.organisation_id) for line in opened] == [
        (section, None, people.panoh.pk) for section in ("text", "contact", "contact")
    ]
    cast.acting(people.dilshod)
    assert queries.referral_opened(referral.pk) == ()
