"""The sealer loses no row and seals none twice; whoever changes the ledger afterwards is found, also as superuser."""

import threading

import pytest
from django.db import connection

from hamkori.audit import merkle, sealer
from hamkori.audit.faults import Fault
from hamkori.audit.models import Ledger, LedgerCheckpoint, LedgerSeal
from hamkori.audit.witness import Head
from tests.audit.working import Worker, superuser
from tests.database import god, raw

pytestmark = pytest.mark.django_db(transaction=True)

WRITE = "select ledger_system('referral.lapse', 'done', '', '', '', null, null, '', null, null, '', null, null)"


def test_rows_become_batches_of_one_chain(worker: Worker) -> None:
    assert worker.seal() == 0
    worker.write(3)
    assert worker.seal() == 3
    assert worker.seal() == 0, "nothing is sealed twice"
    worker.write(2)
    assert worker.seal() == 2
    told = worker.report()
    assert (told.rows, told.batches, told.waiting, told.fault) == (5, 2, 0, None)
    with god():
        first, second = LedgerSeal.objects.order_by("id")
    assert second.first_tx == first.next_tx
    assert told.head == f"2:{bytes(second.chain).hex()}"


def test_a_slow_transaction_is_not_left_behind(worker: Worker) -> None:
    """Its row has the lower number and commits after the higher one: a sealer that goes by numbers loses it."""
    with raw("hk_clock") as slow, raw("hk_clock") as fast:
        slow.execute(WRITE)
        fast.execute(WRITE)
        fast.commit()
        assert worker.seal(all_are_over=False) == 0, "an open writing transaction holds the horizon"
        assert worker.report().waiting == 1
        slow.commit()
    assert worker.seal() == 2
    assert worker.report().fault is None


def test_an_open_reading_transaction_holds_nothing_up(worker: Worker) -> None:
    with raw("hk_clock") as reader:
        reader.execute("select count(*) from ledger")
        worker.write()
        assert worker.seal() == 1


def test_a_rolled_back_row_leaves_no_hole(worker: Worker) -> None:
    with raw("hk_clock") as gone:
        gone.execute(WRITE)
        gone.rollback()
    worker.write()
    assert worker.seal() == 1
    assert worker.report().fault is None


def test_many_writers_and_a_sealer_at_once(worker: Worker) -> None:
    writers, each = 4, 15
    failed: list[BaseException] = []
    done = threading.Event()

    def writing(number: int) -> None:
        try:
            with raw("hk_clock") as opened:
                for turn in range(each):
                    with opened.transaction(force_rollback=(turn + number) % 5 == 4):
                        opened.execute(WRITE)
                        with opened.transaction():
                            opened.execute(WRITE)
        except BaseException as error:
            failed.append(error)

    def sealing() -> None:
        try:
            while not done.is_set():
                worker.seal(all_are_over=False)
        except BaseException as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=writing, args=[number]) for number in range(writers)]
    seals = threading.Thread(target=sealing)
    for thread in (seals, *threads):
        thread.start()
    for thread in threads:
        thread.join()
    done.set()
    seals.join()
    assert not failed
    worker.seal()
    told = worker.report()
    with god():
        assert told.rows == Ledger.objects.count() == writers * each * 2 * 4 // 5
        numbers = [number for batch in LedgerSeal.objects.all() for number in sealed_numbers(batch)]
    assert len(numbers) == len(set(numbers)) == told.rows
    assert (told.waiting, told.fault) == (0, None)


def sealed_numbers(batch: LedgerSeal) -> list[int]:
    from hamkori.audit.merkle import unpack

    return [number for number, _ in unpack(bytes(batch.leaves))]


def test_two_sealers_never_work_at_once(worker: Worker) -> None:
    worker.write()
    with raw("hk_clock") as other:
        other.execute("select id from sealer for update")
        assert worker.seal() == 0
        assert not worker.sign()
    assert worker.seal() == 1


def test_a_long_queue_is_cut_between_transactions(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealer, "BATCH", 3)
    with raw("hk_clock") as opened:
        for size in (2, 2, 5, 1):
            for _ in range(size):
                opened.execute(WRITE)
            opened.commit()
    assert worker.seal() == 10
    with god():
        assert list(LedgerSeal.objects.order_by("id").values_list("count", flat=True)) == [4, 5, 1]
    assert worker.report().fault is None


def test_a_turn_that_has_taken_long_makes_no_further_batch(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealer, "BATCH", 3)
    with raw("hk_clock") as opened:
        for _ in range(9):
            opened.execute(WRITE)
            opened.commit()
    monkeypatch.setattr(sealer, "LONGEST", -1.0)
    assert [worker.work() for _ in range(4)] == [3, 3, 3, 0]
    assert worker.report().fault is None


