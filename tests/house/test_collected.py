"""A sentence is translated where the catalogues look for it: under the names that they know."""

from __future__ import annotations

import ast
from pathlib import Path

from hamkori.site.catalogues.sources import CALLS

SOURCES = Path("src/hamkori")


def test_no_translating_function_has_a_name_that_the_catalogues_do_not_collect() -> None:
    """Red before: "age not known" stood in English on every page, from `gettext as _now`."""
    found = [
        f"{path}: {name.asname}"
        for path in SOURCES.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for name in node.names
        if name.asname and name.asname not in CALLS and "gettext" in name.name
    ]
    assert found == []
