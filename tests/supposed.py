"""Facts that are drawn, written by the owner, put to a rule and to the database, and taken back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import DatabaseError, connection, transaction
from hypothesis import Phase, given, settings
from hypothesis.strategies import SearchStrategy

from tests.database import god

FLOOR = 20
"""So many times at least a guard was true, and so many times false."""
EXAMPLES = 400


def owner(statement: str, *values: object) -> None:
    with god(), connection.cursor() as cursor:
        cursor.execute(statement, values)


@contextmanager
def supposed() -> Iterator[None]:
    """What is written in it is taken back."""
    point = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(point)


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
    question: Callable[[Any], dict[str, bool]],
    examples: int = EXAMPLES,
    phases: Collection[Phase] = tuple(Phase),
) -> None:
    """Puts every fact; `question` compares, and says of each guard whether it was true. Both happen often enough."""
    found: Counter[tuple[str, bool]] = Counter()

    @settings(max_examples=examples, phases=phases)
    @given(facts)
    def put(fact: Any) -> None:
        with supposed():
            found.update(question(fact).items())

    put()
    seen = {f"{guard} {answer}": found[guard, answer] for guard, _ in found for answer in (True, False)}
    print(seen)
    assert min(seen.values()) >= FLOOR, seen
