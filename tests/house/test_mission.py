"""What the pages claim is there: paths and addresses that can be opened, tests that can be run."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from django.urls import Resolver404, resolve

from tests.house.tree import ROOT, SOURCE, tree_at

WRITTEN = (
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "docs/mission.md",
    "docs/operating.md",
    "docs/performance.md",
)
FOLDERS = ("adr", "design", "howto")
PAGES = [
    *(ROOT / name for name in WRITTEN),
    *(page for folder in FOLDERS for page in sorted((ROOT / "docs" / folder).glob("*.md"))),
]
CODE = re.compile(r"`([^`\n]+)`")
TEST = re.compile(r"^(tests/[\w/]+\.py)::(\w+)$")
ADDRESS = re.compile(r"^/[\w/<>.-]*$")
# A folder or file of the repository, from its root or from src/hamkori; `*` and <word> stand for anything.
PLACE = re.compile(r"^[\w.*<>-]+(?:/[\w.*<>-]+)*/?$")
# Made when the product runs.
ELSEWHERE = frozenset({".venv", ".hamkori"})
EVERY = pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())


def marked(page: Path) -> list[str]:
    """What stands between back quotes; a block of shell has none."""
    return CODE.findall(page.read_text("utf-8"))


@cache
def functions(path: Path) -> frozenset[str]:
    """The names of the functions of a file."""
    tree = tree_at(path)
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def missing_tests(words: list[str]) -> list[str]:
    """Named tests that nobody can run."""
    missing = []
    for word in words:
        if found := TEST.match(word):
            path = ROOT / found[1]
            if not path.exists() or found[2] not in functions(path):
                missing.append(word)
    return missing


def missing_places(words: list[str]) -> list[str]:
    """Named files and folders that are not there."""
    missing = []
    for word in words:
        if "/" not in word or not PLACE.match(word) or word.split("/")[0] in ELSEWHERE:
            continue
        pattern = re.sub(r"<[^>]+>", "*", word).rstrip("/")
        if not any(next(root.glob(pattern), None) for root in (ROOT, SOURCE)):
            missing.append(word)
    return missing


def missing_addresses(words: list[str]) -> list[str]:
    """Named addresses that lead nowhere."""
    missing = []
    for word in words:
        if ADDRESS.match(word) and not word.startswith("/demo/"):  # those exist in the demo's settings only
            address = re.sub(r"<service>", "00000000-0000-4000-8000-000000000000", word)
            try:
                resolve(re.sub(r"<[^>]+>", "48273162", address))
            except Resolver404:
                missing.append(word)
    return missing


@EVERY
def test_every_test_that_is_named_can_be_run(page: Path) -> None:
    assert missing_tests(marked(page)) == []


@EVERY
def test_every_path_that_is_named_is_there(page: Path) -> None:
    assert missing_places(marked(page)) == []


@EVERY
def test_every_address_that_is_named_leads_somewhere(page: Path) -> None:
    assert missing_addresses(marked(page)) == []


def test_every_path_that_has_an_owner_is_there() -> None:
    lines = [line.split() for line in (ROOT / "CODEOWNERS").read_text("utf-8").splitlines() if line.startswith("/")]
    assert [path for path, *owners in lines if missing_places([f"./{path[1:]}"]) or not owners] == []


def test_what_is_not_there_is_noticed() -> None:
    words = ["tests/house/test_mission.py::test_nobody", "tests/house/nobody.py", "/cases/<code>/nobody/"]
    assert missing_tests(words) == words[:1]
    assert missing_places(words) == words[1:2]
    assert missing_addresses(words) == words[2:]


def test_the_mission_names_its_areas_rules_and_gaps() -> None:
    text = (ROOT / "docs" / "mission.md").read_text("utf-8")
    assert all(re.search(rf"^\| {number}\. ", text, re.M) for number in range(1, 11))
    assert text.count("**not built**") >= 5
    assert sum(1 for word in marked(ROOT / "docs" / "mission.md") if TEST.match(word)) >= 40
