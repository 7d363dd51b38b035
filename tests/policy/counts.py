"""How many decisions were taken at each wall, shown at the end of a run, also of a parallel one."""

from __future__ import annotations

from collections import Counter

import pytest

COUNTED: pytest.StashKey[Counter[str]] = pytest.StashKey()
SENT = "policy_counts"


@pytest.fixture
def count(request: pytest.FixtureRequest) -> Counter[str]:
    """Decisions by wall; shown at the end of the run."""
    return request.config.stash.setdefault(COUNTED, Counter[str]())


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A process of a parallel run hands its counts to the one that reports."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        nothing: Counter[str] = Counter()
        output[SENT] = dict(session.config.stash.get(COUNTED, nothing))


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object) -> None:
    """Take the counts of a process that has ended."""
    config: pytest.Config = node.config  # type: ignore[attr-defined]
    counted: dict[str, int] = getattr(node, "workeroutput", {}).get(SENT, {})
    config.stash.setdefault(COUNTED, Counter[str]()).update(counted)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """How many decisions each wall took."""
    nothing: Counter[str] = Counter()
    counted = config.stash.get(COUNTED, nothing)
    if counted:
        terminalreporter.section("who may do what")
        for name, number in sorted(counted.items()):
            terminalreporter.line(f"{name}: {number:,}")
