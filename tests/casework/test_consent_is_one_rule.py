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


def by_the_database(case: Case, kind: str, purpose: str) -> tuple[bool, datetime | None, frozenset[str]]:
    with connection.cursor() as cursor:
        cursor.execute("select live, until, sections from consent_now(%s, %s, %s)", [case.pk, kind, purpose])
        live, until, sections = cursor.fetchone()
    return bool(live), until, frozenset(sections)


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
    live = 0
    with god():
        Case.objects.filter(pk=case.pk).update(is_child=child, age_settled_at=age.settled_at)
        for columns in kinds():
            days = columns.pop("days")
            ConsentRow.objects.filter(pk=row.pk).update(until=at + timedelta(days=days), **columns)
            said = ConsentRow.objects.get(pk=row.pk).as_rule()
            expected = rules.live(said, at, age), rules.ends(said, age)
            found = by_the_database(case, kind, purpose)
            assert found[:2] == expected, (columns, days)
            if expected[0]:
                live += 1
                assert found[2] == rules.allowed_sections(said, at, age), columns
    assert live, "some of them hold"
