"""What has more than five fields is made by their names: two that change places would be of the same type."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.house.tree import tree_at

SRC = Path(__file__).resolve().parents[2] / "src" / "hamkori"
FIELDS_AT_MOST = 5
IN_ORDER = {
    "audit/queries.py HistoryLine": "a row of a statement that names its columns beside it",
    "people/facts.py Institution": "the same",
    "people/sessions.py Own": "the same",
    "site/tags/tagged.py Kind": "a table, a kind to a paragraph",
    "site/screens/pages.py Page": "a table, a page to a line",
    "vocabulary/loading.py Source": "a table, a list to a line",
}
"""Which may be made by place, and why."""


def by_place(folder: Path) -> Iterator[str]:
    """The dataclasses with more fields that may be made without naming them."""
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(tree_at(path)):
            if isinstance(node, ast.ClassDef) and (made := _made(node)) is not None:
                fields = [one for one in node.body if isinstance(one, ast.AnnAssign)]
                named = {word.arg for word in made.keywords} if isinstance(made, ast.Call) else set[str]()
                if len(fields) > FIELDS_AT_MOST and "kw_only" not in named:
                    yield f"{path.relative_to(folder).as_posix()} {node.name}"


def _made(node: ast.ClassDef) -> ast.expr | None:
    """The decorator that makes it a dataclass."""
    for one in node.decorator_list:
        named = one.func if isinstance(one, ast.Call) else one
        if isinstance(named, ast.Name) and named.id == "dataclass":
            return one
    return None


def test_more_than_five_fields_are_named() -> None:
    assert sorted(by_place(SRC)) == sorted(IN_ORDER)


def test_one_that_does_not_is_found(tmp_path: Path) -> None:
    fields = "".join(f"    f{number}: int\n" for number in range(FIELDS_AT_MOST + 1))
    (tmp_path / "many.py").write_text(f"@dataclass(frozen=True)\nclass Many:\n{fields}")
    (tmp_path / "named.py").write_text(f"@dataclass(frozen=True, kw_only=True)\nclass Named:\n{fields}")
    (tmp_path / "few.py").write_text("@dataclass\nclass Few:\n    one: int\n")
    assert list(by_place(tmp_path)) == ["many.py Many"]
