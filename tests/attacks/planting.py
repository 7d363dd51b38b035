"""What an owner of the database does to it, and what is asked afterwards: was anything sealed to him, was it seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import TestCase
from psycopg import sql

from hamkori.vault import server
from tests.attacks.counted import tried
from tests.database import god

SENTENCE = "Hamkori cannot confirm this record."


class Undo(Exception):
    """Everything back as it was."""


@pytest.fixture
def own_marks(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Marks and alarms of this test alone: the worlds of several tests share their rows, and their marks must not."""
    settings.HAMKORI_MARKS = tmp_path / "marks"
    monkeypatch.setattr("hamkori.vault.marks.AGAIN", 0.0)
    server.make_marks()


def as_one_that_has_just_begun() -> None:
    """What this process has read of the marks is forgotten: whoever starts now remembers nothing."""
    server._beside.pop(settings.HAMKORI_MARKS, None)


def sql_as_owner(statement: str, *values: object) -> list[tuple[Any, ...]]:
    """Plain SQL as hk_owner, inside the test's transaction; its rows, if there are any."""
    with god(), connection.cursor() as cursor:
        cursor.execute(statement, list(values) or None)
        return cursor.fetchall() if cursor.description else []


def row(table: str, row_id: UUID) -> dict[str, Any]:
    """A row as it stands, to be put back later."""
    with god(), connection.cursor() as cursor:
        cursor.execute(sql.SQL("select * from {} where id = %s").format(sql.Identifier(table)), [row_id])
        found = cursor.fetchone()
        assert found is not None
        assert cursor.description is not None
        return dict(zip([column.name for column in cursor.description], found, strict=True))


def change(table: str, row_id: UUID, **columns: object) -> None:
    """Other values in a row."""
    said = sql.SQL(", ").join(sql.SQL("{} = %s").format(sql.Identifier(name)) for name in columns)
    statement = sql.SQL("update {} set {} where id = %s").format(sql.Identifier(table), said)
    with god(), connection.cursor() as cursor:
        cursor.execute(statement, [*columns.values(), row_id])
        assert cursor.rowcount == 1


def plant(table: str, columns: Mapping[str, object]) -> UUID:
    """A new row."""
    values = {"id": uuid4(), **columns}
    statement = sql.SQL("insert into {} ({}) values ({})").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, values)),
        sql.SQL(", ").join(sql.Placeholder() * len(values)),
    )
    with god(), connection.cursor() as cursor:
        cursor.execute(statement, list(values.values()))
    made = values["id"]
    assert isinstance(made, UUID)
    return made


def post(user: UUID, organisation: UUID, *roles: str, since: str = "2020-01-01T00:00Z", **more: object) -> UUID:
    """A planted place of work, with its roles."""
    made = plant(
        "membership", {"user_id": user, "organisation_id": organisation, "function_code": "", "since": since, **more}
    )
    for role in roles:
        plant("role_held", {"membership_id": made, "role_code": role, "since": since})
    return made


def sealed_to(user: UUID) -> int:
    """How many seals and wraps of the database lie under a key of this person."""
    places = ("section_wrap.recipient", "packet_seal.recipient", "body_key_wrap.recipient", "body_key_wrap.inner")
    found = 0
    for place in places:
        table, column = place.split(".")
        keys = "select id from person_key where user_id = %s"
        found += sql_as_owner(f"select count(*) from {table} where {column}_key_id in ({keys})", user)[0][0]
    return found


@dataclass
class Seen:
    """The alarms of a while: kind and thing."""

    found: set[tuple[str, str]]

    def of(self, kind: str, thing: UUID | str) -> bool:
        """Whether this row raised one."""
        return (kind, thing.hex if isinstance(thing, UUID) else thing) in self.found


@contextmanager
def watched() -> Iterator[Seen]:
    """What alarms from here on."""
    before, seen = len(server.alarms().since(datetime.min.replace(tzinfo=UTC))), Seen(set())
    yield seen
    seen.found |= {
        (kind, thing) for _at, kind, thing in server.alarms().since(datetime.min.replace(tzinfo=UTC))[before:]
    }


@contextmanager
def undone() -> Iterator[None]:
    """A try, after which the world is as it was."""
    try:
        with transaction.atomic():
            yield
            raise Undo
    except Undo:
        pass


@contextmanager
def committed() -> Iterator[None]:
    """As if what happens inside had been committed: marks are raised."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        yield


def refused_as_changed(answer: HttpResponse) -> None:
    """The page says that a row was changed, and the ledger has it, once."""
    assert answer.status_code == 409, answer.status_code
    assert SENTENCE in answer.content.decode()
    assert sql_as_owner("select count(*) from ledger where action_code = 'tag.mismatch'") == [(1,)]
    tried()