def test_a_restored_database_ends_the_old_windows_and_begins_new_ones(worker: Worker) -> None:
    """Elsewhere transactions count from low numbers again; rows that were not sealed before are not lost."""
    worker.write(2)
    worker.seal()
    worker.write()
    # The same rows as another cluster would have written them, with numbers above those of this one.
    superuser("update ledger set cluster = 42, tx = tx + 1000000000")
    with god():
        old = [(row.id, sealer.leaf_of(row)) for row in Ledger.objects.order_by("id")[:2]]
    reseal_as_former_cluster(worker, old)
    worker.write(2)
    assert worker.seal() == 3
    told = worker.report()
    assert (told.rows, told.batches, told.waiting, told.fault) == (5, 3, 0, None)
    with god():
        clusters = list(LedgerSeal.objects.order_by("id").values_list("cluster", flat=True))
    assert clusters[:2] == [42, 42]
    assert clusters[2] != 42


def reseal_as_former_cluster(worker: Worker, entries: list[tuple[int, bytes]]) -> None:
    """Replaces the one batch there is by the batch that the former cluster would have brought along."""
    with god():
        batch = LedgerSeal.objects.get()
        last = Ledger.objects.get(pk=entries[-1][0])
    root = merkle.root([hashed for _, hashed in entries])
    value = merkle.chain(merkle.START, root, len(entries), 42, last.tx + 1, batch.at)
    mac = worker.witness.keys().mac(1, value)
    assert mac is not None
    superuser(
        f"update ledger_seal set cluster = 42, next_tx = {last.tx + 1}, root = '\\x{root.hex()}',"
        f" chain = '\\x{value.hex()}', leaves = '\\x{merkle.pack(entries).hex()}', mac = '\\x{mac.hex()}'"
    )
    worker.witness.keep(Head(batch=1, chain=value))


def test_a_former_cluster_without_any_batch_is_sealed_too(worker: Worker) -> None:
    worker.write(2)
    superuser("update ledger set cluster = 42")
    assert worker.seal() == 2
    assert worker.report().fault is None


# --- what an intruder does ---------------------------------------------------------------------------------------


FORGED = (
    "insert into ledger (id, cluster, tx, at, action_code, decision_code, role_code, scope_code, object_kind_code,"
    " section_code, reason_code) select {id}, cluster, {tx}, at, 'case.view', 'done', '', '', '', '', '' from ledger"
    " where id = (select min(id) from ledger)"
)


@pytest.mark.parametrize(
    ("what", "deed"),
    [
        ("changed", "update ledger set reason_code = 'x' where id = {second}"),
        ("changed", "update ledger set at = at - interval '1 microsecond' where id = {second}"),
        ("changed", "update ledger set count = 0 where id = {second}"),
        ("missing", "delete from ledger where id = {second}"),
        ("missing", "update ledger set tx = tx + 500000000 where id = {second}"),
        ("missing", "update ledger set id = 900 where id = {second}"),
    ],
)
@pytest.mark.thin(4)
def test_a_row_that_was_touched_is_named(worker: Worker, what: str, deed: str) -> None:
    worker.write(4)
    worker.seal()
    with god():
        second = Ledger.objects.order_by("id")[1].pk
    superuser(deed.format(second=second))
    assert worker.report().fault == Fault(what, second)


@pytest.mark.parametrize("column", [name for name in sealer.FIELDS if name not in {"id", "cluster", "tx"}])
@pytest.mark.thin(6)
def test_every_column_is_under_the_seal(worker: Worker, column: str) -> None:
    worker.write()
    worker.seal()
    superuser(
        f"update ledger set {column} = (jsonb_populate_record(null::ledger, jsonb_build_object('{column}',"
        f" case pg_typeof({column})::text when 'uuid' then '00000000-0000-0000-0000-000000000001'"
        f" when 'timestamp with time zone' then '2020-01-01' when 'integer' then '7' else 'x' end))).{column}"
    )
    with god():
        number = Ledger.objects.get().pk
    assert worker.report().fault == Fault("changed", number)


def test_a_row_slipped_into_a_sealed_window_is_named(worker: Worker) -> None:
    worker.write(2)
    worker.seal()
    superuser(FORGED.format(id=900, tx="tx"))
    assert worker.report().fault == Fault("added", 900)


def test_a_row_that_no_batch_will_ever_hold_is_named(worker: Worker) -> None:
    worker.write()
    worker.seal()
    superuser(FORGED.format(id=900, tx="tx + 500000000"))
    assert worker.report().fault == Fault("no_batch", 900), "of a transaction that has not been yet"


def test_a_row_that_the_sealer_passed_by_is_named(worker: Worker) -> None:
    """No transaction lasts a minute, so what is older than that before the newest batch was put there afterwards."""
    worker.write()
    worker.wait(minutes=5)
    worker.write()
    worker.seal()
    worker.write()
    assert (worker.report().fault, worker.report().waiting) == (None, 1)
    with god():
        newest = LedgerSeal.objects.order_by("-id")[0]
    superuser(FORGED.format(id=900, tx=newest.next_tx))
    assert worker.report().fault == Fault("no_batch", 900)


