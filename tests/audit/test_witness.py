"""The worker's files: made once, read only when whole, and a chain without its last head is not gone on with."""

from pathlib import Path
from uuid import UUID, uuid4

import pytest

from hamkori.audit import founding
from hamkori.audit.faults import Fault
from hamkori.audit.models import Ledger
from hamkori.audit.witness import GivenUp, Head, Witness, WitnessRefused, heads_in
from tests.audit.working import Worker, superuser
from tests.database import god

VALUE = bytes(range(32))


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    made = Witness(tmp_path / "signing-key")
    made.begin(Head(batch=4, chain=VALUE))
    return made


def beside(witness: Witness, name: str) -> Path:
    return witness.signing_key.with_name(name)


def test_what_was_kept_is_read_again(witness: Witness) -> None:
    assert witness.head() == Head(batch=4, chain=VALUE)
    gaps = [GivenUp(12 + number, bytes(32), 8) for number in range(5)]
    for head in (
        Head(batch=9, chain=VALUE, checkpoint=3, given_up=gaps[0]),
        Head(batch=9, chain=VALUE, checkpoint=3, given_up=gaps[0], waiting=(*gaps[1:3],), said=(*gaps[3:],)),
    ):
        witness.keep(head)
        assert witness.head() == head
        assert head.signed().said == (*head.said, gaps[0])
    assert head.signed().given_up == gaps[1]
    assert Head(batch=9, chain=VALUE, said=(gaps[0],)).signed().said == (gaps[0],)
    assert beside(witness, "head").stat().st_mode & 0o777 == 0o600
    assert beside(witness, "chain").stat().st_mode & 0o777 == 0o400
    assert {path.name for path in witness.signing_key.parent.iterdir()} == {"chain", "head"}, "no draft is left"


def test_a_word_is_of_one_number_of_one_row_and_a_key_of_its_own(witness: Witness) -> None:
    keys, once = witness.keys(), uuid4()
    word = keys.word(3, once)

    def is_ours(count: int | None, once: UUID | None, word: UUID | None) -> bool:
        return witness.keys().is_ours(Ledger(count=count, object_id=once, operation_id=word))

    assert is_ours(3, once, word)
    for other in ((4, once, word), (3, uuid4(), word), (3, once, uuid4()), (None, once, word), (3, None, word)):
        assert not is_ours(*other)
    assert not is_ours(3, once, None)
    witness.renew_chain(6)
    assert is_ours(3, once, word), "an older key's stays good"
    assert witness.keys().word(3, once) != word


def test_a_mac_is_of_one_batch_one_value_and_one_key(witness: Witness) -> None:
    keys = witness.keys()
    mac = keys.mac(5, VALUE)
    assert keys.mac(4, VALUE) is None, "sealed before there was a key"
    assert mac is not None
    assert len(mac) == 34
    assert keys.holds(5, VALUE, mac)
    assert keys.holds(4, VALUE, None)
    for batch, value, other in ((6, VALUE, mac), (5, bytes(32), mac), (5, VALUE, None), (4, VALUE, mac)):
        assert not keys.holds(batch, value, other)
    witness.renew_chain(8)
    renewed = witness.keys()
    assert renewed.number == 2
    assert renewed.mac(7, VALUE) == keys.mac(7, VALUE)
    assert renewed.mac(8, VALUE) != keys.mac(8, VALUE)


@pytest.mark.parametrize("gone", [(), ("chain",), ("head",)])
def test_neither_file_is_made_a_second_time(witness: Witness, gone: tuple[str, ...]) -> None:
    for name in gone:
        beside(witness, name).unlink()
    with pytest.raises(WitnessRefused, match="begun already"):
        witness.begin(Head())


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("chain", b""),
        ("chain", b"1 1 00\n"),
        ("chain", b"1 5 %(key)s\n1 6 %(key)s\n".replace(b"%(key)s", b"ab" * 32)),
        ("chain", b"1 5 %(key)s\n2 4 %(key)s\n".replace(b"%(key)s", b"ab" * 32)),
        ("chain", b"1 5 " + b"ab" * 32 + b"\nx\n"),
        ("chain", b"\xff"),
        ("head", b""),
        ("head", b"4:%s\n" % (b"ab" * 32)),
        ("head", b"4:%s\nx\n\n" % (b"ab" * 32)),
        ("head", b"4:%s\n1\nx\n" % (b"ab" * 32)),
        ("head", b"four\n1\n\n"),
        ("head", b"\xff"),
    ],
)
def test_a_file_that_is_not_whole_is_refused(witness: Witness, name: str, content: bytes) -> None:
    path = beside(witness, name)
    path.chmod(0o600)
    path.write_bytes(content)
    with pytest.raises(WitnessRefused) as caught:
        (witness.keys if name == "chain" else witness.head)()
    assert caught.value.reason == f"{name}_format"


