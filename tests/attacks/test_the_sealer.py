"""The sealer, attacked: its files, its lock and its beat, by the owner, the pages' login and the clock's own.

The holes, seen red on ff6e3b1: an advisory lock taken by hk_app stopped sealing, and a sealer that stood still was said
nowhere. New with what closed them: the worker's files, the row `sealer`.
"""

from __future__ import annotations

import threading
from pathlib import Path

import psycopg
import pytest

from hamkori.audit import sealer
from tests import database
from tests.attacks.counted import tried
from tests.attacks.ledgers import attacked, cut, is_refused, is_seen_by_status, practised
from tests.attacks.working import LEDGER_ROW
from tests.audit.working import Worker
from tests.database import address, raw

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def worker(db: None, tmp_path: Path) -> Worker:
    return practised(tmp_path)


# --- the worker's files -------------------------------------------------------------------------------------------


@pytest.fixture
def stranger(tmp_path: Path, worker: Worker) -> Worker:
    """A worker of another ledger, with a folder as whole as this one's."""
    with attacked(worker, *cut(0, rows=True)):
        made = Worker(tmp_path / "elsewhere")
        made.days(2)
    return made


@pytest.mark.parametrize("names", [("head",), ("chain",), ("chain", "head")])
def test_files_that_are_missing_or_of_another_ledger(worker: Worker, stranger: Worker, names: tuple[str, ...]) -> None:
    ours, theirs = worker.witness.signing_key, stranger.witness.signing_key
    with attacked(worker):
        for name in names:
            ours.with_name(name).unlink()
        is_refused(worker)
        tried()
    with attacked(worker):
        for name in names:
            ours.with_name(name).unlink()
            ours.with_name(name).write_bytes(theirs.with_name(name).read_bytes())
            ours.with_name(name).chmod(0o400)
        if names == ("chain",):
            assert worker.report(heads=[]).fault is not None, "no MAC is of this key"
        else:
            is_refused(worker)
        tried()


# --- the lock and the beat ----------------------------------------------------------------------------------------

OLD_KEY = 0x686B_7365_616C
ADVISORY = [
    f"select pg_advisory_lock({OLD_KEY})",
    f"select pg_advisory_lock_shared({OLD_KEY})",
    f"select pg_advisory_xact_lock({OLD_KEY})",
    f"select pg_advisory_xact_lock_shared({OLD_KEY})",
    "select pg_advisory_lock('sealer'::regclass::oid::bigint)",
    f"select pg_advisory_lock({OLD_KEY >> 32}, {OLD_KEY & 0x7FFFFFFF})",
]


@pytest.mark.parametrize("lock", ADVISORY)
@pytest.mark.thin(3)
def test_an_advisory_lock_of_the_pages_stops_nothing(worker: Worker, lock: str) -> None:
    with raw("hk_app") as pages:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            pages.execute(lock)
        worker.write()
        assert worker.work() == 1
    assert worker.report().is_whole
    tried()


