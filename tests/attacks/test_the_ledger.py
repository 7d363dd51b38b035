"""The ledger, attacked by whoever owns its tables: rows changed, slipped in and cut off, and the chain reckoned anew.

The holes, each seen red on ff6e3b1: a chain that the owner reckoned anew over changed rows was whole once the
signatures were gone; a removed signature was no fault; the honest worker went on with a false chain; a cut end was not
missed; a row with a false time was sealed as if it were true. Green there already: rows slipped into sealed windows.
"""

from __future__ import annotations

from itertools import chain, combinations, permutations
from pathlib import Path

import psycopg
import pytest

from tests.attacks.counted import tried
from tests.attacks.ledgers import BATCHES, attacked, cut, is_refused, is_seen_by_status, practised
from tests.audit.working import TABLES, Worker, intruding, put_back, reckon_anew, taken
from tests.database import address

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def worker(db: None, tmp_path: Path) -> Worker:
    return practised(tmp_path)


# --- a chain computed anew ----------------------------------------------------------------------------------------

CHANGED = {
    "another act": "action_code = 'case.view'",
    "another person": "membership_id = gen_random_uuid(), user_id = gen_random_uuid()",
    "another role": "role_code = 'auditor'",
    "another time": "at = at + interval '20 seconds'",
    "another decision": "decision_code = 'refused'",
    "another case": "case_id = gen_random_uuid()",
}
MACS = {
    "left": [],
    "nulled": ["update ledger_seal set mac = null"],
    "nulled where changed": ["update ledger_seal set mac = null where id = 1"],
    "all of one": ["update ledger_seal set mac = (select mac from ledger_seal where id = 2)"],
    "invented": ["update ledger_seal set mac = '\\x0001' || sha256(chain)"],
    "of another key": ["update ledger_seal set mac = '\\x0002' || sha256(chain)"],
}
SIGNATURES = {"left": [], "removed": ["delete from ledger_checkpoint"]}


@pytest.mark.parametrize("signatures", SIGNATURES)
def test_a_chain_that_was_reckoned_anew_over_a_changed_row(worker: Worker, signatures: str) -> None:
    for change in CHANGED.values():
        with attacked(worker, f"update ledger set {change} where id = (select min(id) from ledger)"):
            anew = reckon_anew()
            for macs in MACS.values():
                with intruding() as intruder:
                    for statement in (*anew, *macs, *SIGNATURES[signatures]):
                        intruder.execute(statement)
                assert worker.report().fault is not None
                assert worker.outside().fault is not None, "and with the public key alone"
                tried()
            is_seen_by_status(worker)
            is_refused(worker)


def test_the_owner_of_the_tables_gets_as_far_as_whoever_owns_the_server(worker: Worker) -> None:
    """He takes the triggers off, and is found all the same."""
    anew_over = "update ledger set action_code = 'case.view' where id = (select min(id) from ledger)"
    with psycopg.connect(address("hk_migrate"), autocommit=True, options="-c role=hk_owner") as owner:
        for table in TABLES:
            owner.execute(f"alter table {table} disable trigger user")
        owner.execute(anew_over)
        for statement in (*reckon_anew(), "delete from ledger_checkpoint", "update ledger_seal set mac = null"):
            owner.execute(statement)
    assert worker.report().fault is not None
    assert worker.outside().fault is not None
    is_seen_by_status(worker)
    is_refused(worker)
    tried()


def test_a_chain_that_was_reckoned_anew_without_a_row(worker: Worker) -> None:
    for nth in range(2 * BATCHES):
        with attacked(
            worker, f"delete from ledger where id = (select id from ledger order by id offset {nth} limit 1)"
        ):
            with intruding() as intruder:
                for statement in reckon_anew():
                    intruder.execute(statement)
            assert worker.report().fault is not None
            assert worker.outside().fault is not None
            is_refused(worker)
            tried()


# --- signatures and MACs ------------------------------------------------------------------------------------------


def test_checkpoints_deleted_in_every_way(worker: Worker) -> None:
    numbers = range(1, BATCHES + 1)
    for gone in chain.from_iterable(combinations(numbers, size) for size in numbers):
        with attacked(worker, f"delete from ledger_checkpoint where number in ({', '.join(map(str, gone))})"):
            assert worker.report().fault is not None
            assert worker.outside().fault is not None
            assert worker.report(key=None, chain=None, heads=[]).fault is not None, "seen with no key at all"
            if BATCHES in gone:
                is_refused(worker)
            tried()


