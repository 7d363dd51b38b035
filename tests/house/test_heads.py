"""In `site` an import stands at the head of its module, or its line says why it can not."""

import ast
from collections.abc import Iterator

import pytest

from tests.house.tree import ROOT, SOURCE


def hidden(source: str) -> Iterator[int]:
    """Lines of imports inside functions that say nothing."""
    lines = source.splitlines()
    for function in ast.walk(ast.parse(source)):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            for node in ast.walk(function):
                if isinstance(node, ast.Import | ast.ImportFrom) and "# " not in lines[node.lineno - 1]:
                    yield node.lineno


@pytest.mark.parametrize("line", ["from hamkori import action", "import django", "from a import (b,  c)"])
def test_one_that_says_nothing_is_seen(line: str) -> None:
    assert list(hidden(f"def one() -> None:\n    if True:\n        {line}\n")) == [3]
    assert not list(hidden(f"{line}\n\n\ndef one() -> None:\n    {line}  # it asks the database\n"))


def test_imports_stand_at_the_heads_of_modules() -> None:
    site = SOURCE / "site"
    found = {
        f"{path.relative_to(ROOT)}:{number}"
        for path in sorted(site.rglob("*.py"))
        for number in hidden(path.read_text())
    }
    assert found == set()
