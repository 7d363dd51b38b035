"""Numbers are given once; one that nobody vouched for is not kept, or no honest number could follow it."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import pytest

from hamkori.vault.bytes import Untrusted
from hamkori.vault.keyring import Keyring
from hamkori.vault.marks import Alarms, Marks, MarksLost, Nameless, create
from hamkori.vault.trust import FAR, Trust

CASE, USER, ROW = uuid4(), uuid4(), uuid4()
LAST = 2**31 - 1


@pytest.fixture
def trust(tmp_path: Path) -> Trust:
    create(tmp_path / "marks")
    return Trust(Keyring.fresh("test"), Marks(tmp_path / "marks"), Alarms(tmp_path / "alarms"))


def test_a_planted_number_is_gone_with_its_row(trust: Trust) -> None:
    """Red on 5f45f7f: it stayed written down, and no number that the database takes could follow.

    And on 7f405bd: it was not written down, and given twice.
    """
    assert trust.next_number("consent", CASE, 1) == 2
    with pytest.raises(Untrusted):
        trust.next_number("consent", CASE, LAST)
    assert trust.next_number("consent", CASE, 1) == 3
    with pytest.raises(Untrusted):
        trust.open_number("epoch", "x.contact", LAST)
    assert trust.open_number("epoch", "x.contact", 0) == 1


def test_what_only_takes_away_is_written_past_whatever_stands(trust: Trust) -> None:
    assert trust.number_past("consent", CASE, LAST) == LAST + 1
    assert trust.number_past("consent", CASE, 0) == 1
    assert trust.next_number("consent", CASE, 0) == 2, "and is given once where it is near"


def test_a_number_a_little_past_what_is_known_is_followed(trust: Trust) -> None:
    """As after presses that failed on another machine, or a mark that a killed process did not write."""
    assert trust.next_number("consent", CASE, FAR) == FAR + 1
    assert trust.next_number("consent", CASE, 2 * FAR + 1) == 2 * FAR + 2
    trust.marks.raise_to("consent", CASE, 500)
    assert trust.next_number("consent", CASE, 499) == 501


def test_a_number_is_given_once_whatever_became_of_what_carried_it(trust: Trust, tmp_path: Path) -> None:
    """Nothing was committed, so no mark stands; another process reads what was given."""
    assert not trust.marks.given.path.exists()
    assert trust.marks.given.least("consent", CASE) == 0
    assert [trust.next_number("consent", CASE, 0) for _ in range(2)] == [1, 2]
    assert Marks(tmp_path / "marks").given.next("consent", CASE, 0) == 3
    assert trust.next_number("consent", CASE, 0) == 4
    trust.marks.raise_to("consent", CASE, 7)
    assert trust.next_number("consent", CASE, 2) == 8
    assert trust.next_number("consent", USER, 2) == 3
    assert trust.marks.all() == {("consent", CASE.hex): 7}, "what was given makes nothing old"
    assert stat.S_IMODE(trust.marks.given.path.stat().st_mode) == 0o600
    with pytest.raises(Nameless):
        trust.next_number("No kind", CASE, 0)


def test_of_an_epoch_the_mark_is_the_first_that_is_open(trust: Trust) -> None:
    assert trust.open_number("epoch", "x.contact", 0) == 1
    trust.marks.raise_to("epoch", "x.contact", 5)
    assert trust.open_number("epoch", "x.contact", 1) == 5
    assert trust.open_number("epoch", "x.contact", 1) == 6, "the one before was begun, and is nobody's"
    assert trust.open_number("epoch", "x.contact", 8) == 9


def test_no_number_is_given_twice_to_many_at_once(trust: Trust, tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as many:  # each has a reading of its own, as processes have
        given = list(many.map(lambda _: Marks(tmp_path / "marks").given.next("permit", ROW, 0), range(64)))
    assert sorted(given) == list(range(1, 65))
    assert trust.next_number("permit", ROW, 0) == 65


def test_numbers_that_were_given_and_are_gone_are_lost_marks(trust: Trust) -> None:
    trust.next_number("consent", CASE, 0)
    assert trust.marks.given.least("consent", CASE) == 1
    trust.marks.given.path.unlink()
    with pytest.raises(MarksLost):
        trust.next_number("consent", CASE, 0)
    assert not trust.marks.given.path.exists(), "one that was read is not made anew"


def test_without_marks_no_number_is_given(trust: Trust) -> None:
    trust.marks.path.unlink()
    with pytest.raises(MarksLost):
        trust.next_number("consent", CASE, 0)
    assert not trust.marks.given.path.exists()
