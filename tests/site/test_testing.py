"""`./hamkori test` holds the floor of branches when the whole suite is asked for, and the floor can not be lowered."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tomllib
from collections import Counter
from itertools import product
from pathlib import Path

import pytest

from hamkori.site.launch import places, testing
from hamkori.vault import passphrase
from tests import floor, rooms, thin

CONFIGURED = tomllib.loads((places.TREE / "pyproject.toml").read_text())["tool"]["coverage"]
SOURCE = places.TREE / "src" / "hamkori"


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch):
    """What `./hamkori test` would become with these words."""
    monkeypatch.setattr(testing, "journeys_can_run", lambda *first: True)
    monkeypatch.setattr(testing, "find_browser", lambda *first: f"/usr/bin/{(*first, 'chromium')[0]}")
    monkeypatch.setattr(testing, "provide_browser", lambda: None)
    monkeypatch.setattr(testing.os, "chdir", lambda place: None)
    for name in ("HAMKORI_BROWSER", "COVERAGE_FILE", "PYTHONPYCACHEPREFIX", "PYTHONDONTWRITEBYTECODE"):
        monkeypatch.setenv(name, "")
    became: list[list[str]] = []
    monkeypatch.setattr(testing.os, "execv", lambda program, words: became.append(words))

    def start(*words: str) -> list[str]:
        parser = argparse.ArgumentParser()
        testing.configure(parser)
        arguments, rest = parser.parse_known_args(words)
        arguments.rest = rest
        testing.main(arguments)
        return became.pop()

    return start


@pytest.mark.parametrize("words", [[], ["-v"], ["-n4", "--durations=9", "-prandomly"]])
def test_the_whole_suite_is_measured(started, words: list[str]):
    command = started(*words)
    assert command[-len(testing.FLOOR) - len(words) - 1 :] == ["--cov", *testing.FLOOR, *words]
    assert Path(os.environ["COVERAGE_FILE"]).parent == places.data_folder("test")
    assert os.environ["HAMKORI_BROWSER"] == f"/usr/bin/{testing.SHELL}"


@pytest.mark.parametrize(
    "words", [["--fast"], ["tests/rules"], ["-k", "consent"], ["-mbrowser"], ["--lf"], ["-v", "a"]]
)
def test_a_part_of_it_is_not(started, words: list[str]):
    assert not set(testing.FLOOR) & set(started(*words))


def test_a_room_is_measured_with_what_stands_on_it(started):
    command = started("directory", "-v")
    assert command[-2:] == ["--room=directory", "-v"]
    measured = {word.removeprefix("--cov=") for word in command if word.startswith("--cov=")}
    theirs = ("src/hamkori/casework/", "src/hamkori/directory/")
    assert measured == {source for source in CONFIGURED["run"]["source"] if source.startswith(theirs)}
    assert {source.split("/")[2] for source in measured} == {"casework", "directory"}
    assert set(testing.FLOOR) <= set(command)
    assert not set(testing.FLOOR) & set(started("web")), "none of its rooms is measured"
    assert not set(testing.FLOOR) & set(started("--fast", "vault"))
    assert not set(testing.FLOOR) & set(started("vault", "-k", "web")), "the second is a part of pytest's own words"
    assert "--room=web" not in started("-k", "web")


def test_a_whole_run_knows_what_it_may_take_and_a_room_that_comes_brings_its_own(started, tmp_path, monkeypatch):
    """Ten minutes and ninety seconds on two processors, and two and a half minutes for each further room."""
    assert "--budget=600" in started("-v")
    assert "--budget=90" in started("--fast")
    for part in (["tests/rules"], ["web"], ["-k", "consent"]):
        assert "-ptests.budget" not in started(*part)
    for name in ("src", "pyproject.toml"):
        (tmp_path / name).symlink_to(places.TREE / name)
    (tmp_path / "src").unlink()
    for room in ("training", *(one.name for one in SOURCE.iterdir() if one.is_dir())):
        (tmp_path / "src" / "hamkori" / room).mkdir(parents=True)
    monkeypatch.setattr(testing.places, "TREE", tmp_path)
    assert testing.seconds_for(fast=False) == 750


def test_all_that_is_measured_is_measured_for_some_room():
    """A source that no room's run would measure would be measured by nobody who asks for rooms."""
    found = {one for floor in testing.floors() for room in floor for one in testing.what_is_measured(room)}
    assert found == {f"--cov={source}" for source in CONFIGURED["run"]["source"]}


