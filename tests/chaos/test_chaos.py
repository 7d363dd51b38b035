"""A short run of `./hamkori chaos`: every kind of process is struck while people work."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.attacks.counted import tried
from tests.chaos import report
from tests.chaos.run import chaos

pytestmark = [pytest.mark.bulk, pytest.mark.long]

KILLS, ACTS = 6, 60


def test_what_was_answered_is_there_once_and_the_clock_goes_on(tmp_path: Path) -> None:
    figures = chaos(KILLS, ACTS, 20261126, print, tmp_path / "demo.log")
    print(report.page(figures, "in the tests"))
    assert figures.judged.acts >= ACTS
    assert figures.judged.faults() == []
    assert figures.refused == []
    assert figures.late() == []
    tried(figures.kills)
