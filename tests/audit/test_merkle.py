"""The formulas of the chain: nothing can be moved, split, joined or turned round without another hash."""

import hashlib
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest

from hamkori.audit import merkle

WHEN = datetime(2026, 11, 25, 9, 30, 15, 123456, tzinfo=UTC)


def test_a_leaf_tells_fields_apart() -> None:
    alike = [
        ("ab", "c"),
        ("a", "bc"),
        ("abc", ""),
        ("abc", None),
        ("abc",),
        (None, "abc"),
        ("abc", 0),
        ("abc", "0", ""),
    ]
    assert len({merkle.leaf(fields) for fields in alike}) == len(alike)


def test_a_leaf_is_the_written_formula() -> None:
    ident = UUID(int=7)
    by_hand = b"\x00\x00\x00\x00\x04case\x00\x00\x00\x0242\xff\xff\xff\xff\x00\x00\x00\x10" + ident.bytes
    assert merkle.leaf(["case", 42, None, ident]) == hashlib.sha256(by_hand).digest()


def test_a_time_is_the_same_in_every_zone_and_exact_to_the_microsecond() -> None:
    dushanbe = WHEN.astimezone(timezone(timedelta(hours=5)))
    assert merkle.leaf([WHEN]) == merkle.leaf([dushanbe])
    assert merkle.leaf([WHEN]) != merkle.leaf([WHEN + timedelta(microseconds=1)])


@pytest.mark.parametrize("count", range(1, 12))
def test_a_root_depends_on_every_leaf_and_on_their_order(count: int) -> None:
    leaves = [hashlib.sha256(bytes([n])).digest() for n in range(count)]
    root = merkle.root(leaves)
    roots = {root, merkle.root([*leaves, b"x" * 32])}
    for n in range(count):
        roots.add(merkle.root([*leaves[:n], b"y" * 32, *leaves[n + 1 :]]))
    for n in range(1, count):
        swapped = list(leaves)
        swapped[n - 1], swapped[n] = swapped[n], swapped[n - 1]
        roots.add(merkle.root(swapped))
    assert len(roots) == 2 + count + (count - 1)


def test_a_node_is_not_a_leaf() -> None:
    left, right = b"l" * 32, b"r" * 32
    assert merkle.root([left, right]) == hashlib.sha256(b"\x01" + left + right).digest()
    assert merkle.root([left]) == left


def test_the_chain_depends_on_all_that_a_batch_says() -> None:
    said = {"before": merkle.START, "root": b"r" * 32, "count": 3, "cluster": 5, "next_tx": 9, "at": WHEN}
    other = {
        "before": b"b" * 32,
        "root": b"s" * 32,
        "count": 4,
        "cluster": 6,
        "next_tx": 10,
        "at": WHEN + timedelta(seconds=1),
    }
    values = {merkle.chain(**said)} | {merkle.chain(**(said | {name: other[name]})) for name in said}
    assert len(values) == 1 + len(said)


def test_a_checkpoint_names_all_that_it_vouches_for() -> None:
    said = {
        "number": 1,
        "before": 0,
        "batch": 1,
        "value": b"a" * 32,
        "at": WHEN,
        "chain_no": 1,
        "signs_next": b"k" * 32,
        "given_up": (None, None, None),
    }
    other = {
        "number": 2,
        "before": 1,
        "batch": 2,
        "value": b"b" * 32,
        "at": WHEN + timedelta(seconds=1),
        "chain_no": 2,
        "signs_next": b"l" * 32,
        "given_up": (1, b"a" * 32, 0),
    }
    texts = {merkle.checkpoint_text(**said)} | {merkle.checkpoint_text(**{**said, key: other[key]}) for key in said}  # type: ignore[arg-type]
    assert len(texts) == 1 + len(said)


def test_a_checkpoint_from_before_they_were_counted_names_its_batch() -> None:
    texts = {
        merkle.uncounted_text(1, b"a" * 32, WHEN),
        merkle.uncounted_text(2, b"a" * 32, WHEN),
        merkle.uncounted_text(1, b"b" * 32, WHEN),
        merkle.uncounted_text(1, b"a" * 32, WHEN + timedelta(seconds=1)),
    }
    assert len(texts) == 4


def test_entries_come_back_as_they_were_packed() -> None:
    entries = [(1, b"a" * 32), (2**40, b"b" * 32)]
    assert merkle.unpack(merkle.pack(entries)) == entries
    assert merkle.unpack(b"") == []
    assert merkle.unpack(merkle.pack(entries)[:-1])[-1] != entries[-1]
