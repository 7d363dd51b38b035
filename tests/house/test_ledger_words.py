"""What our own sources write into the ledger stands in the lists that the database compares with."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from hamkori.access.machines import machines
from hamkori.casework.ledger_words import words
from tests.house.tree import ROOT, python

WORDS = words()
DECISIONS = ("done", "refused", "failed")
COLUMNS = {"kind": "kind", "section": "section", "reason": "reason", "on": "kind"}


def calls(*names: str) -> Iterator[tuple[str, ast.Call]]:
    for place, _content, module in python():
        for node in ast.walk(module):
            if isinstance(node, ast.Call):
                called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if called in names:
                    yield f"{place}:{node.lineno}", node


def test_each_word_of_a_note_is_known() -> None:
    unknown, seen = [], 0
    for place, call in calls("note", "action"):
        for word in call.keywords:
            if word.arg in COLUMNS and isinstance(word.value, ast.Constant) and isinstance(word.value.value, str):
                seen += 1
                if word.value.value not in WORDS[COLUMNS[word.arg]]:
                    unknown.append((place, word.arg, word.value.value))
        for one in call.args:
            if isinstance(one, ast.Constant) and isinstance(one.value, str) and one.value not in DECISIONS:
                seen += 1
                if one.value not in WORDS["act"]:
                    unknown.append((place, "act", one.value))
    assert seen > 100
    assert not unknown


def test_each_reason_of_a_refusal_is_known() -> None:
    guards = {
        call.args[0].value for _place, call in calls("NotNow") if call.args and isinstance(call.args[0], ast.Constant)
    }
    guards |= {guard.key for machine in machines() for row in machine.steps for guard in row.guards}
    refused = re.compile(r"(?:raise exception |refuse\('HK409', )'([a-z_0-9.]+)'(?: using errcode = 'HK409'|[,)])")
    for wall in ROOT.glob("src/hamkori/*/walls/*.sql"):
        guards |= set(refused.findall(wall.read_text()))
    assert len(guards) > 30
    assert guards <= set(WORDS["reason"])
