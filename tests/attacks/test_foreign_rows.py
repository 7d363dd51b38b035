"""Rows in the chain's tables without a word of the worker: it refuses to seal on top of them, and there is a way back.

Red on 3464221: one such row made the sealer stand still for good (one at the end of time with a fault of ours).
`status` did not say why, and no command took it out.
"""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from hamkori.audit import mending, standing
from hamkori.audit.faults import Fault
from hamkori.audit.models import Ledger
from hamkori.audit.witness import Head
from hamkori.vault.marks import Alarms
from tests.attacks.counted import tried
from tests.attacks.owned import owner
from tests.audit.foreign import FOREIGN, mend, practised, seal, stands, tables
from tests.audit.working import TABLES, Worker
from tests.database import address, god, raw
from tests.site.elsewhere import hamkori

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def worker(db: None, tmp_path: Path) -> Worker:
    return practised(tmp_path)


@pytest.mark.parametrize("kind", FOREIGN)
def test_what_is_foreign_is_taken_out_and_the_sealer_goes_on(worker: Worker, kind: str) -> None:
    whole = tables()
    for statement in FOREIGN[kind]:
        owner(statement)
    assert "./hamkori audit-mend shows it" in stands(worker)
    assert worker.report().fault is not None
    assert worker.outside().fault is not None
    with god():
        shown = mending.find(worker.witness)
    assert len(shown) == len(FOREIGN[kind])

    assert mend(worker) == shown
    left = tables()
    assert {name: left[name] for name in TABLES[1:]} == {name: whole[name] for name in TABLES[1:]}
    assert worker.work() == 3, "a row that waited, one of the mending and one of the alarm"
    with raw("hk_clock") as clock:
        assert standing.faults(clock, worker.witness) == []
    kept = worker.witness.foreign.read_text()
    assert all(one.row in kept for one in shown)
    with god():
        told = Ledger.objects.get(action_code="ledger.mend")
        assert (told.role_code, told.count, told.user_id) == ("system", len(shown), None)
        assert Ledger.objects.filter(action_code="tag.mismatch", object_kind_code="ledger").count() == 1
    report = worker.report(foreign=worker.witness.foreign_kept())
    assert report.is_whole
    assert report.taken_out == len(shown)
    assert any("taken out of the chain" in line for line in report.lines())
    assert any("taken out of the chain" in line for line in worker.outside().lines())
    tried()


@pytest.mark.parametrize("number", [0, -(2**63)])
def test_a_batch_below_the_first_hides_no_change_and_is_taken_out(worker: Worker, number: int) -> None:
    """Red on 76090a3: "Batch 1 is missing", whatever else was changed, and no command took it out."""
    whole = tables()
    owner(seal(number))
    assert worker.report().fault == Fault("mac", number)
    assert worker.outside().fault == Fault("mac", number)
    assert mend(worker)
    left = tables()
    assert {name: left[name] for name in TABLES[1:]} == {name: whole[name] for name in TABLES[1:]}
    owner(seal(number))
    with psycopg.connect(address("postgres"), autocommit=True) as superuser:
        superuser.execute("set session_replication_role = replica")
        superuser.execute("update ledger set reason_code = 'other' where id = (select min(id) from ledger)")
    found = worker.report().fault
    assert found is not None
    assert found.what == "changed"
    tried()


@pytest.mark.alarms
def test_the_command_shows_first_and_takes_out_when_told(worker: Worker, tmp_path: Path) -> None:
    files = {
        "HAMKORI_OWNER_URL": address("hk_migrate"),
        "HAMKORI_DATA": str(tmp_path),
        "HAMKORI_MARKS": str(settings.HAMKORI_MARKS),
        "HAMKORI_SIGNING_KEY": str(worker.witness.signing_key),
    }
    assert hamkori("audit-mend", **files).stdout == "Nothing is foreign.\n"
    owner(seal())
    before = tables()
    done = hamkori("audit-mend", **files)
    assert done.returncode == 1
    assert done.stdout.startswith('ledger_seal 5: {"id":5,')
    assert done.stdout.endswith("1 foreign row. Nothing was changed. To take them out: ./hamkori audit-mend --apply\n")
    assert tables() == before
    done = hamkori("audit-mend", "--apply", **files)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"1 row taken out; kept in {worker.witness.foreign}." in done.stdout
    (line,) = [one for one in Alarms(settings.HAMKORI_MARKS / "alarms").read()[0] if one.kind == "ledger"]
    with god():
        assert Ledger.objects.get(action_code="tag.mismatch").operation_id == line.line
    assert worker.work() == 2
    assert hamkori("audit-mend", "--apply", **files).stdout == "Nothing is foreign.\n"
    worker.witness.keep(Head(batch=99, chain=bytes(32)))
    done = hamkori("audit-mend", "--apply", **files)
    assert done.returncode == 1
    assert "the database does not hold the batch that was sealed last" in done.stdout
