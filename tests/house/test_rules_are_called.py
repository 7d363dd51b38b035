"""Every public rule has a caller in the product, so that what is tested is what decides. Call it or delete it.

A caller is a module that is none of rules, or what a rules module runs as it is imported; and whatever a rule with a
caller uses. A test is no caller, nor is an import that nobody uses, a rule that calls itself, or a variable of its name
inside a function.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TypeGuard

import pytest

from tests.house.tree import python

EXCEPT: Mapping[str, str] = {}
"""Rule -> why nothing calls it yet."""

Trees = Mapping[str, ast.Module]
"""Dotted name of a module -> what stands in it."""
Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


def trees(places: Iterable[tuple[str, ast.Module]]) -> Trees:
    """The modules of these files, whose places begin with `src/`."""
    return {place.removeprefix("src/")[:-3].replace("/", ".").removesuffix(".__init__"): one for place, one in places}


def is_rules(module: str) -> bool:
    """A package `rules`, a file `rules.py`, and the mechanisms of lifecycles and clocks."""
    return "rules" in module.split(".") or module.endswith((".lifecycle", "calendar.clocks"))


def defined(statement: ast.stmt) -> Iterator[str]:
    """The names that a statement of a module defines."""
    match statement:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Assign(targets=targets):
            yield from (one.id for target in targets for one in ast.walk(target) if _is_stored(one))
        case ast.AnnAssign(target=ast.Name(id=name)):
            yield name


def _is_stored(node: ast.AST) -> TypeGuard[ast.Name]:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)


def imported(tree: ast.Module) -> dict[str, str]:
    """Name in a module -> what it was imported as, dotted. The house imports by whole names only."""
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, "a relative import"
            found |= {one.asname or one.name: f"{node.module}.{one.name}" for one in node.names}
        elif isinstance(node, ast.Import):
            for one in node.names:
                whole = one.name if one.asname else one.name.partition(".")[0]
                found[one.asname or whole] = whole
    return found


def bound(function: Function) -> set[str]:
    """Names that are a function's own: its arguments, and what it assigns."""
    of = function.args
    found = {one.arg for one in (*of.posonlyargs, *of.args, *of.kwonlyargs, of.vararg, of.kwarg) if one is not None}
    body = function.body if isinstance(function.body, list) else [function.body]
    waiting: list[ast.AST] = list(body)
    while waiting:
        node = waiting.pop()
        if _is_stored(node):
            found.add(node.id)
        if not isinstance(node, Function):
            waiting += ast.iter_child_nodes(node)
    return found


def used(node: ast.AST, own: frozenset[str] = frozenset()) -> Iterator[str]:
    """The names that a piece of code reads, dotted where it reads a name of a name; `own` ones left out."""
    if isinstance(node, Function):
        inner = own | bound(node)
        body = node.body if isinstance(node.body, list) else [node.body]
        for child in ast.iter_child_nodes(node):
            yield from used(child, inner if child in body else own)
        return
    if isinstance(node, ast.Attribute | ast.Name):
        dotted = _dotted(node)
        if dotted:
            if dotted.split(".")[0] not in own and isinstance(node.ctx, ast.Load):
                yield dotted
            return
    for child in ast.iter_child_nodes(node):
        yield from used(child, own)


def _dotted(node: ast.AST) -> str:
    """`a.b.c`, or '' where it is something of a call or the like."""
    if isinstance(node, ast.Name):
        return node.id
    before = _dotted(node.value) if isinstance(node, ast.Attribute) else ""
    return f"{before}.{node.attr}" if before and isinstance(node, ast.Attribute) else ""


class House:
    """What is defined where, and what uses what."""

    def __init__(self, modules: Trees) -> None:
        self.modules = modules
        self.imports = {name: imported(tree) for name, tree in modules.items()}
        self.at: dict[str, tuple[str, ast.stmt]] = {
            f"{module}.{name}": (module, statement)
            for module, tree in modules.items()
            for statement in tree.body
            for name in defined(statement)
        }

    def meant(self, module: str, dotted: str) -> str:
        """The definition that a name means where a module reads it; '' if it is none of the house's."""
        first, _dot, rest = dotted.partition(".")
        whole = self.imports[module].get(first, f"{module}.{first}") + (f".{rest}" if rest else "")
        parts = whole.split(".")
        for length in range(len(parts) - 1, 0, -1):
            there = ".".join(parts[:length])
            if there in self.modules:
                name = f"{there}.{parts[length]}"
                if name in self.at or there == module:
                    return name if name in self.at else ""
                handed_on = parts[length] in self.imports[there]
                return self.meant(there, ".".join(parts[length:])) if handed_on else ""
        return ""

    def uses(self, module: str, statement: ast.stmt) -> set[str]:
        return {self.meant(module, dotted) for dotted in used(statement)} - {""}

    def begin(self) -> set[str]:
        """What runs by itself: all that is no rule, and what a rules module does beside defining."""
        return {
            name
            for module, tree in self.modules.items()
            for statement in tree.body
            if not is_rules(module) or not any(defined(statement))
            for name in self.uses(module, statement)
        }


