"""The rows that a request needs are the same for the database and the rules, for every organisation and service."""

from __future__ import annotations

import pytest
from django.db import connection

from hamkori.casework.consent.rules import consent as rules
from hamkori.vocabulary import codelist
from tests.database import god

COMPARTMENTS = ("service", "law_enforcement", "oversight")
PURPOSES = ("help", "protection", "justice", "anything")


def _needed(compartment: str, service: str, purpose: str) -> list[str] | None:
    try:
        return [f"{kind}:{what}" for kind, what in rules.rows_needed(compartment, service, purpose)]
    except KeyError:
        return None


@pytest.mark.django_db
def test_the_databases_rows_are_those_of_the_rules() -> None:
    asked = [
        (compartment, service, purpose)
        for compartment in COMPARTMENTS
        for service in codelist("service").codes
        for purpose in PURPOSES
    ]
    with god(), connection.cursor() as cursor:
        cursor.execute(
            "select c, s, p, public.consent_rows_needed(c, s, p)"
            " from unnest(%s::text[], %s::text[], %s::text[]) a(c, s, p)",
            [list(column) for column in zip(*asked, strict=True)],
        )
        found = {(c, s, p): rows for c, s, p, rows in cursor.fetchall()}
    assert len(found) == len(asked) > 500
    assert {one: rows for one, rows in found.items() if rows != _needed(*one)} == {}
