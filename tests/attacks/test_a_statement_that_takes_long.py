"""One statement that goes on for long had the time of its beginning in all that it asked and wrote.

Red on 3f58cb0: a block (`do`) of one's own SQL that waited first wrote a row of the ledger dated back by as long as it
had waited. It held no number of a transaction meanwhile, so the sealer went on, sealed the row honestly, and
`audit-verify` named a row with a false time from then on, for good. No backup was gone on from any more either: the
chain was "not whole".
"""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone

from hamkori.access.context import issue, new_token
from hamkori.access.models import AccessSession
from hamkori.audit.models import Ledger
from hamkori.vault.proof import prover
from hamkori.vault.server import keyring
from tests import doors
from tests.attacks.counted import tried
from tests.audit.working import Worker
from tests.database import god, raw

pytestmark = pytest.mark.django_db(transaction=True)

SLOW = (
    "do $$ begin perform pg_sleep(3);"
    " perform ledger_append('case.view', 'done', '', '', 'case', null, null, '', null, null, '', null, null); end $$"
)


@pytest.fixture
def worker(db: None, tmp_path: Path) -> Worker:
    return Worker(tmp_path)


def session_of_a_worker() -> str:
    doors.house()
    zarina = doors.person(doors.body("umed"), "Zarina", function="social_worker")
    made = new_token()
    with transaction.atomic():
        issue(made, zarina.membership_id, "mfa", prover(keyring()))
    return made


def writes_slowly(token: str) -> None:
    with raw("hk_app") as opened:
        opened.execute("select set_config('hk.token', %s, false)", [token])
        opened.execute(SLOW)
        opened.commit()


def test_a_row_bears_the_time_at_which_it_was_written(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second stands for the minute that `audit-verify` allows."""
    monkeypatch.setattr("hamkori.audit.verify.SEALED_WITHIN", timedelta(seconds=1))
    slow = threading.Thread(target=writes_slowly, args=[session_of_a_worker()])
    slow.start()
    for _ in range(3):
        time.sleep(0.7)
        worker.write()
        worker.seal(all_are_over=False)
    slow.join()
    ended = time.time()
    worker.work()  # its row, and what was written while it was not yet committed
    assert worker.work() == 0
    worker.sign()
    with god():
        row = Ledger.objects.get(action_code="case.view")
    report = worker.report()
    assert report.fault is None, report.fault and report.fault.text
    assert ended - row.at.timestamp() < 2
    tried()


def test_a_session_that_is_over_is_over_in_a_statement_that_goes_on(worker: Worker) -> None:
    """A minute of it stands here for the eight hours: one block of her own SQL goes on as somebody who is nobody."""
    token = session_of_a_worker()
    with god():
        AccessSession.objects.update(idle_until=timezone.now() + timedelta(seconds=1))
    with raw("hk_app") as opened:
        opened.execute("select set_config('hk.token', %s, false)", [token])
        opened.commit()
        opened.execute(
            "do $$ begin perform pg_sleep(2); perform set_config('hk.found', coalesce(me()::text, ''), false); end $$"
        )
        row = opened.execute("select current_setting('hk.found'), me()").fetchone()
    tried()
    assert row is not None
    assert row[1] is None, "the next statement knows that it is over"
    assert row[0] == ""