def uncalled(modules: Trees) -> set[str]:
    """The public rules that nothing of the product reaches."""
    house = House(modules)
    reached: set[str] = set()
    waiting = house.begin()
    while waiting:
        name = waiting.pop()
        reached.add(name)
        waiting |= house.uses(*house.at[name]) - reached
    return {
        name
        for name, (module, _statement) in house.at.items()
        if is_rules(module) and not name.rpartition(".")[2].startswith("_") and name not in reached
    }


def test_every_public_rule_has_a_caller() -> None:
    found = uncalled(trees((place, tree) for place, _content, tree in python()))
    assert sorted(found - EXCEPT.keys()) == [], "call it or delete it"
    assert sorted(EXCEPT.keys() - found) == [], "these have a caller now: take them off the list"


RULES = """
from functools import cache
from hamkori.planted.rules import limits
LIMIT = 3
def called(count): return count < LIMIT and _near(count)
def _near(count): return limits.near(count)
def shown(text): return text
print(shown("as it is imported"))
"""
LIMITS = """
def near(count): return count > 1
def far(count): return far(count - 1)
"""
ACTIONS = """
from hamkori.planted import rules
from hamkori.planted.rules.limits import far
def act(count): return rules.called(count)
"""
BREAKS = {
    "nobody names it": ("rules/__init__.py", "def spare(): return 1", "spare"),
    "a value": ("rules/__init__.py", "SPARE: int = 1", "SPARE"),
    "a pair of values": (
        "rules/__init__.py",
        "ONE, SPARE = called, shown\ndef _f(): return SPARE\nprint(ONE)",
        "SPARE",
    ),
    "only a rule without a caller calls it": (
        "rules/__init__.py",
        "def spare(): return 1\ndef _f(): return spare()",
        "spare",
    ),
    "it is imported only": ("actions.py", "from hamkori.planted.rules.limits import far as further", "limits.far"),
    "an argument is called so": ("actions.py", "def other(far): return far(1)", "limits.far"),
    "a local is called so": ("actions.py", "def other():\n    far = len\n    return far('')", "limits.far"),
    "only another module's name is the same": ("actions.py", "import math\nprint(math.far)", "limits.far"),
}
CALLS = {
    "by its name": "print(far(1))",
    "under another name": "from hamkori.planted.rules.limits import far as further\nprint(further)",
    "through its module": "from hamkori.planted.rules import limits\ndef other(): return limits.far(1)",
    "by its whole name": "import hamkori.planted.rules.limits\nprint(hamkori.planted.rules.limits.far)",
    "through a module that hands it on": "from hamkori.planted import rules\nprint(rules.limits.far)",
    "as a default": "def other(far=far): return far(1)",
    "in a class": "class Other:\n    far = 1\n    def other(self): return far(1)",
    "as a type": "def other(one: 'int') -> far: ...",
}


def planted(folder: Path, more: tuple[str, str] | None = None) -> set[str]:
    """What is named of a house of three files, with some lines more in one of them."""
    files = {"rules/__init__.py": RULES, "rules/limits.py": LIMITS, "actions.py": ACTIONS}
    for place, content in files.items():
        path = folder / "src/hamkori/planted" / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content + (more[1] + "\n" if more is not None and more[0] == place else ""), "utf-8")
    paths = sorted((folder / "src").rglob("*.py"))
    found = trees((path.relative_to(folder).as_posix(), ast.parse(path.read_text("utf-8"))) for path in paths)
    return {name.removeprefix("hamkori.planted.rules.") for name in uncalled(found)}


@pytest.mark.parametrize("why", BREAKS)
def test_a_rule_without_a_caller_is_named(why: str, tmp_path: Path) -> None:
    place, lines, name = BREAKS[why]
    assert planted(tmp_path, (place, lines)) == {"limits.far", name}


@pytest.mark.parametrize("how", CALLS)
def test_a_rule_with_a_caller_is_not(how: str, tmp_path: Path) -> None:
    assert planted(tmp_path) == {"limits.far"}, "it only calls itself"
    assert planted(tmp_path, ("actions.py", CALLS[how])) == set()
