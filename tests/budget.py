"""How long a whole run took, of the seconds that it may take on two processors: said at its end, and judged by people.

The launcher gives the seconds (`hamkori.site.launch.testing.seconds_for`). A machine that is slow or busy is no failure
of the source, so nothing fails here.
"""

from __future__ import annotations

import time

import pytest

BEGAN = pytest.StashKey[float]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--budget", type=int, help="the seconds that this run may take on two processors")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[BEGAN] = time.monotonic()


@pytest.hookimpl(tryfirst=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """One line: what it took, what it may take."""
    may = config.getoption("budget")
    if may:
        took = time.monotonic() - config.stash[BEGAN]
        terminalreporter.section("time")
        terminalreporter.line(f"{took:.0f} s of {may} s on two processors{': too long' if took > may else ''}")