def test_a_row_of_a_former_cluster_that_came_later_is_named(worker: Worker) -> None:
    worker.write(2)
    worker.seal()
    superuser(FORGED.format(id=900, tx="tx").replace("select 900, cluster", "select 900, 42"))
    assert worker.report().fault == Fault("no_batch", 900)


@pytest.mark.parametrize(
    ("fault", "deed"),
    [
        (Fault("leaves", 2), "update ledger_seal set leaves = leaves || leaves where id = 2"),
        (Fault("leaves", 2), "update ledger_seal set leaves = '' where id = 2"),
        (Fault("leaves", 2), "update ledger_seal set root = sha256('x') where id = 2"),
        (Fault("chain", 2), "update ledger_seal set chain = sha256('x') where id = 2"),
        (Fault("chain", 2), "update ledger_seal set count = 7 where id = 2"),
        (Fault("chain", 2), "update ledger_seal set at = at + interval '1 second' where id = 2"),
        (Fault("chain", 2), "update ledger_seal set next_tx = next_tx + 1 where id = 2"),
        (Fault("window", 2), "update ledger_seal set first_tx = first_tx + 1 where id = 2"),
        (Fault("batch_missing", 2), "delete from ledger_seal where id = 2"),
        (Fault("batch_missing", 1), "delete from ledger_seal where id = 1"),
    ],
)
@pytest.mark.thin(4)
def test_a_batch_that_was_touched_is_named(worker: Worker, fault: Fault, deed: str) -> None:
    for _ in range(3):
        worker.write(2)
        worker.seal()
    superuser(deed)
    assert worker.report().fault == fault


@pytest.mark.parametrize("hours", [-1, 1], ids=["before all others", "in the future"])
def test_a_row_that_bears_a_false_time_is_named_though_it_was_sealed(worker: Worker, hours: int) -> None:
    worker.write(3)
    worker.seal()
    worker.wait(minutes=2)
    forged = FORGED.format(id=900, tx="pg_current_xact_id()::text::bigint")
    superuser(forged.replace(", at, 'case.view'", f", at + interval '{hours} hours', 'case.view'"))
    assert worker.seal() == 1
    assert worker.report().fault == Fault("time", 900)


def test_rows_that_were_sealed_at_once_may_bear_any_times(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    """A world is built in which a month passes, and then its sealer begins: several batches, whose order nobody saw."""
    monkeypatch.setattr(sealer, "BATCH", 2)
    worker.write(3)
    worker.wait(days=-30)
    worker.write(3)
    worker.wait(days=30)
    worker.write()
    assert worker.seal() == 7
    assert worker.sign()
    assert worker.report().fault is None
    worker.wait(minutes=2)
    worker.write()
    worker.seal()
    assert worker.report().fault is None
    superuser(FORGED.format(id=900, tx="pg_current_xact_id()::text::bigint").replace("min(id)", "max(id) - 4"))
    worker.seal()
    assert worker.report().fault == Fault("time", 900)


def test_the_report_is_said_in_sentences(worker: Worker) -> None:
    worker.write(2)
    worker.seal()
    worker.write()
    told = worker.report(key=None, chain=None, heads=[])
    assert told.lines() == [
        "2 rows in batches.",
        "1 batch.",
        "0 signatures.",
        "1 row is not in a batch yet.",
        "Signatures were not checked: the public key is not here.",
        "Who made the batches was not checked: the chain's key is not here.",
        f"Newest value of the chain: {told.head}",
        "Nothing was changed, removed or added.",
    ]
    assert worker.report().lines()[4] == "1 kept head was found."
    worker.sign()
    superuser("update ledger set reason_code = 'x' where id = (select min(id) from ledger)")
    with god():
        number = Ledger.objects.order_by("id")[0].pk
    assert worker.report().lines()[-1] == f"Row {number} was changed."
    with god():
        assert LedgerCheckpoint.objects.count() == 1


def test_an_empty_ledger_is_whole(worker: Worker) -> None:
    told = worker.report()
    assert (told.rows, told.head, told.is_whole) == (0, "", True)
    assert told.lines()[-1] == "Nothing was changed, removed or added."


@pytest.mark.parametrize("at", ["infinity", "-infinity", "20000-01-01"])
def test_a_time_that_no_calendar_has_is_named_and_stops_nothing(worker: Worker, at: str) -> None:
    worker.days(2)
    superuser(f"update ledger set at = '{at}' where id = (select max(id) from ledger)")
    with god():
        (number,) = Ledger.objects.order_by("-id").values_list("id", flat=True)[:1]
    assert worker.report().fault == Fault("changed", number)
    worker.write()
    superuser(f"update ledger set at = '{at}' where id = {number + 1}")
    worker.write()
    assert worker.seal() == 1
