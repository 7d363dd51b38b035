"""Which function of the source may raise `Sealed` or `Untrusted`, followed through its calls by name.

A function raises what it raises itself and what it calls raises, unless it catches it around the call. An act (a body
under one of `ACTS`) raises none: `Action` makes a refusal of both.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

SHUT = frozenset({"Sealed", "Untrusted"})
WIDE = frozenset({"Exception", "BaseException"})
# A handler that calls one of these has answered.
ANSWERS = frozenset({"mismatch", "alarm", "raise_for", "broken_off"})
ACTS = frozenset({"action", "disclosure", "her_no"})
MODULE = "<module>"
PLANS = ("web.kit.ahead", "plan", "beforehand")
"""Where a function is called that views hand over by a decorator: module, its name there, the decorator."""


class Call(NamedTuple):
    """A name that is used as a function, and which of the two are caught around it."""

    base: str  # '' for a bare name
    name: str
    caught: frozenset[str]
    is_call: bool


class Caught(NamedTuple):
    """A handler that catches one of the two."""

    by: str
    place: str
    shut: frozenset[str]
    answers: bool


@dataclass(kw_only=True)
class Function:
    """What one function does, as its own lines say it."""

    name: str
    line: int
    raises: set[str] = field(default_factory=set)
    calls: dict[Call, None] = field(default_factory=dict)  # each once, in their order
    names: set[str] = field(default_factory=set)
    is_act: bool = False
    is_property: bool = False


@dataclass(kw_only=True)
class Source:
    """One file: what it imports, its functions, its classes with their bases, its handlers."""

    module: str
    path: str
    imports: dict[str, str] = field(default_factory=dict)
    functions: dict[str, Function] = field(default_factory=dict)
    classes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    caught: list[Caught] = field(default_factory=list)
    handed: list[Call] = field(default_factory=list)
    tables: dict[str, tuple[str, ...]] = field(default_factory=dict)


@lru_cache(maxsize=2000)
def read(path: str, text: str) -> Source:
    """One file, read once."""
    module = path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
    source = Source(module=module, path=path)
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            for one in node.names:
                source.imports[one.asname or one.name] = _ours(f"{node.module}.{one.name}")
        elif isinstance(node, ast.Import):
            for one in node.names:
                source.imports[one.asname or one.name.partition(".")[0]] = _ours(one.name)
        elif (
            isinstance(node, ast.Assign) and isinstance(node.value, ast.List) and isinstance(node.targets[0], ast.Name)
        ):
            texts = (one.value for one in node.value.elts if isinstance(one, ast.Constant))
            source.tables[node.targets[0].id] = tuple(text for text in texts if isinstance(text, str))
    _Reader(source, module, Function(name=f"{module}.{MODULE}", line=1)).body(tree.body)
    return source


def _ours(name: str) -> str:
    return name.removeprefix("hamkori.") if name.startswith("hamkori.") else f"!{name}"


class _Reader(ast.NodeVisitor):
    """Goes through one function, a class or the lines of a file, and knows what is caught around each line."""

    def __init__(self, source: Source, prefix: str, function: Function, *, is_class: bool = False) -> None:
        self.source, self.prefix, self.function, self.is_class = source, prefix, function, is_class
        self.caught: frozenset[str] = frozenset()
        source.functions.setdefault(function.name, function)

    def body(self, nodes: Iterable[ast.AST]) -> None:
        for node in nodes:
            self.visit(node)

    def within(self, caught: Iterable[str], nodes: Iterable[ast.AST]) -> None:
        before, self.caught = self.caught, self.caught | frozenset(caught)
        self.body(nodes)
        self.caught = before

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        name = f"{self.prefix}.{node.name}"
        self.source.classes[name] = tuple(ast.unparse(base) for base in node.bases)
        self.body(node.decorator_list)
        _Reader(self.source, name, self.function, is_class=True).body(node.body)

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        inside = self.function.name.endswith(MODULE)
        name = f"{self.prefix}.{node.name}" if inside else self.function.name  # one within another is a part of it
        function = Function(name=name, line=node.lineno) if inside else self.function
        for decorator in node.decorator_list:
            called = ast.unparse(decorator.func) if isinstance(decorator, ast.Call) else ast.unparse(decorator)
            function.is_act |= called in ACTS
            function.is_property |= called in ("property", "cached_property")
        if not inside:
            self.body(node.body)
            return
        _Reader(self.source, self.prefix, function).body([*node.args.defaults, *node.body])

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815

    def visit_Try(self, node: ast.Try) -> None:
        inner: set[str] = set()
        for handler in node.handlers:
            shut = _caught_by(handler.type)
            raises = any(isinstance(one, ast.Raise) for one in ast.walk(handler))
            inner |= set() if any(isinstance(one, ast.Raise) and one.exc is None for one in ast.walk(handler)) else shut
            if named := shut & _names(handler.type):
                calls = {
                    ast.unparse(one.func).rpartition(".")[2] for one in ast.walk(handler) if isinstance(one, ast.Call)
                }
                place = f"{self.source.path}:{handler.lineno}"
                self.source.caught.append(Caught(self.function.name, place, named, raises or bool(calls & ANSWERS)))
        self.within(inner, node.body)
        for handler in node.handlers:
            self.body([*([handler.type] if handler.type else []), *handler.body])
        self.body([*node.orelse, *node.finalbody])

    def visit_With(self, node: ast.With | ast.AsyncWith) -> None:
        inner: set[str] = set()
        for item in node.items:
            call = item.context_expr
            if isinstance(call, ast.Call) and ast.unparse(call.func).rpartition(".")[2] == "suppress":
                shut = {name for argument in call.args for name in _caught_by(argument)}
                if named := shut & {name for argument in call.args for name in _names(argument)}:
                    place = f"{self.source.path}:{node.lineno}"
                    self.source.caught.append(Caught(self.function.name, place, frozenset(named), answers=False))
                inner |= shut
            self.visit(call)
        self.within(inner, node.body)

    visit_AsyncWith = visit_With  # noqa: N815

    def visit_Raise(self, node: ast.Raise) -> None:
        if node.exc is not None:
            raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
            name = ast.unparse(raised).rpartition(".")[2]
            if name in SHUT and name not in self.caught:
                self.function.raises.add(name)
        self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)

    def visit_Call(self, node: ast.Call) -> None:
        if ast.unparse(node.func).rpartition(".")[2] == PLANS[2]:
            self.source.handed += [_use(argument, frozenset(), is_call=True) for argument in node.args]
        if isinstance(node.func, ast.Name | ast.Attribute):
            self.use(node.func, is_call=True)
            self.body([node.func.value] if isinstance(node.func, ast.Attribute) else [])
        else:
            self.visit(node.func)
        self.body([*node.args, *node.keywords])

    def visit_Name(self, node: ast.Name) -> None:
        self.use(node, is_call=False)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        self.use(node, is_call=False)
        self.visit(node.value)

    def use(self, node: ast.Name | ast.Attribute, *, is_call: bool) -> None:
        used = _use(node, self.caught, is_call=is_call)
        self.function.names.add(used.name)
        # What a file only names (a view in a table of addresses) it does not call.
        if is_call or not self.function.name.endswith(MODULE):
            self.function.calls[used] = None


def _use(node: ast.AST, caught: frozenset[str], *, is_call: bool) -> Call:
    if isinstance(node, ast.Attribute):
        return Call(ast.unparse(node.value), node.attr, caught, is_call)
    return Call("", ast.unparse(node), caught, is_call)


def _names(node: ast.AST | None) -> frozenset[str]:
    parts = node.elts if isinstance(node, ast.Tuple) else [] if node is None else [node]
    return frozenset(ast.unparse(part).rpartition(".")[2] for part in parts)


def _caught_by(node: ast.AST | None) -> frozenset[str]:
    named = _names(node)
    return SHUT if node is None or named & WIDE else named & SHUT


class House:
    """All files together: who may raise what, and by which way."""

    def __init__(self, sources: Mapping[str, str], not_there: frozenset[tuple[str, str]] = frozenset()) -> None:
        self.sources = {source.module: source for source in (read(path, text) for path, text in sources.items())}
        self.functions = {name: one for source in self.sources.values() for name, one in source.functions.items()}
        self.classes = {name: source for source in self.sources.values() for name in source.classes}
        self.caught = [one for source in self.sources.values() for one in source.caught]
        self.methods: dict[str, set[str]] = defaultdict(set)
        for name in self.functions:
            owner, _, last = name.rpartition(".")
            if owner in self.classes:
                self.methods[last].add(name)
        self._known: dict[tuple[str, bool], tuple[str, ...]] = {}
        self.cut: set[tuple[str, str]] = set()
        self.raised: dict[str, dict[str, str]] = {
            name: dict.fromkeys(one.raises, "") for name, one in self.functions.items()
        }
        self._spread(not_there)

    def way(self, name: str, shut: str) -> list[str]:
        """From this function to the one that raises it."""
        found = [name]
        while following := self.raised[found[-1]][shut]:
            found.append(following)
        return found

    def strings(self, module: str, table: str) -> list[str]:
        """The names of ours in a list of a file."""
        return [
            _ours(text).lstrip("!")
            for text in self.sources[module].tables.get(table, ())
            if text.startswith("hamkori.")
        ]

    def place(self, name: str) -> str:
        source = self._source(name)
        return f"{source.path}:{self.functions[name].line}"

    def _source(self, name: str) -> Source:
        module = name
        while module not in self.sources:
            module = module.rpartition(".")[0]
        return self.sources[module]

    def _spread(self, not_there: frozenset[tuple[str, str]]) -> None:
        callers: dict[str, list[tuple[str, frozenset[str]]]] = defaultdict(list)
        for name, function in self.functions.items():
            source = self._source(name)
            for call in function.calls:
                for target in self._targets(source, name, call):
                    if (name, target) in not_there:
                        self.cut |= (
                            {(name, target)} if self.raised[target] or not self.functions[target].raises else set()
                        )
                    elif not self.functions[target].is_act:
                        callers[target].append((name, call.caught))
        waiting = [name for name, raised in self.raised.items() if raised]
        while waiting:
            target = waiting.pop()
            for name, caught in callers[target]:
                new = set(self.raised[target]) - caught - set(self.raised[name])
                if new:
                    self.raised[name] |= dict.fromkeys(new, target)
                    waiting.append(name)

    def _targets(self, source: Source, name: str, call: Call) -> Iterator[str]:
        if not call.base:
            if (source.module, call.name) == PLANS[:2] and call.is_call:
                for other in self.sources.values():
                    for handed in other.handed:
                        yield from self._targets(other, name, handed)
                return
            yield from self._named(source.imports.get(call.name, f"{source.module}.{call.name}"), is_call=call.is_call)
            return
        if call.base in source.imports:
            target = f"{source.imports[call.base]}.{call.name}"
            known = self._named(target, is_call=call.is_call)
            if known or source.imports[call.base].startswith("!"):
                yield from known
                return
        owner = self._class(source, name, call.base)
        if owner is not None:
            yield from self._method(owner, call.name)
        elif call.base not in source.imports and not call.name.startswith("__"):
            found = self.methods.get(call.name, set())
            if all(one.startswith("vault.") for one in found):
                yield from (one for one in found if call.is_call or self.functions[one].is_property)

    def _class(self, source: Source, name: str, base: str) -> str | None:
        if base in ("self", "cls", "super()"):
            owner = name
            while owner and owner not in self.classes:
                owner = owner.rpartition(".")[0]
            return owner or None
        found = self._meant(source.imports.get(base, f"{source.module}.{base}"))
        return found if found in self.classes else None

    def _meant(self, target: str) -> str:
        """Where a name that is imported from somewhere comes from in the end."""
        for _ in range(6):
            if target in self.functions or target in self.classes:
                break
            module, _, last = target.rpartition(".")
            if module not in self.sources or last not in self.sources[module].imports:
                break
            target = self.sources[module].imports[last]
        return target

    def _named(self, target: str, *, is_call: bool) -> tuple[str, ...]:
        """Looked up once: the same name is called from many places."""
        key = (target, is_call)
        if (known := self._known.get(key)) is None:
            known = self._known[key] = tuple(self._looked_up(target, is_call=is_call))
        return known

    def _looked_up(self, target: str, *, is_call: bool) -> Iterator[str]:
        target = self._meant(target)
        if target in self.functions:
            yield target
        elif target in self.classes and is_call:
            for method in ("__init__", "__post_init__"):
                yield from self._method(target, method)

    def _method(self, owner: str, name: str) -> Iterator[str]:
        if f"{owner}.{name}" in self.functions:
            yield f"{owner}.{name}"
            return
        source = self.classes[owner]
        for base in source.classes[owner]:
            above = self._meant(source.imports.get(base, f"{source.module}.{base}"))
            if above in self.classes:
                yield from self._method(above, name)
