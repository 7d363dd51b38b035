"""What counts for the floor of `./hamkori test`: branches that the tests of these rooms run, on purpose.

Whatever else the suite passes by on its way does not count, and is not slowed down by being watched. The launcher loads
this as a plugin beside pytest-cov (hamkori.site.launch.testing); pyproject.toml says what is measured.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Generator
from pathlib import Path

import pytest
from coverage import Coverage

TESTS = Path(__file__).resolve().parent
FIRST = "gw0"  # pytest-xdist's name for it
ROOMS = frozenset({"rules", "access", "vault", "audit", "directory"})


class Floor:
    """Measures while a test of the rooms runs. Collecting is measured too: what runs once, at import, runs there.

    It does the same in every process of a parallel run, so the first one measures it for all.
    """

    def __init__(self) -> None:
        self.measuring: Coverage | None = None
        self.on = True

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """pytest-cov begins in every process of a parallel run before it knows that it is one, and begins again after.

        What began first would watch all tests to the end, and nobody would read what it saw.
        """
        early = Coverage.current()
        if hasattr(session.config, "workerinput") and early is not None:
            early.stop()

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self, session: pytest.Session) -> None:
        self.measuring = Coverage.current()
        of_a_run = getattr(session.config, "workerinput", {"workerid": FIRST})
        if self.measuring is not None and of_a_run["workerid"] != FIRST:
            self.on = False
            self.measuring.stop()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        if self.measuring is None:
            self.measuring = Coverage.current()
        if self.measuring is not None and counts(item.path) is not self.on:
            self.on = not self.on
            if self.on:
                forget(self.measuring.get_option("run:source"))
            (self.measuring.start if self.on else self.measuring.stop)()
        return (yield)


def forget(source: object) -> None:
    """Empties the caches of what is measured: a test that does not count may have filled them, in its random turn."""
    assert isinstance(source, list)
    rooms = tuple(str(entry).removeprefix("src/").replace("/", ".") for entry in source)
    for name, module in list(sys.modules.items()):
        if name in rooms or name.startswith(tuple(f"{room}." for room in rooms)):
            for thing in vars(module).values():
                if getattr(thing, "__module__", None) == name and hasattr(thing, "cache_clear"):
                    thing.cache_clear()


def counts(path: Path) -> bool:
    """Whether it is a test of the rooms."""
    return path.is_relative_to(TESTS) and path.relative_to(TESTS).parts[0] in ROOMS


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Floor())


def pytest_unconfigure(config: pytest.Config) -> None:
    """The numbers were said; leave no file behind."""
    if not hasattr(config, "workerinput") and "COVERAGE_FILE" in os.environ:
        Path(os.environ["COVERAGE_FILE"]).unlink(missing_ok=True)