def test_rows_that_never_end_do_not_keep_the_worker_from_its_other_jobs(
    worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Red on 4f17315: a turn went on while rows came, and the clock stood meanwhile."""
    monkeypatch.setattr(sealer, "LONGEST", 2.0)
    over, written = threading.Event(), [0] * 4

    def flood(number: int) -> None:
        with raw("hk_clock") as clock:
            clock.autocommit = True
            while not over.is_set():
                clock.execute(LEDGER_ROW.encode())
                written[number] += 1

    floods = [threading.Thread(target=flood, args=[number]) for number in range(len(written))]
    ends = threading.Timer(30.0, over.set)
    for thread in (*floods, ends):
        thread.start()
    try:
        worker.work(all_are_over=False)
        assert not over.is_set(), "it came to its end while rows still came"
    finally:
        over.set()
        ends.cancel()
        for thread in floods:
            thread.join()
    worker.work()
    assert worker.report().is_whole
    tried(sum(written))


MODES = ("access share", "row share", "row exclusive", "share", "share row exclusive", "exclusive", "access exclusive")
FORBIDDEN = {
    "hk_app": [
        "select beat from sealer",
        "select id from sealer for update",
        "select id from sealer for key share",
        "update sealer set beat = now()",
        "insert into sealer (id) values (2)",
        "delete from sealer",
        "truncate sealer",
        *[
            f"lock table {table} in {mode} mode"
            for table in ("sealer", "ledger_seal", "ledger_checkpoint")
            for mode in MODES
        ],
        *[f"lock table ledger in {mode} mode" for mode in MODES[1:]],
        "select chain, mac from ledger_seal",
        "insert into ledger_checkpoint (seal_id, signature, at) values (1, '', now())",
        (
            "insert into ledger_seal (id, cluster, first_tx, next_tx, count, leaves, root, chain, at)"
            " values (9, 1, 0, 1, 0, '', '', '', now())"
        ),
    ],
    "hk_clock": [
        "update sealer set id = 2",
        "insert into sealer (id) values (2)",
        "delete from sealer",
        "truncate sealer",
        *[f"lock table sealer in {mode} mode" for mode in MODES[1:]],
        *[f"lock table ledger in {mode} mode" for mode in MODES[1:]],
        "update ledger_seal set mac = null",
        "update ledger_checkpoint set number = null",
        "delete from ledger_seal",
        "delete from ledger_checkpoint",
        "truncate ledger_checkpoint",
        "alter table ledger_seal disable trigger user",
    ],
}


@pytest.mark.parametrize("login", FORBIDDEN)
def test_no_login_takes_the_lock_the_tables_or_what_is_sealed(worker: Worker, login: str) -> None:
    with psycopg.connect(address(login)) as connected:
        for statement in FORBIDDEN[login]:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connected.execute(statement)
            connected.rollback()
            tried()
    worker.write()
    assert worker.work() == 1


@pytest.mark.parametrize(
    "beat",
    ["clock_timestamp() + interval '1 day'", "'infinity'", "'-infinity'", "clock_timestamp() - interval '2 minutes'"],
)
def test_a_sealer_that_is_held_is_seen_whatever_its_beat_says(worker: Worker, beat: str) -> None:
    with raw("hk_clock") as holding:
        holding.execute(f"update sealer set beat = {beat}")
        worker.write()
        assert worker.work(all_are_over=False) == 0
        holding.commit()
        is_seen_by_status(worker)
        assert not worker.report().is_whole
    tried()


@pytest.mark.parametrize("beat", ["clock_timestamp()", "null"])
def test_a_beat_that_is_forged_does_not_hide_rows_that_wait(worker: Worker, beat: str) -> None:
    worker.write()
    worker.wait(minutes=3)
    with database.worker(autocommit=True) as forging:
        forging.execute(f"update sealer set beat = {beat}")
    is_seen_by_status(worker)
    assert not worker.report().is_whole
    tried()


def test_a_transaction_that_is_held_open_is_seen(worker: Worker) -> None:
    """It stops the sealer, which passes no transaction by; nobody can be kept from writing slowly."""
    with raw("hk_clock") as clock:
        clock.execute(LEDGER_ROW.encode())
        worker.write()
        assert worker.seal(all_are_over=False) == 0
        worker.wait(minutes=3)
        is_seen_by_status(worker)
        assert not worker.report().is_whole
    assert worker.work() == 1
    assert worker.report().is_whole
    tried()


# --- the clock's own login ----------------------------------------------------------------------------------------

FALSE_BATCHES = {
    "of nothing": "0, '', '', chain, null",
    "a copy": "count, leaves, root, chain, mac",
    "with an invented MAC": "count, leaves, root, sha256(chain), '\\x0001' || sha256(chain)",
    "of a key to come": "count, leaves, root, sha256(chain), '\\x0002' || sha256(chain)",
}


@pytest.mark.parametrize("what", FALSE_BATCHES)
def test_a_false_batch_written_by_the_clocks_login(worker: Worker, what: str) -> None:
    with database.worker(autocommit=True) as clock:
        clock.execute(
            "insert into ledger_seal (id, cluster, first_tx, next_tx, at, count, leaves, root, chain, mac)"
            f" select id + 1, cluster, next_tx, next_tx + 1000000, at, {FALSE_BATCHES[what]} from ledger_seal"
            " order by id desc limit 1"
        )
    assert worker.report().fault is not None
    is_refused(worker)
    tried()


def test_a_false_signature_written_by_the_clocks_login(worker: Worker) -> None:
    worker.write()
    worker.seal()
    with database.worker(autocommit=True) as clock:
        clock.execute(
            "insert into ledger_checkpoint (seal_id, signature, at, number, before, chain_no, signs_next)"
            " select 5, signature, at, number + 1, seal_id, chain_no, signs_next from ledger_checkpoint"
            " order by number desc limit 1"
        )
    assert worker.outside().fault is not None
    is_refused(worker)
    tried()
