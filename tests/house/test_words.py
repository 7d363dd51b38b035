"""The repository speaks of Hamkori alone: no path of somebody's machine, no package index, no note to self."""

import re

import pytest

from tests.house.tree import texts

HERE = "tests/house/test_words.py"
FORBIDDEN = {
    "a path of somebody's machine": re.compile(r"(?<![\w.])/(?:home|Users|root|work|opt/wheels)/\w"),
    "an address of a package index": re.compile(
        r"pypi\.org|pythonhosted|npmjs|--(?:extra-)?index-url|--find-links", re.I
    ),
    "a note to self": re.compile(r"\b(?:TODO|FIXME|XXX)\b"),
    "a switched-off test": re.compile(r"@pytest\.mark\.(?:skip|xfail)\b(?!\(.*reason)"),
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_holds(what: str) -> None:
    found = [
        f"{place}:{number}: {line.strip()[:100]}"
        for place, content in texts()
        if place != HERE
        for number, line in enumerate(content.splitlines(), 1)
        if FORBIDDEN[what].search(line)
    ]
    assert not found, "\n".join([f"{what}:", *found])


def test_the_search_finds_what_it_looks_for() -> None:
    planted = ["see /" + "home/somebody/notes", "--index" + "-url x", "# TO" + "DO: later", "@pytest.mark." + "skip\n"]
    for pattern, line in zip(FORBIDDEN.values(), planted, strict=True):
        assert pattern.search(line)