@pytest.mark.parametrize("name", ["chain", "head"])
def test_a_file_that_is_missing_or_open_to_others_is_refused(witness: Witness, name: str) -> None:
    read = witness.keys if name == "chain" else witness.head
    beside(witness, name).chmod(0o440)
    with pytest.raises(WitnessRefused) as caught:
        read()
    assert caught.value.reason == f"{name}_mode"
    beside(witness, name).unlink()
    with pytest.raises(WitnessRefused) as caught:
        read()
    assert caught.value.reason == f"{name}_missing"


def test_heads_are_found_in_a_line_and_in_a_mail() -> None:
    first, second = Head(batch=3, chain=VALUE), Head(batch=40, chain=bytes(32))
    assert heads_in(first.text) == [first]
    assert heads_in(f"Hello,\n  {first.text}\nand {second.text}.") == [first, second]
    assert heads_in(f"{first.text}0") == heads_in("3:ab") == [], "a value that is longer or shorter is none"


# --- beside a ledger ----------------------------------------------------------------------------------------------

pytestmark = pytest.mark.django_db(transaction=True)


def ensure(witness: Witness) -> None:
    with god():
        founding.ensure(witness)


@pytest.mark.parametrize("gone", [("head",), ("chain",), ("chain", "head")])
def test_what_was_lost_is_not_made_anew_beside_a_ledger_with_macs(worker: Worker, gone: tuple[str, ...]) -> None:
    worker.days(1)
    for name in gone:
        beside(worker.witness, name).unlink()
    with pytest.raises(WitnessRefused):
        ensure(worker.witness)
    worker.write()
    with pytest.raises(WitnessRefused):
        worker.work()


def written(worker: Worker, name: str) -> tuple[int, int, bytes]:
    """Which file it is, when it was last written, and what it says. When it was read is nobody's matter."""
    path = beside(worker.witness, name)
    return path.stat().st_ino, path.stat().st_mtime_ns, path.read_bytes()


def test_what_is_there_is_left_as_it_is(worker: Worker) -> None:
    worker.days(1)
    before = [written(worker, name) for name in ("chain", "head", "signing-key")]
    ensure(worker.witness)
    assert [written(worker, name) for name in ("chain", "head", "signing-key")] == before


def test_a_death_between_a_batch_and_the_file_is_made_good(worker: Worker) -> None:
    worker.days(1)
    before = worker.witness.head()
    worker.write()
    worker.seal()
    worker.witness.keep(before)
    worker.write()
    assert worker.seal() == 1
    assert worker.witness.head().batch == 3
    assert worker.report().fault is None


@pytest.mark.parametrize("deed", ["mac = null", "mac = sha256('x')", "chain = sha256('x')"])
def test_a_batch_after_the_last_head_needs_its_mac(worker: Worker, deed: str) -> None:
    worker.days(1)
    before = worker.witness.head()
    worker.write()
    worker.seal()
    worker.witness.keep(before)
    superuser(f"update ledger_seal set {deed} where id = 2")
    worker.write()
    with pytest.raises(WitnessRefused, match="did not seal"):
        worker.seal()


@pytest.mark.parametrize(
    "deed",
    [
        "update ledger_seal set chain = sha256('x') where id = 2",
        "delete from ledger_seal where id = 2",
        "delete from ledger_seal",
        "update ledger_seal set id = 3 where id = 2",
    ],
)
def test_a_chain_without_the_last_head_is_not_gone_on_with(worker: Worker, deed: str) -> None:
    worker.days(2)
    superuser(deed)
    worker.write()
    with pytest.raises(WitnessRefused, match="sealed last"):
        worker.seal()
    assert worker.report().fault is not None


def test_the_workers_own_head_is_missed_where_an_end_was_cut_off(worker: Worker) -> None:
    worker.days(3)
    superuser(
        "delete from ledger where tx >= (select first_tx from ledger_seal where id = 3)",
        "delete from ledger_checkpoint where seal_id = 3",
        "delete from ledger_seal where id = 3",
    )
    assert worker.outside().fault is None, "what is left is whole in itself"
    assert worker.report().fault == Fault("head", 3)