def test_checkpoints_renumbered_to_close_the_gap(worker: Worker) -> None:
    for gone in range(1, BATCHES + 1):
        closed = (
            f"delete from ledger_checkpoint where number = {gone}",
            f"update ledger_checkpoint set number = -number where number > {gone}",
            "update ledger_checkpoint set number = -number - 1 where number < 0",
            (
                "update ledger_checkpoint k set before = coalesce((select max(seal_id) from ledger_checkpoint o"
                " where o.seal_id < k.seal_id), 0)"
            ),
        )
        with attacked(worker, *closed):
            assert worker.outside().fault is not None
            is_refused(worker)
            tried()


def test_macs_nulled_and_exchanged(worker: Worker) -> None:
    numbers = range(1, BATCHES + 1)
    for gone in chain.from_iterable(combinations(numbers, size) for size in numbers):
        with attacked(worker, f"update ledger_seal set mac = null where id in ({', '.join(map(str, gone))})"):
            fault = worker.report().fault
            assert fault is not None
            assert (fault.what, fault.number) == ("mac", gone[0])
            tried()
    for one, other in permutations(numbers, 2):
        exchanged = f"update ledger_seal set mac = (select mac from ledger_seal where id = {other}) where id = {one}"
        with attacked(worker, exchanged):
            fault = worker.report().fault
            assert fault is not None
            assert (fault.what, fault.number) == ("mac", one)
            tried()


# --- cut ends, old states -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [True, False], ids=["with its rows", "its rows left"])
def test_an_end_that_was_cut_off(worker: Worker, rows: bool) -> None:
    kept = worker.witness.head()
    for after in range(BATCHES):
        with attacked(worker, *cut(after, rows=rows)):
            assert worker.report().fault is not None
            fault = worker.outside([kept]).fault
            assert fault is not None, "and outside, with a head that was mailed"
            is_seen_by_status(worker)
            is_refused(worker)
            tried()


def test_an_old_state_of_the_whole_database_put_back(worker: Worker) -> None:
    """Every row and signature in it is honest; only the worker's folder and a kept head know that there was more."""
    with intruding() as intruder:
        old = taken(intruder)
    worker.days(2)
    kept = worker.witness.head()
    with intruding() as intruder:
        put_back(intruder, old)
    assert worker.outside().fault is None, "whole in itself"
    assert worker.report().fault is not None
    assert worker.outside([kept]).fault is not None
    is_seen_by_status(worker)
    is_refused(worker)
    tried()


def test_a_whole_ledger_of_the_owners_own_making(worker: Worker) -> None:
    with attacked(worker, *cut(0, rows=True)):
        worker.write(3)
        with intruding() as intruder:
            intruder.execute(
                "insert into ledger_seal (id, cluster, first_tx, next_tx, count, leaves, root, chain, at)"
                " select 1, min(cluster), 0, max(tx) + 1, count(*), '', '', '', hk_now() from ledger"
            )
            for statement in reckon_anew():
                intruder.execute(statement)
        assert worker.report().fault is not None
        is_refused(worker)
        tried()


# --- rows slipped in ----------------------------------------------------------------------------------------------

SLIPPED = (
    "insert into ledger (id, cluster, tx, at, action_code, decision_code, role_code, scope_code, object_kind_code,"
    " section_code, reason_code) select 900, {cluster}, {tx}, {at}, 'case.view', 'done', '', '', '', '', ''"
    " from ledger where id = (select id from ledger order by id offset {nth} limit 1)"
)
NOW = "pg_current_xact_id()::text::bigint"


def slipped(*, cluster: str = "cluster", tx: str = NOW, at: str = "hk_now()", nth: int = 0) -> str:
    return SLIPPED.format(cluster=cluster, tx=tx, at=at, nth=nth)


def test_a_row_with_an_old_transaction(worker: Worker) -> None:
    for nth in range(2 * BATCHES):
        for at in ("at", "hk_now()", "at - interval '1 year'"):
            with attacked(worker, slipped(tx="tx", at=at, nth=nth)):
                fault = worker.outside().fault
                assert fault is not None
                assert (fault.what, fault.number) == ("added", 900)
                tried()


def test_a_row_of_no_transaction_or_of_another_cluster(worker: Worker) -> None:
    for cluster, tx in (("cluster", f"{NOW} + 500000000"), ("42", "tx"), ("42", NOW)):
        with attacked(worker, slipped(cluster=cluster, tx=tx)):
            worker.work(all_are_over=False)
            fault = worker.outside().fault
            assert fault is not None
            assert (fault.what, fault.number) == ("no_batch", 900)
            tried()


def test_a_row_that_is_sealed_honestly_and_bears_a_false_time(worker: Worker) -> None:
    for at in ("at", "hk_now() - interval '1 year'", "hk_now() - interval '10 minutes'", "hk_now() + interval '1 day'"):
        with attacked(worker, slipped(at=at)):
            worker.work()
            fault = worker.outside().fault
            assert fault is not None
            assert (fault.what, fault.number) == ("time", 900)
            tried()
