"""Every action that moves a state asks the lifecycle first: what can happen stands in one table."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

SRC = Path(__file__).resolve().parents[2] / "src" / "hamkori"
MOVES = frozenset({"referral_take", "case_take", "tick", "word_take"})
DEFINERS = frozenset({"take", "tick", "referral_word_take"})
ASKS = "decide_step"
MECHANISM = frozenset({"casework/case/machinery/take.py", "casework/referral/machinery/steps.py"})
"""Where the definers themselves are called, for the actions."""


def moves(node: ast.AST) -> bool:
    """Whether it calls what moves a state, or one of the definers behind that by its name."""
    for one in ast.walk(node):
        match one:
            case ast.Attribute(attr=name) if name in MOVES:
                return True
            case ast.Attribute(value=ast.Name(id="door"), attr="take"):
                return True
            case ast.Call(func=ast.Attribute() as called, args=[ast.Constant(value=name), *_]) if name in DEFINERS:
                if _asks_the_database(called):
                    return True
            case ast.Constant(value=str() as said) if any(f"{name}(" in said for name in MOVES):
                return True
    return False


def _asks_the_database(called: ast.Attribute) -> bool:
    return called.attr == "asked" or (isinstance(called.value, ast.Name) and called.value.id == "definer")


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
    (room / "throw.py").write_text(
        "def discard(act, case):\n    definer.run('take', 'case', case.pk, 'discard', None, 1, '{}', '[]')\n"
    )
    (room / "ask.py").write_text(
        "def stop(act, one):\n    decide_step(one)\n    take.case_take(one, 'stop', 1, {}, [])\n"
    )
    (room / "end.py").write_text("def end(act, case):\n    door.take(CASE, case.pk, 'discard', 1, {})\n")
    silent_ones = [f"casework/referral/actions/{one}" for one in ("end.py: end", "send.py: stop", "throw.py: discard")]
    assert list(silent(tmp_path)) == silent_ones
