"""`--room casework`: the tests of one room and of what stands on it, by the floors that pyproject.toml draws.

Nothing is listed here. A folder of tests that is called like a room holds the tests of that room. Any other file
belongs to the highest room that it names, itself or through what it takes from other folders of `tests`; whoever asks
an address asks the pages. The files beside this one are the ground of all tests: that they start a server, as the
highest floor does, makes no test one of that floor. What looks at the house as a whole runs for every room.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from hamkori.site.launch.testing import floors, standing_on

TESTS = Path(__file__).resolve().parent
HOUSE = TESTS / "house"
NAMED = re.compile(r"\bhamkori[./](\w+)")
ASKED = re.compile(r"""\.(?:get|post)\(\s*f?["']/""")
TAKEN = re.compile(r"^\s*(?:from (tests[\w.]*) import ([\w, ]+|\([^)]*\))|import (tests[\w.]*))", re.MULTILINE)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--room", choices=sorted(set().union(*floors())), help="one room and what stands on it")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Files of other rooms are not even read."""
    room = config.getoption("room")
    if room is None or not collection_path.name.startswith("test_") or collection_path.suffix != ".py":
        return None
    return None if runs_for(collection_path, room) else True


def runs_for(file: Path, room: str) -> bool:
    """Whether this file's tests run when this room is asked for. Who names no room may stand on any."""
    return file.is_relative_to(HOUSE) or room_of(file) in {"", *standing_on(room)}


@cache
def room_of(file: Path) -> str:
    """The room that this file's tests belong to; "" if it names none."""
    height = {name: number for number, floor in enumerate(reversed(floors())) for name in sorted(floor)}
    folder = file.relative_to(TESTS).parts[0]
    if folder in height:
        return folder
    named = set().union(*(_named(one) for one in _with_all_that_it_takes(file))) & height.keys()
    return max(named, key=lambda name: (height[name], name), default="")


def _with_all_that_it_takes(file: Path) -> frozenset[Path]:
    """The file, and every file of `tests` whose words it imports, at any distance."""
    found: set[Path] = set()
    waiting = {file}
    while waiting:
        one = waiting.pop()
        found.add(one)
        waiting |= _taken(one) - found
    return frozenset(found)


@cache
def _named(file: Path) -> frozenset[str]:
    text = file.read_text(encoding="utf-8")
    return frozenset(NAMED.findall(text)) | ({"web"} if ASKED.search(text) else set())


@cache
def _taken(file: Path) -> frozenset[Path]:
    found = set()
    for package, words, module in TAKEN.findall(file.read_text(encoding="utf-8")):
        names = [name.split(" as ")[0].strip() for name in words.strip("()").replace("\n", " ").split(",")]
        for dotted in (package or module, *(f"{package}.{name}" for name in names if package and name)):
            path = TESTS.parent.joinpath(*dotted.split(".")).with_suffix(".py")
            if path.is_file() and path.parent != TESTS:
                found.add(path)
    return frozenset(found)
