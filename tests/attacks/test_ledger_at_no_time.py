"""A row of the ledger with a time that no calendar has, by whoever owns its table.

Red on 3464221: each turn of the sealer ended with a DataError, nothing was sealed any more, and so did `audit-verify`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from hamkori.audit import standing
from hamkori.audit.faults import Fault
from tests.attacks.counted import tried
from tests.attacks.owned import owner
from tests.audit.working import Worker
from tests.database import raw

pytestmark = pytest.mark.django_db(transaction=True)

PLANTED = (
    "insert into ledger (id, cluster, tx, at, action_code, decision_code, role_code, scope_code, object_kind_code,"
    " section_code, reason_code) select 900, cluster, pg_current_xact_id()::text::bigint, {at}, 'case.view', 'done',"
    " '', '', '', '', '' from ledger order by id limit 1"
)


@pytest.fixture
def worker(db: None, tmp_path: Path) -> Worker:
    return Worker(tmp_path)


@pytest.mark.parametrize("at", ["'infinity'", "'-infinity'", "'20000-01-01'", "'0044-03-15 BC'"])
def test_the_sealer_passes_by_and_the_row_is_named(worker: Worker, at: str) -> None:
    worker.days(2)
    owner(PLANTED.format(at=at))
    assert worker.report().fault == Fault("time", 900)
    worker.wait(minutes=2)
    worker.write()
    assert worker.work() == 1
    assert worker.report().fault == Fault("time", 900)
    assert worker.outside().fault == Fault("time", 900)
    with raw("hk_clock") as clock:
        assert standing.faults(clock, worker.witness) == []
    tried()
