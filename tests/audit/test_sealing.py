"""The sealer loses no row and seals none twice; whoever changes the ledger afterwards is found, also as superuser."""

import threading
from datetime import timedelta

import psycopg
import pytest
from django.db import connection
from nacl.signing import SigningKey

from hamkori.audit import ledger, sealer
from hamkori.audit.ledger import LedgerRow
from hamkori.audit.models import Ledger, LedgerCheckpoint, LedgerSeal
from hamkori.audit.verify import Fault, Report, verify
from tests.access import cast
from tests.audit.horizon import settled
from tests.database import address, as_role, god, raw

pytestmark = pytest.mark.django_db(transaction=True)

WRITE = "select ledger_system('referral.lapse', 'done', '', '', '', null, null, '', null, null, '', null, null)"


def write(number: int = 1) -> None:
    """So many rows, each in a transaction of its own."""
    for _ in range(number):
        with as_role("hk_clock"):
            ledger.append(LedgerRow("referral.lapse"), system=True)


def seal(*, all_are_over: bool = True) -> int:
    """What the worker does each second. `all_are_over` False: this test holds a transaction open itself."""
    if all_are_over:
        settled()
    with as_role("hk_clock"):
        return sealer.seal_once()


def report(key: SigningKey | None = None) -> Report:
    with as_role("hk_clock"):
        return verify(key.verify_key if key else None)


def superuser(statement: str) -> None:
    """What an intruder who owns the server does: no trigger and no right stops him."""
    with psycopg.connect(address("postgres"), autocommit=True) as opened:
        opened.execute("set session_replication_role = replica")
        opened.execute(statement)


def test_rows_become_batches_of_one_chain() -> None:
    assert seal() == 0
    write(3)
    assert seal() == 3
    assert seal() == 0, "nothing is sealed twice"
    write(2)
    assert seal() == 2
    told = report()
    assert (told.rows, told.batches, told.waiting, told.fault) == (5, 2, 0, None)
    with god():
        first, second = LedgerSeal.objects.order_by("id")
    assert second.first_tx == first.next_tx
    assert told.head == bytes(second.chain).hex()


def test_a_slow_transaction_is_not_left_behind() -> None:
    """Its row has the lower number and commits after the higher one: a sealer that goes by numbers loses it."""
    with raw("hk_clock") as slow, raw("hk_clock") as fast:
        slow.execute(WRITE)
        fast.execute(WRITE)
        fast.commit()
        assert seal(all_are_over=False) == 0, "an open writing transaction holds the horizon"
        assert report().waiting == 1
        slow.commit()
    assert seal() == 2
    assert report().fault is None


def test_an_open_reading_transaction_holds_nothing_up() -> None:
    with raw("hk_clock") as reader:
        reader.execute("select count(*) from ledger")
        write()
        assert seal() == 1


def test_a_rolled_back_row_leaves_no_hole() -> None:
    with raw("hk_clock") as gone:
        gone.execute(WRITE)
        gone.rollback()
    write()
    assert seal() == 1
    assert report().fault is None


def test_many_writers_and_a_sealer_at_once() -> None:
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
                seal(all_are_over=False)
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
    seal()
    told = report()
    with god():
        assert told.rows == Ledger.objects.count() == writers * each * 2 * 4 // 5
        numbers = [number for batch in LedgerSeal.objects.all() for number in sealed_numbers(batch)]
    assert len(numbers) == len(set(numbers)) == told.rows
    assert (told.waiting, told.fault) == (0, None)


def sealed_numbers(batch: LedgerSeal) -> list[int]:
    from hamkori.audit.merkle import unpack

    return [number for number, _ in unpack(bytes(batch.leaves))]


def test_two_sealers_never_work_at_once() -> None:
    write()
    with raw("hk_clock") as other:
        other.execute("select pg_advisory_xact_lock(%s)", [0x686B_7365_616C])
        assert seal() == 0
    assert seal() == 1


def test_a_long_queue_is_cut_between_transactions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealer, "BATCH", 3)
    with raw("hk_clock") as opened:
        for size in (2, 2, 5, 1):
            for _ in range(size):
                opened.execute(WRITE)
            opened.commit()
    assert seal() == 10
    with god():
        assert list(LedgerSeal.objects.order_by("id").values_list("count", flat=True)) == [4, 5, 1]
    assert report().fault is None


def test_a_restored_database_ends_the_old_windows_and_begins_new_ones() -> None:
    """Elsewhere transactions count from low numbers again; rows that were not sealed before are not lost."""
    write(2)
    seal()
    write()
    # The same rows as another cluster would have written them, with numbers above those of this one.
    superuser("update ledger set cluster = 42, tx = tx + 1000000000")
    with god():
        old = [(row.id, sealer.leaf_of(row)) for row in Ledger.objects.order_by("id")[:2]]
    reseal_as_former_cluster(old)
    write(2)
    assert seal() == 3
    told = report()
    assert (told.rows, told.batches, told.waiting, told.fault) == (5, 3, 0, None)
    with god():
        clusters = list(LedgerSeal.objects.order_by("id").values_list("cluster", flat=True))
    assert clusters[:2] == [42, 42]
    assert clusters[2] != 42


def reseal_as_former_cluster(entries: list[tuple[int, bytes]]) -> None:
    """Replaces the one batch there is by the batch that the former cluster would have brought along."""
    from hamkori.audit import merkle

    with god():
        batch = LedgerSeal.objects.get()
        last = Ledger.objects.get(pk=entries[-1][0])
    root = merkle.root([hashed for _, hashed in entries])
    value = merkle.chain(merkle.START, root, len(entries), 42, last.tx + 1, batch.at)
    superuser(
        f"update ledger_seal set cluster = 42, next_tx = {last.tx + 1}, root = '\\x{root.hex()}',"
        f" chain = '\\x{value.hex()}', leaves = '\\x{merkle.pack(entries).hex()}'"
    )


