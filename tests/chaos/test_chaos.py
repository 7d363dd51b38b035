"""A short run of `./hamkori chaos`: every kind of process is struck while people work."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from tests.attacks.counted import tried
from tests.attacks.demos import put_one_with_people
from tests.chaos import report
from tests.chaos.run import chaos

pytestmark = [pytest.mark.bulk, pytest.mark.long]

PLAN = (
    *("worker_killed", "worker_stands_still"),
    *("database_killed", "connection_killed", "database_asked_to_end"),
    "power_cut",  # which strikes the pages and the launcher too
)
ACTS = 60


def test_what_was_answered_is_there_once_and_the_clock_goes_on(tmp_path: Path) -> None:
    prepare = partial(put_one_with_people, without="kept")
    figures = chaos(len(PLAN), ACTS, 20261126, print, tmp_path / "demo.log", plan=PLAN, rests=True, prepare=prepare)
    print(report.page(figures, "in the tests"))
    assert figures.judged.acts >= ACTS
    assert tuple(figures.went_on) == PLAN, "each was struck, in this order"
    assert figures.judged.faults() == []
    assert figures.refused == []
    assert figures.late() == []
    tried(figures.kills)
