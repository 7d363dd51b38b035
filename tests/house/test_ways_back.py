"""A page has one name in the ways back to it: a case is its number, and never "Case" here and "The case" there."""

import ast
from collections import defaultdict
from collections.abc import Iterator

from tests.house.tree import python


def names(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Address and name of whatever says `{"url": reverse(…), "label": …}`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict) and [ast.unparse(key) for key in node.keys if key] == ["'url'", "'label'"]:
            url, label = node.values
            if isinstance(url, ast.Call) and ast.unparse(url.func) == "reverse":
                yield ast.unparse(url.args[0]), ast.unparse(label)


def test_two_names_of_a_page_are_seen() -> None:
    first = ast.parse('x = {"url": reverse("case", args=[code]), "label": _("Case")}')
    other = ast.parse('x = {"url": reverse("case", args=[one.code]), "label": shown(one.code)}')
    assert [*names(first), *names(other)] == [("'case'", "_('Case')"), ("'case'", "shown(one.code)")]


def test_a_page_has_one_name_in_the_ways_back_to_it() -> None:
    """Red before: the way back to a case was called "Case", "The case" or its number by turns."""
    found: dict[str, set[str]] = defaultdict(set)
    for place, _content, tree in python():
        if place.startswith("src/hamkori/web/"):
            for address, name in names(tree):
                found[address].add(name)
    assert {address: name for address, name in found.items() if len(name) > 1} == {}
    assert found["'case'"] == {"shown(code)"}
    assert len(found) > 8
