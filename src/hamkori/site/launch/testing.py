"""`test`: run the tests on a database server of their own, and end with pytest's own last line.

The whole suite also has a floor: what pyproject.toml names under `coverage` is run in every branch, or the run fails.
`test casework` runs one room and what stands on it, with the floor of these rooms.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from hamkori.site import environment
from hamkori.site.launch import places
from hamkori.site.launch.supervise import say

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGES = ("chromium", "libatomic1")
# Chromium without what only somebody who sits before it sees: the same pages for two thirds of the work. Only tests
# take it, and any other where there is none. What `screens` draws is looked at, as it is in the whole browser.
SHELL = "chromium-headless-shell"
WHAT_TO_INSTALL = f"Debian: apt-get install {' '.join(PACKAGES)}"
FAST = "not browser and not bulk"
OF_ALL = " and not rest"  # where no file is named, of folders of many tests one in so many (tests/thin.py)
# Two more than the two processors that this is measured on: a test waits for commits, for others' transactions (the
# sealer seals nothing before they are over), for programs that start. Who has nothing left takes over from the others,
# from the end; so the tests of a file, with the world they share, mostly stay in one process.
BESIDE = ("-n", "4", "--dist", "worksteal")
# Who asks for a part of the tests is not told that the rest is missing. These words choose no part.
CHOOSE_NOTHING = ("--room=", "-q", "-v", "-r", "-n", "-p", "--color", "--durations", "--tb")
SECONDS, SECONDS_FAST = 600, 90  # of a whole run on two processors, with the rooms that are there now
SECONDS_OF_A_ROOM = 150  # for each further one
ROOMS_NOW = 12  # that are folders of their own; a room in one file brings no screens
FLOOR = ("-p", "tests.floor", "--cov-report=term-missing:skip-covered")


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments of `test`. A room is the first word that it does not know itself: all others are pytest's."""
    parser.usage = "%(prog)s [--fast] [ROOM: casework, web ...] [what pytest takes]"
    parser.add_argument(
        "--fast",
        action="store_true",
        help="leave out browser journeys, enumerations, the large world and the floor of branches",
    )


def main(arguments: argparse.Namespace) -> int:
    """Find or install a browser, then become pytest."""
    os.chdir(places.TREE)
    keep_compiled()
    command = [sys.executable, "-m", "pytest", *BESIDE]
    words = arguments.rest
    room = words[0] if words and words[0] in set().union(*floors()) else ""
    if room:
        words = [f"--room={room}", *words[1:]]
    if is_whole(words) and not room:
        command += ["-ptests.budget", f"--budget={seconds_for(arguments.fast)}"]
    if arguments.fast:
        command += ["-m", FAST + OF_ALL * is_whole(words)]
    else:
        provide_browser()
        if journeys_can_run(SHELL):
            os.environ["HAMKORI_BROWSER"] = str(find_browser(SHELL))
        elif environment.flag("CI"):
            say(f"CI needs the browser journeys, and they can not run here. {WHAT_TO_INSTALL}")
            return 1
        else:
            say(f"The browser journeys do not run here. {WHAT_TO_INSTALL}")
            command += ["-m", "not browser"]
        if is_whole(words) and (measured := what_is_measured(room)):
            os.environ["COVERAGE_FILE"] = str(places.data_folder("test") / f"coverage-{os.getpid()}")
            command += [*measured, *FLOOR]
    return os.execv(sys.executable, [*command, *words])


@cache
def _tools() -> dict[str, Any]:
    return tomllib.loads((places.TREE / "pyproject.toml").read_text(encoding="utf-8"))["tool"]  # type: ignore[no-any-return]


def floors() -> list[frozenset[str]]:
    """The rooms of each floor of the house, high to low."""
    contract = next(one for one in _tools()["importlinter"]["contracts"] if one["id"] == "floors")
    return [frozenset(re.findall(r"\w+", layer)) for layer in contract["layers"]]


def standing_on(room: str) -> frozenset[str]:
    """This room and all of the floors above it. Its neighbours stand on other ground."""
    drawn = floors()
    above = next(number for number, names in enumerate(drawn) if room in names)
    return frozenset({room}).union(*drawn[:above])


def seconds_for(fast: bool) -> int:
    """What a whole run may take on two processors; each room that has come since has brought its own."""
    rooms = sum((places.TREE / "src" / "hamkori" / name).is_dir() for name in set().union(*floors()))
    return SECONDS_FAST if fast else SECONDS + SECONDS_OF_A_ROOM * (rooms - ROOMS_NOW)


def what_is_measured(room: str) -> list[str]:
    """For the floor of branches: all that pyproject.toml names, or of one room and what stands on it."""
    if not room:
        return ["--cov"]
    place = re.compile(rf"(src/)?hamkori[./]({'|'.join(standing_on(room))})\b")
    return [f"--cov={source}" for source in _tools()["coverage"]["run"]["source"] if place.match(source)]


def keep_compiled() -> None:
    """Let Python keep what it has compiled, beside the tests' data: rewriting every assert anew costs seconds."""
    os.environ["PYTHONPYCACHEPREFIX"] = str(places.data_folder("test") / "compiled")
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def is_whole(words: Sequence[str]) -> bool:
    """Whether pytest's own words leave the choice of tests as it is."""
    return all(word.startswith(CHOOSE_NOTHING) for word in words)


def find_browser(*first: str) -> str | None:
    """The path of a Chromium, or None; `first`: of these programs before any other."""
    return os.environ.get("HAMKORI_BROWSER") or next(filter(None, map(shutil.which, (*first, *BROWSERS))), None)


def journeys_can_run(*first: str) -> bool:
    """Whether there is a browser, and whether the program that drives it starts (it is linked to libatomic)."""
    spec = find_spec("playwright")
    if find_browser(*first) is None or spec is None or spec.origin is None:
        return False
    driver = Path(spec.origin).parent / "driver" / "node"
    return subprocess.run([driver, "--version"], capture_output=True, check=False).returncode == 0


def provide_browser() -> None:
    """The tests' own browser where it is to be had; if not, and there is no other, the whole one."""
    if not os.environ.get("HAMKORI_BROWSER") and shutil.which(SHELL) is None:
        install_browser(SHELL, "libatomic1")
    if not journeys_can_run(SHELL):
        install_browser()


def install_browser(*packages: str) -> None:
    """Where we may (root on Debian), install Chromium and what its driver needs, or these packages."""
    apt = shutil.which("apt-get")
    if os.geteuid() != 0 or apt is None:
        return
    say("Installing Chromium for the browser journeys ...")
    surroundings = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *(packages or PACKAGES)]):
        subprocess.run([apt, *words], env=surroundings, check=False, capture_output=True)