def test_a_former_cluster_without_any_batch_is_sealed_too() -> None:
    write(2)
    superuser("update ledger set cluster = 42")
    assert seal() == 2
    assert report().fault is None


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
def test_a_row_that_was_touched_is_named(what: str, deed: str) -> None:
    write(4)
    seal()
    with god():
        second = Ledger.objects.order_by("id")[1].pk
    superuser(deed.format(second=second))
    assert report().fault == Fault(what, second)


@pytest.mark.parametrize("column", [name for name in sealer.FIELDS if name not in {"id", "cluster", "tx"}])
def test_every_column_is_under_the_seal(column: str) -> None:
    write()
    seal()
    superuser(
        f"update ledger set {column} = (jsonb_populate_record(null::ledger, jsonb_build_object('{column}',"
        f" case pg_typeof({column})::text when 'uuid' then '00000000-0000-0000-0000-000000000001'"
        f" when 'timestamp with time zone' then '2020-01-01' when 'integer' then '7' else 'x' end))).{column}"
    )
    with god():
        number = Ledger.objects.get().pk
    assert report().fault == Fault("changed", number)


def test_a_row_slipped_into_a_sealed_window_is_named() -> None:
    write(2)
    seal()
    superuser(FORGED.format(id=900, tx="tx"))
    assert report().fault == Fault("added", 900)


def test_a_row_that_no_batch_will_ever_hold_is_named() -> None:
    write()
    seal()
    superuser(FORGED.format(id=900, tx="tx + 500000000"))
    assert report().fault == Fault("no_batch", 900), "of a transaction that has not been yet"


def test_a_row_that_the_sealer_passed_by_is_named() -> None:
    """No transaction lasts a minute, so what is older than that before the newest batch was put there afterwards."""
    write()
    cast.advance(timedelta(minutes=5))
    write()
    seal()
    write()
    assert (report().fault, report().waiting) == (None, 1)
    with god():
        newest = LedgerSeal.objects.order_by("-id")[0]
    superuser(FORGED.format(id=900, tx=newest.next_tx))
    assert report().fault == Fault("no_batch", 900)


def test_a_row_of_a_former_cluster_that_came_later_is_named() -> None:
    write(2)
    seal()
    superuser(FORGED.format(id=900, tx="tx").replace("select 900, cluster", "select 900, 42"))
    assert report().fault == Fault("no_batch", 900)


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
def test_a_batch_that_was_touched_is_named(fault: Fault, deed: str) -> None:
    for _ in range(3):
        write(2)
        seal()
    superuser(deed)
    assert report().fault == fault


# --- checkpoints -------------------------------------------------------------------------------------------------


def checkpoint(key: SigningKey) -> bool:
    with as_role("hk_clock"):
        return sealer.checkpoint_if_due(key)


def test_the_chain_is_signed_once_a_minute_and_only_when_it_grew() -> None:
    key = SigningKey.generate()
    assert not checkpoint(key), "nothing to sign"
    write()
    seal()
    assert checkpoint(key)
    assert not checkpoint(key)
    cast.advance(timedelta(minutes=2))
    assert not checkpoint(key), "nothing new"
    write()
    seal()
    assert checkpoint(key)
    write()
    seal()
    assert not checkpoint(key), "the minute is not over"
    told = report(key)
    assert (told.signatures, told.fault, told.signed_by_known_key) == (2, None, True)


def test_a_signature_of_another_key_or_time_is_named() -> None:
    key = SigningKey.generate()
    write()
    seal()
    checkpoint(key)
    assert report(SigningKey.generate()).fault == Fault("signature", 1)
    superuser("update ledger_checkpoint set at = at + interval '1 second'")
    assert report(key).fault == Fault("signature", 1)
    assert report(None).fault is None, "without a key signatures are only counted"


def test_an_intruder_who_makes_the_whole_chain_anew_cannot_sign_it() -> None:
    key = SigningKey.generate()
    write(2)
    seal()
    checkpoint(key)
    superuser("update ledger set reason_code = 'x'")
    superuser("create table old_checkpoint as select * from ledger_checkpoint")
    superuser("delete from ledger_checkpoint")
    superuser("delete from ledger_seal")
    assert seal() == 2
    superuser("insert into ledger_checkpoint select * from old_checkpoint")
    assert report(None).fault is None
    assert report(key).fault == Fault("signature", 1)


def test_the_report_is_said_in_sentences() -> None:
    write(2)
    seal()
    write()
    told = report(None)
    assert told.lines() == [
        "2 rows in batches.",
        "1 batch.",
        "0 signatures.",
        "1 row waits for the sealer.",
        "Signatures were not checked: the public key is not here.",
        f"Newest value of the chain: {told.head}",
        "Nothing was changed, removed or added.",
    ]
    key = SigningKey.generate()
    checkpoint(key)
    superuser("update ledger set reason_code = 'x' where id = (select min(id) from ledger)")
    with god():
        number = Ledger.objects.order_by("id")[0].pk
    assert report(key).lines()[-1] == f"Row {number} was changed."
    with god():
        assert LedgerCheckpoint.objects.count() == 1


def test_an_empty_ledger_is_whole() -> None:
    told = report(SigningKey.generate())
    assert (told.rows, told.head, told.fault) == (0, "", None)
    assert told.lines()[-1] == "Nothing was changed, removed or added."
