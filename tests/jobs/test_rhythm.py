"""How often the worker does its work: urgent mail and escalation do not wait for the next full ten minutes."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import islice, pairwise

import pytest
from procrastinate.contrib.django import app

from hamkori.jobs import tasks

SECONDS = {tasks.tick.name: 10, tasks.post.name: 10, tasks.alarms.name: 10, tasks.seal.name: 1, tasks.sweep.name: 900}


@pytest.mark.parametrize("minute", [0, 3, 9, 59])
def test_each_job_comes_again_after_its_own_seconds_in_every_minute(minute: int) -> None:
    known = {task.task.name: task for task in app.periodic_registry.periodic_tasks.values()}
    assert set(known) == set(SECONDS)
    for name, seconds in SECONDS.items():
        turns = known[name].croniter
        turns.set_current(datetime(2026, 11, 25, 14, minute, 34, tzinfo=UTC))
        times = list(islice(turns.all_next(datetime), 20))
        assert {(after - before).total_seconds() for before, after in pairwise(times)} == {seconds}, name
