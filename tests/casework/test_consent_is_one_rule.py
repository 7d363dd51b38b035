"""What an answer is worth now is decided twice, by a rule and by the database: every sort of answer is put to both."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import product
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.models import Case
from hamkori.casework.consent.actions import consent
from hamkori.casework.consent.models import Consent, ConsentRow
from hamkori.casework.consent.rules import consent as rules
from tests.cast import FACTS, SEALED, World
from tests.database import god

pytestmark = pytest.mark.django_db

SECTIONS = frozenset({"identity", "contact"})


def newest(case: Case) -> ConsentRow:
    """One answer, given twice: the second is the newest."""
    with god():
        return ConsentRow.objects.get(consent=Consent.objects.filter(case=case).order_by("-number")[0])


def kinds() -> list[dict[str, Any]]:
    """Each answer with all that decides of it: how it was asked, who spoke, what the child said, until when."""
    names = ("answer_code", "asked_as_child", "speaker_code", "speaker_suspected", "child_answer_code", "days")
    answers = ("yes", "without_name", "no", "withdrawn", "not_asked")
    said = product(
        answers, (False, True), ("", "parent"), (False, True), ("", "agrees", "says_no", "not_asked"), (-1, 1)
    )
    return [dict(zip(names, one, strict=True)) for one in said]


Told = tuple[bool, datetime | None, frozenset[str]]
ASKED = "select live, until, sections from consent_now(%s, %s, %s)"
KEPT = "select * from consent_row where id = %s"


def of_each(row: ConsentRow, said: list[dict[str, Any]], question: tuple[Any, ...]) -> list[tuple[ConsentRow, Told]]:
    """The row as each of these answers leaves it, and what the database says of it: all in one message."""
    compose, statements = connection.ops.compose_sql, []
    for columns in said:
        written = ", ".join(f"{name} = %s" for name in columns)
        statements.append(compose(f"update consent_row set {written} where id = %s", [*columns.values(), row.pk]))
        statements += [compose(KEPT, [row.pk]), compose(ASKED, question)]
    found = []
    with god(), connection.cursor() as cursor:
        cursor.execute("; ".join(statements))
        for _answer in said:
            cursor.nextset()
            kept = ConsentRow(
                **dict(zip((column.name for column in cursor.description), cursor.fetchone(), strict=True))
            )
            cursor.nextset()
            live, until, sections = cursor.fetchone()
            found.append((kept, (bool(live), until, frozenset(sections))))
            cursor.nextset()
    return found


@pytest.mark.parametrize(("kind", "purpose"), [("legal", "help"), ("police", "justice")])
@pytest.mark.parametrize(("child", "settled"), [(False, None), (True, None), (False, -1), (True, -1), (True, -20)])
def test_rule_and_database_say_the_same(
    small_world: World, kind: str, purpose: str, child: bool, settled: int | None
) -> None:
    until = timezone.localdate() + timedelta(days=60)
    asking = consent.Asking(language="tg", how_given="spoken", how_said="in_person", until_on=until)
    with small_world.as_("caseworker-cso") as zarina:
        case = cases.begin(zarina, codes=FACTS, sealed=SEALED)
        case = cases.register(zarina, case, version=case.version)
        for answer in ("no", "yes"):
            consent.record(zarina, case, answers=[consent.Answer(kind, purpose, answer, SECTIONS)], asking=asking)
    row, at = newest(case), timezone.now()
    age = rules.Age(child, at + timedelta(days=settled) if settled is not None else None)
    with god():
        Case.objects.filter(pk=case.pk).update(is_child=child, age_settled_at=age.settled_at)
    said = [{**answer, "until": at + timedelta(days=answer["days"])} for answer in kinds()]
    columns = [{name: value for name, value in one.items() if name != "days"} for one in said]
    found = of_each(row, columns, (case.pk, kind, purpose))
    assert [{name: getattr(kept, name) for name in columns[0]} for kept, _told in found] == columns
    live = 0
    for kept, told in found:
        rule = kept.as_rule()
        expected = rules.live(rule, at, age), rules.ends(rule, age)
        assert told[:2] == expected, rule
        if expected[0]:
            live += 1
            assert told[2] == rules.allowed_sections(rule, at, age), rule
    assert live, "some of them hold"
