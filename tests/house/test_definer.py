"""SQL is said through one module: a function of the database by its name, and a statement where somebody says why."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

import pytest

from tests.house.tree import python, texts

CURSORS: Mapping[str, str] = {
    "definer.py": "the one place",
    "site/health/views.py": "asks whether a connection is to be had, and says nothing over it",
}
"""Who opens a cursor, and why."""

STATEMENTS: Mapping[str, str] = {
    "access/context.py": "two settings in one statement, at each request",
    "access/machines.py": "whether what the rows of the lifecycles name is there, as the owner reads it",
    "audit/daily.py": "the sealer's own row, which no function stands before",
    "audit/mending.py": "takes rows out of the chain's tables as their owner, past their triggers",
    "audit/sealer.py": "the sealer's own row, and the horizon of transactions",
    "audit/verify.py": "the horizon of transactions",
    "casework/case/actions/team.py": "whether a row rests, and not since when: a date may be none that Python reads",
    "casework/case/machinery/sealing.py": "the same",
    "casework/case/queries/team.py": "the same",
    "casework/raising.py": "what may be many rows is made some at a time",
    "casework/seed.py": "makes functions and triggers of the rules, as their owner",
    "casework/work/actions/clock.py": "two sweeps in one statement, and the worker's own patience",
    "casework/work/queries/case_sheets.py": "all sections of a case in one statement, under row security",
    "casework/referral/queries/copies.py": "people at several receivers in one statement, counted by their function",
    "casework/work/queries/counts.py": "one row at each page, with a sum and a day that the database reckons",
    "directory/actions/taking_in.py": "one import at a time: locks a row that is always there",
    "notices/mail.py": "whom the clock's login writes to: a join under its own grants",
    "operations.py": "a press: inserted once, read, and vouched for with the number of its transaction",
    "people/founding.py": "an organisation, also over a connection that is not Django's",
    "people/late_alarms.py": "the ledger as the worker and the operator read it, over two kinds of connections",
    "people/queries.py": "posts under row security, with what stands beside them, in one statement",
    "site/database/migrate.py": "the owner's own setting",
    "site/keys/turning.py": "versions of keys, under the owner's lock",
    "site/keys/versions.py": "what lies under a version, as the owner reads and writes it",
    "site/tags/tagged.py": "every row with a tag, as the owner reads and writes it",
    "site/tags/tagging.py": "the owner looks for two accounts",
    "site/tags/told.py": "the owner looks for a code",
    "vault/held.py": "her own row of the vault, written over the former one by the database's clock",
    "web/sessions/signed_in.py": "session, vault and key at each request, in one statement",
}
"""Who says a statement that is no call of a function, and why."""

NAMED_BEFORE: Mapping[str, str] = {
    "audit/ledger.py": "one door for each kind of row, and one place that asks whether there is a row now",
    "access/door.py": "one way to ask for the clock, each time in a transaction of its own",
    "casework/referral/actions/release.py": "one way to ask with a proof, for each step of a turn",
    "casework/case/machinery/notices.py": "a notice by a member or by the clock",
    "web/sessions/counters.py": "the counters' own connection, asked by one way",
}
"""Where the name of the function is not beside the call."""

POSTGRESQL = frozenset({"current_setting", "pg_catalog.pg_xact_status", "set_config", "to_regprocedure"})
"""Functions that are its own."""

CALLS, SAYS = frozenset({"value", "row", "rows", "run"}), frozenset({"read", "each", "write"})

House = Iterable[tuple[str, ast.Module]]


@cache
def house() -> tuple[tuple[str, ast.Module], ...]:
    """Each module with its place under the house."""
    return tuple((place.removeprefix("src/hamkori/"), tree) for place, _content, tree in python())


def opened(modules: House) -> Iterator[str]:
    """Who opens a cursor."""
    for place, tree in modules:
        if any(isinstance(node, ast.Attribute) and node.attr == "cursor" for node in ast.walk(tree)):
            yield place


def uses(tree: ast.Module, names: frozenset[str]) -> Iterator[ast.Attribute]:
    """What a module takes of `definer`."""
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id="definer"), attr=attr) if attr in names:
                yield node


def said(modules: House) -> Iterator[str]:
    """Who says a statement."""
    return (place for place, tree in modules if any(uses(tree, SAYS)))


def taken_out(modules: House) -> Iterator[str]:
    """Who imports what is to be called as `definer.value`: nobody would find it."""
    for place, tree in modules:
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module == "hamkori.definer":
                yield from (f"{place} {one.name}" for one in node.names if one.name in CALLS | SAYS)


def called(modules: House) -> Iterator[tuple[str, str | None]]:
    """Who calls which function; None: its name stands elsewhere."""
    for place, tree in modules:
        asked = set(uses(tree, CALLS))
        for node in ast.walk(tree) if asked else ():
            if isinstance(node, ast.Call) and node.func in asked:
                first = node.args[0] if node.args else None
                yield place, first.value if isinstance(first, ast.Constant) else None


@cache
def functions() -> frozenset[str]:
    """What the walls and migrations make."""
    made = re.compile(r"create (?:or replace )?function (?:public\.)?([a-z0-9_]+)\(", re.IGNORECASE)
    places = ((place, content) for place, content in texts() if place.startswith("src/"))
    return frozenset(
        name for place, content in places if place.endswith((".sql", ".py")) for name in made.findall(content)
    )


def test_a_cursor_is_opened_in_one_place() -> None:
    assert sorted(opened(house())) == sorted(CURSORS)


def test_who_says_a_statement_says_why() -> None:
    assert sorted(said(house())) == sorted(STATEMENTS)
    assert list(taken_out(house())) == []


def test_every_function_that_is_called_is_one_of_ours() -> None:
    made, elsewhere = functions() | POSTGRESQL, set()
    for place, name in called(house()):
        if name is None:
            elsewhere.add(place)
        else:
            assert name in made, (place, name)
    assert elsewhere == set(NAMED_BEFORE)


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("with connection.cursor() as cursor:\n    cursor.execute('select f()')\n", (["a.py"], [], [], [])),
        ("made = connections[using].cursor\n", (["a.py"], [], [], [])),
        ("definer.write('delete from x')\n", ([], ["a.py"], [], [])),
        ("ask(definer.read, lines)\n", ([], ["a.py"], [], [])),
        ("from hamkori.definer import Row, value\n", ([], [], ["a.py value"], [])),
        ("found = definer.value('hk_never')\n", ([], [], [], [("a.py", "hk_never")])),
        ("definer.run(name, 1)\n", ([], [], [], [("a.py", None)])),
    ],
)
def test_what_goes_past_it_is_found(source: str, found: tuple[list[object], ...]) -> None:
    modules = [("a.py", ast.parse(source))]
    assert (list(opened(modules)), list(said(modules)), list(taken_out(modules)), list(called(modules))) == found
    assert "hk_never" not in functions()
    assert "hk_now" in functions()
