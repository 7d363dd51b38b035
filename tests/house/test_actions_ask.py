"""Every action that moves a state asks the lifecycle first: what can happen stands in one table."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

SRC = Path(__file__).resolve().parents[2] / "src" / "hamkori"
MOVES = frozenset({"referral_take", "case_take", "tick", "word_take"})
ASKS = "decide_step"
MECHANISM = frozenset({"casework/case/machinery/take.py", "casework/referral/machinery/steps.py"})
"""Where the definers themselves are called, for the actions."""


def moves(node: ast.AST) -> bool:
    """Whether it calls one of the definers by which a state moves, by its name or in a statement."""
    for one in ast.walk(node):
        if isinstance(one, ast.Attribute) and one.attr in MOVES:
            return True
        if (
            isinstance(one, ast.Constant)
            and isinstance(one.value, str)
            and any(f"{name}(" in one.value for name in MOVES)
        ):
            return True
    return False


def asks(node: ast.AST) -> bool:
    return any(isinstance(one, ast.Name) and one.id == ASKS for one in ast.walk(node))


def silent(folder: Path) -> Iterator[str]:
    """The functions in rooms of actions, and of what stands below them, that move a state and ask nobody."""
    for path in sorted([*folder.rglob("actions/*.py"), *folder.rglob("machinery/*.py")]):
        name = path.relative_to(folder).as_posix()
        if name in MECHANISM:
            continue
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and moves(node) and not asks(node):
                yield f"{name}: {node.name}"


def test_whoever_moves_a_state_asks_the_lifecycle() -> None:
    assert list(silent(SRC)) == []


def test_one_that_does_not_is_named(tmp_path: Path) -> None:
    room = tmp_path / "casework" / "referral" / "actions"
    room.mkdir(parents=True)
    (room / "send.py").write_text("def stop(act, referral):\n    take.referral_take(referral, 'stop', 1, {}, [])\n")
    (room / "ask.py").write_text(
        "def stop(act, one):\n    decide_step(one)\n    take.case_take(one, 'stop', 1, {}, [])\n"
    )
    assert list(silent(tmp_path)) == ["casework/referral/actions/send.py: stop"]
