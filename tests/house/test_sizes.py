"""A file over 400 lines or a function over 60 is a sign that a room is missing."""

import ast

from tests.house.tree import python, texts

LINES_OF_A_FILE = 400
LINES_OF_A_FUNCTION = 60
# What may be longer, and why. A table is one thing however many rows it has.
LONG_ON_PURPOSE: dict[str, str] = {}
BY_LINE_IN = (".py", ".html", ".css", ".js", ".sql")


def test_no_file_is_too_long() -> None:
    lengths = {
        place: content.count("\n")
        for place, content in texts()
        if place.endswith(BY_LINE_IN) and "/migrations/" not in place
    }
    long = {place: lines for place, lines in lengths.items() if lines > LINES_OF_A_FILE}
    assert long.keys() == LONG_ON_PURPOSE.keys(), long


def test_no_function_is_too_long() -> None:
    long = [
        f"{place}:{node.lineno} {node.name}: {node.end_lineno - node.lineno + 1} lines"
        for place, _content, module in python(tests=True)
        for node in ast.walk(module)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno >= LINES_OF_A_FUNCTION
    ]
    assert not long, "\n".join(long)


def test_every_module_says_what_lives_in_it() -> None:
    silent = [
        place
        for place, content, module in python()
        if content.strip() and not place.endswith("/__init__.py") and not ast.get_docstring(module)
    ]
    assert not silent, silent
