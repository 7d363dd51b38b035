"""The canonical encoding: its bytes as written down, and no two facts alike."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hamkori.canon import canon

ONE = UUID("00000000-0000-4000-8000-000000000001")


def test_the_bytes_are_those_that_are_written_down() -> None:
    assert canon("k") == b"hk2" + b"\0\0\0\1k"
    assert canon("k", None, "", True, False, 7) == (
        b"hk2\0\0\0\1k" + b"\xff\xff\xff\xff" + b"\0\0\0\0" + b"\0\0\0\x011" + b"\0\0\0\x010" + b"\0\0\0\x017"
    )
    assert canon("k", ONE) == b"hk2\0\0\0\1k" + b"\0\0\0\x10" + ONE.bytes
    assert canon("k", "ӣ") == b"hk2\0\0\0\1k" + b"\0\0\0\2" + "ӣ".encode()
    assert canon("k", ["a"]) == b"hk2\0\0\0\1k" + b"\0\0\0\x08" + b"hk2\0\0\0\1a"


def test_a_time_is_its_moment_wherever_it_was_written() -> None:
    here = datetime(2026, 11, 26, 14, 8, 0, 1, tzinfo=timezone(timedelta(hours=5)))
    assert canon("k", here) == canon("k", here.astimezone(UTC))
    assert canon("k", datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)) == canon("k", 1_000_000)
    with pytest.raises(ValueError, match="zone"):
        canon("k", here.replace(tzinfo=None))


def test_a_set_has_no_order_and_a_list_has_one() -> None:
    assert canon("k", {"b", "aa"}) == canon("k", frozenset({"aa", "b"}))
    assert canon("k", ["b", "aa"]) != canon("k", ["aa", "b"])
    assert canon("k", []) != canon("k", None)


texts = st.lists(st.one_of(st.none(), st.text(max_size=8)), max_size=4)


@given(texts, texts)
def test_two_facts_are_never_one(one: list[str | None], other: list[str | None]) -> None:
    assert (canon("k", *one) == canon("k", *other)) == (one == other)
    assert canon("k", *one, other) != canon("k", *one, *other) or len(other) == 0
