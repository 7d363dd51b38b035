"""How many decisions were taken at each wall, shown at the end of a run, also of a parallel one."""

from __future__ import annotations

from collections import Counter

import pytest

COUNTED: pytest.StashKey[Counter[str]] = pytest.StashKey()
SENT = "policy_counts"


def _counted(config: pytest.Config) -> Counter[str]:
    found: Counter[str] = config.stash.setdefault(COUNTED, Counter())
    return found


@pytest.fixture
def count(request: pytest.FixtureRequest) -> Counter[str]:
    """Decisions by wall; shown at the end of the run."""
    return _counted(request.config)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A process of a parallel run hands its counts to the one that reports."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output[SENT] = dict(_counted(session.config))


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object) -> None:
    """Take the counts of a process that has ended."""
    config: pytest.Config = node.config  # type: ignore[attr-defined]
    counted: dict[str, int] = getattr(node, "workeroutput", {}).get(SENT, {})
    _counted(config).update(counted)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """How many decisions each wall took."""
    counted = _counted(config)
    if counted:
        terminalreporter.section("who may do what")
        for name, number in sorted(counted.items()):
            terminalreporter.line(f"{name}: {number:,}")