@pytest.mark.parametrize(
    ("file", "runs", "rests"),
    [
        ("tests/people/test_letters.py", {"people", "access", "vault", "calendar"}, {"directory", "casework", "web"}),
        ("tests/rules/test_consent.py", {"casework", "directory", "people"}, {"web", "jobs", "site"}),
        ("tests/rules/test_people.py", {"people", "vault"}, {"casework", "directory"}),
        ("tests/vault/test_bytes.py", {"vault", "lifecycle"}, {"access", "people", "web"}),
        ("tests/web/test_kit.py", {"web", "casework", "vault"}, {"jobs", "site"}),
        ("tests/policy/test_wall_two.py", {"web", "casework", "people", "site"}, set()),
        ("tests/house/test_sizes.py", {"vocabulary", "site"}, set()),
    ],
)
def test_a_file_of_tests_runs_for_its_room_and_for_what_lies_below(file: str, runs: set[str], rests: set[str]):
    path = places.TREE / file
    assert {room for room in runs | rests if rooms.runs_for(path, room)} == runs


def test_every_file_of_tests_has_a_room_or_runs_for_all():
    files = sorted(rooms.TESTS.rglob("test_*.py"))
    of_none = [file for file in files if not rooms.room_of(file) and not file.is_relative_to(rooms.HOUSE)]
    assert len(files) > 300
    assert len(of_none) < len(files) / 20, "what a file stands on is found no more"
    assert all(rooms.runs_for(file, "vocabulary") for file in of_none)


def test_what_stands_on_a_room_is_drawn_in_its_floors_and_neighbours_do_not():
    assert testing.standing_on("site") == {"site"}
    assert testing.standing_on("jobs") == {"jobs", "site"}
    assert {"casework", "web", "jobs", "site"} <= testing.standing_on("directory")
    assert not {"people", "training"} & testing.standing_on("directory")


def test_what_is_compiled_is_kept_outside_the_tree(started):
    started("--fast")
    assert Path(os.environ["PYTHONPYCACHEPREFIX"]).parent == places.data_folder("test")
    assert "PYTHONDONTWRITEBYTECODE" not in os.environ


def test_nobody_watches_a_test_that_does_not_count():
    """Being watched makes a test two to five times slower. No room of the floor, so it does not count itself."""
    assert not floor.counts(Path(__file__))
    assert sys.gettrace() is None


@pytest.mark.parametrize(
    ("there", "installs", "taken", "looked_at"),
    [
        ({}, {testing.SHELL}, testing.SHELL, None),
        ({}, set(), None, None),
        ({}, {"chromium"}, "chromium", "chromium"),
        ({"chromium"}, {testing.SHELL}, testing.SHELL, "chromium"),
        ({"chromium"}, set(), "chromium", "chromium"),
        ({testing.SHELL, "google-chrome"}, {"chromium"}, testing.SHELL, "google-chrome"),
    ],
)
def test_tests_take_the_browser_without_windows_and_else_any(
    monkeypatch: pytest.MonkeyPatch, there: set[str], installs: set[str], taken: str | None, looked_at: str | None
):
    """`installs`: what Debian has. Whoever looks at pages gets a whole browser or none."""
    found = set(there)
    monkeypatch.delenv("HAMKORI_BROWSER", raising=False)
    monkeypatch.setattr(testing.shutil, "which", lambda name: name if name in found else None)
    monkeypatch.setattr(testing, "journeys_can_run", lambda *first: testing.find_browser(*first) is not None)
    monkeypatch.setattr(
        testing, "install_browser", lambda *names: found.update(installs & {*(names or testing.PACKAGES)})
    )
    testing.provide_browser()
    assert testing.find_browser(testing.SHELL) == taken
    assert testing.find_browser() == looked_at


