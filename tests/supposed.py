"""Facts that are written by the owner, put to a rule and to the database, and taken back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import DatabaseError, connection, transaction
from hypothesis import given, settings
from hypothesis.strategies import SearchStrategy

from tests.database import god

FLOOR = 20
"""So many times at least a guard was true, and so many times false, where facts are drawn."""
EXAMPLES = 400

_collected: list[list[str]] = []
"""What the owner is to write at once; the innermost last."""


def owner(statement: str, *values: object) -> None:
    """Written by the owner: now, or with whatever else is written of one fact."""
    if _collected:
        _collected[-1].append(connection.ops.compose_sql(statement, values))
        return
    with god(), connection.cursor() as cursor:
        cursor.execute(statement, values)


@contextmanager
def together() -> Iterator[None]:
    """Whatever the owner writes in it is sent to the database at its end, in one message."""
    _collected.append([])
    try:
        yield
        statements = _collected[-1]
    finally:
        _collected.pop()
    if statements:
        _as_owner(*statements)


def _as_owner(*statements: str) -> list[tuple[Any, ...]]:
    """One message; the rows of the last statement, if it has any. An error leaves the transaction to whoever began."""
    with connection.cursor() as cursor:
        cursor.execute("select current_user::text where %s", [True])
        (before,) = cursor.fetchone()
        # Without values it is one message, whose statements may be many.
        cursor.execute(f"set local role hk_owner; {'; '.join(statements)}; set local role {before}")
        rows: list[tuple[Any, ...]] = []
        while cursor.nextset():
            rows = cursor.fetchall() if cursor.description else rows
        return rows


def owner_reads(statement: str, *values: object) -> list[tuple[Any, ...]]:
    """What the owner is answered."""
    return _as_owner(connection.ops.compose_sql(statement, values))


@contextmanager
def supposed() -> Iterator[None]:
    """What is written in it is taken back."""
    point = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(point)
        transaction.savepoint_commit(point)  # or the next one would stand inside it, and so on, hundreds deep


def asks(statement: str, *values: object) -> str:
    """'' where the database does it; else the guard, or 404, or 403."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)
    except DatabaseError as error:
        cause: Any = error.__cause__
        assert cause.sqlstate.startswith("HK"), cause
        return str(cause.diag.message_primary) if cause.sqlstate == "HK409" else cause.sqlstate[2:]
    return ""


def agree(
    facts: SearchStrategy[Any],
    writes: Callable[[Any], None],
    question: Callable[[Any], dict[str, bool]],
    examples: int = EXAMPLES,
) -> None:
    """Draws facts; `writes` supposes one, `question` compares, and says of each guard whether it was true.

    Both happen often enough.
    """
    found: Counter[tuple[str, bool]] = Counter()

    @settings(max_examples=examples)
    @given(facts)
    def put(fact: Any) -> None:
        found.update(_put(fact, writes, question).items())

    put()
    _are_often(found, FLOOR)


def agree_on_each(
    facts: Collection[Any],
    writes: Callable[[Any], None],
    question: Callable[[Any], dict[str, bool]],
    floor: int = 1,
) -> None:
    """The same of every fact that there is, or that a plan has taken: none is put twice."""
    assert len(set(facts)) == len(facts), "a fact is put twice"
    found: Counter[tuple[str, bool]] = Counter()
    for fact in facts:
        found.update(_put(fact, writes, question).items())
    _are_often(found, floor)


def _put(fact: Any, writes: Callable[[Any], None], question: Callable[[Any], dict[str, bool]]) -> dict[str, bool]:
    with supposed():
        with together():
            writes(fact)
        return question(fact)


def _are_often(found: Counter[tuple[str, bool]], floor: int) -> None:
    seen = {f"{guard} {answer}": found[guard, answer] for guard, _ in found for answer in (True, False)}
    print(seen)
    assert seen, "nothing was asked"
    assert min(seen.values()) >= floor, seen
