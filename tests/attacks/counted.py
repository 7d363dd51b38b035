"""How many tries the attacks took, by file, shown at the end of a run, also of a parallel one."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import PurePath

import pytest

SENT = "attack_tries"
_tries: Counter[str] = Counter()


def tried(number: int = 1) -> None:
    """Count tries of the running test. Call it after they were refused: a try that got through fails its test first."""
    test = os.environ.get("PYTEST_CURRENT_TEST", "")
    _tries[PurePath(test.partition("::")[0]).stem.removeprefix("test_").replace("_", " ")] += number


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A process of a parallel run hands its tries to the one that reports."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output[SENT] = dict(_tries)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object) -> None:
    """Take the tries of a process that has ended."""
    _tries.update(getattr(node, "workeroutput", {}).get(SENT, {}))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How many tries each attack took."""
    if _tries:
        terminalreporter.section("attacks tried")
        for name, number in sorted(_tries.items()):
            terminalreporter.line(f"{name}: {number:,}")
        terminalreporter.line(f"in all: {sum(_tries.values()):,}")