def test_who_names_a_browser_gets_it_and_nothing_is_installed(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HAMKORI_BROWSER", "/opt/mine")
    monkeypatch.setattr(testing, "install_browser", lambda *names: pytest.fail("it was named"))
    monkeypatch.setattr(testing, "journeys_can_run", lambda *first: True)
    testing.provide_browser()
    assert testing.find_browser(testing.SHELL) == testing.find_browser() == "/opt/mine"


def test_every_room_of_rules_and_all_that_guards_is_measured_in_every_branch():
    rooms = {path.relative_to(places.TREE).as_posix() for path in SOURCE.glob("**/rules") if path.is_dir()}
    files = {
        f"hamkori.{'.'.join(path.relative_to(SOURCE).with_suffix('').parts)}" for path in SOURCE.glob("**/rules.py")
    }
    guards = {f"src/hamkori/{name}" for name in ("access", "audit", "vault")}
    assert set(CONFIGURED["run"]["source"]) >= rooms | files | guards
    assert CONFIGURED["run"]["branch"] is True
    assert CONFIGURED["report"]["fail_under"] == 100


def test_nothing_is_excused_but_what_no_test_can_run():
    assert CONFIGURED["run"]["omit"] == ["*/migrations/*"]
    assert CONFIGURED["report"]["exclude_also"] == ["if TYPE_CHECKING:", "raise NotImplementedError", "@overload"]
    assert not {"exclude_lines", "partial_branches", "partial_also", "omit", "include"} & set(CONFIGURED["report"])
    excused = [path for path in SOURCE.glob("**/*.py") if "pragma:" in path.read_text()]
    assert excused == []


def test_only_the_rooms_own_tests_count():
    assert all((floor.TESTS / room).is_dir() for room in floor.ROOMS)
    assert floor.counts(floor.TESTS / "vault" / "test_bytes.py")
    assert not floor.counts(floor.TESTS / "web" / "test_kit.py")
    assert not floor.counts(Path("/elsewhere/vault/test_bytes.py"))


def test_what_others_have_left_in_a_cache_is_made_anew():
    first = passphrase.words()
    assert passphrase.words() is first
    floor.forget(["src/hamkori/audit", "hamkori.calendar.rules"])
    assert passphrase.words() is first, "it is not of these rooms"
    floor.forget(CONFIGURED["run"]["source"])
    assert passphrase.words() is not first


def test_what_takes_long_begins_before_the_others(request: pytest.FixtureRequest):
    """Of this very run."""
    kinds = ("long", "browser", "bulk")
    turns = [[mark for mark in kinds if item.get_closest_marker(mark)][:1] for item in request.session.items]
    ranks = [kinds.index(found[0]) if found else len(kinds) for found in turns]
    assert ranks == sorted(ranks)


def test_what_is_thin_stays_along_the_diagonal():
    doors, ways = range(10), "abcde"
    kept = [one for number, one in enumerate(product(doors, ways)) if thin.stays(number, 5)]
    assert sorted(door for door, _ in kept) == list(doors)
    assert sorted(way for _, way in kept) == sorted(ways * 2)
    assert thin.stays(0, 3), "something stays of each"


def test_of_folders_of_many_tests_one_in_so_many_stays_and_of_a_named_file_all(started):
    assert started("--fast")[-1] == "not browser and not bulk and not rest"
    assert started("--fast", "casework")[-2:] == ["not browser and not bulk and not rest", "--room=casework"]
    assert started("--fast", "tests/web/test_kit.py")[-2:] == ["not browser and not bulk", "tests/web/test_kit.py"]
    turns, many = thin.Turns(), 2 * thin.ONE_IN["attacks"]
    kept = [turns.stays(folder) for _ in range(many) for folder in ("attacks", "rules")]
    assert kept[1::2] == [True] * many
    assert sum(kept[::2]) == 2
    assert kept[0], "the first of each folder stays"


@pytest.mark.bulk
def test_fast_keeps_something_of_every_folder_and_much_of_what_is_quick(request: pytest.FixtureRequest):
    """Of this very run, if it is one of everything."""
    files = {item.path for item in request.session.items}
    if files != set(floor.TESTS.rglob("test_*.py")) or len(request.session.items) < 5_000:
        pytest.skip("a part of the tests was asked for")
    left_out = ("bulk", "browser", "rest")
    kept = Counter(
        item.path.relative_to(floor.TESTS).parts[0]
        for item in request.session.items
        if not any(item.get_closest_marker(mark) for mark in left_out)
    )
    assert set(thin.ONE_IN) <= set(kept)
    assert {name: number for name, number in kept.items() if number < 10} == {}
    assert sum(kept.values()) >= 2_300


@pytest.mark.parametrize("number", range(7))
@pytest.mark.thin(3)
def test_of_this_one_the_others_are_bulk(request: pytest.FixtureRequest, number: int):
    assert thin.stays(number, 3) is (request.node.get_closest_marker("bulk") is None)


@pytest.mark.bulk
def test_a_run_below_the_floor_fails_and_ends_with_pytests_own_line(tmp_path: Path):
    ours = ("HAMKORI_", "PYTEST_", "DJANGO_", "COVERAGE_")
    known = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    known |= {"COVERAGE_FILE": str(tmp_path / "coverage"), "COLUMNS": "120"}
    timed = ["-ptests.budget", "--budget=1"]
    command = [sys.executable, "-m", "pytest", "-n2", *timed, "--cov", *testing.FLOOR, "tests/rules/test_sheets.py"]
    done = subprocess.run(command, cwd=places.TREE, env=known, capture_output=True, text=True, check=False)
    lines = done.stdout.splitlines()
    assert done.returncode == pytest.ExitCode.TESTS_FAILED, done.stdout + done.stderr
    assert any(line.endswith(" s of 1 s on two processors: too long") for line in lines), "and with what it took"
    assert "Required test coverage of 100.0% not reached" in lines[-2]
    assert " passed in " in lines[-1]
    measured = {line.split()[0] for line in lines if line.startswith("src/")}
    assert "src/hamkori/vault/bodies.py" in measured
    assert "src/hamkori/casework/case/rules/sheets.py" not in measured, "its tests ran, and all of it"
    assert list(tmp_path.iterdir()) == [], "no file is left"
