"""What `audit-mend` took out is said by rows of the ledger, to which the owner of the tables may add.

Red on 3f58cb0: he added one more of that act with a count below nothing, sealed like any, and `audit-verify` said no
more that rows were taken out, and ended with "Nothing was changed, removed or added." One with a high count was a fault
of the file `foreign` for ever.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from hamkori.audit.faults import Fault
from tests.attacks.counted import tried
from tests.attacks.owned import owner
from tests.audit.foreign import mend, practised, seal
from tests.audit.kept import put
from tests.audit.working import Worker, superuser

pytestmark = pytest.mark.django_db(transaction=True)

OTHERS = (
    "select nextval('ledger_number'), cluster, pg_current_xact_id()::text::bigint, hk_now(), '{action}', '{decision}',"
    " 'system', '', 'ledger', '', '', {word}, {count} from ledger where action_code = 'ledger.mend' order by id limit 1"
)
PLANTED = (
    "insert into ledger (id, cluster, tx, at, action_code, decision_code, role_code, scope_code, object_kind_code,"
    " section_code, reason_code, object_id, operation_id, count) "
)
ALARM = OTHERS.format(action="tag.mismatch", decision="failed", word="null, null", count="null")


def planted(count: str, word: str = "null, null") -> str:
    """One more row of the act, and its alarm beside it, in one transaction."""
    row = OTHERS.format(action="ledger.mend", decision="done", word=word, count=count)
    return f"with alarm as ({PLANTED}{ALARM} returning 1) {PLANTED}{row}"


@pytest.fixture
def worker(db: None, tmp_path: Path) -> Worker:
    """One row was taken out."""
    return put(_taken_out, tmp_path)


def _taken_out(folder: Path) -> Worker:
    made = practised(folder)
    superuser(seal())
    assert len(mend(made)) == 1
    made.wait(minutes=3)
    assert made.work() == 2
    return made


def kept(worker: Worker) -> int:
    return worker.witness.foreign_kept()


@pytest.mark.parametrize("count", ["-1", "1000", "2147483647"])
@pytest.mark.parametrize("word", ["null, null", "object_id, operation_id"])
def test_what_was_taken_out_stays_said_as_it_was(worker: Worker, count: str, word: str) -> None:
    owner(planted(count, word))
    worker.wait(minutes=3)
    assert worker.work() == 2
    report = worker.report(foreign=kept(worker))
    assert (report.fault, report.taken_out) == (None, 1), report.lines()
    assert "Beside that" in report.lines()[-1]
    tried()


def test_a_copy_of_the_honest_row_counts_once(worker: Worker) -> None:
    owner(planted("count", "object_id, operation_id"))
    worker.wait(minutes=3)
    assert worker.work() == 2
    report = worker.report(foreign=kept(worker))
    assert (report.fault, report.taken_out) == (None, 1), report.lines()
    tried()


def test_who_has_no_file_of_the_workers_is_told_no_less(worker: Worker) -> None:
    owner(planted("-1"))
    worker.wait(minutes=3)
    assert worker.work() == 2
    assert worker.outside().taken_out == 1
    tried()


def test_a_file_that_lacks_one_is_missed_still(worker: Worker) -> None:
    worker.witness.foreign.unlink()
    assert worker.report(foreign=kept(worker)).fault == Fault("foreign", 1)
    tried()
