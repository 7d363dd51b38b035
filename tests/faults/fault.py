"""One fault of a table. `old` stands exactly once in its file (tests/house/test_faults.py): no table can rot unseen."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """What is changed where, and the tests that should notice. `explained`: why it may live, if it does."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]
    explained: str = ""


def of(room: str, *rows: tuple[str, str, str, str, tuple[str, ...]]) -> tuple[Fault, ...]:
    """Rows of one room: name, file, old, new, tests."""
    return tuple(
        Fault(f"{room}: {name}", f"src/hamkori/{file}", old, new, tests) for name, file, old, new, tests in rows
    )
