"""Numbers are given once; one that nobody vouched for is not kept, or no honest number could follow it."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest

from hamkori.vault.bytes import Untrusted
from hamkori.vault.keyring import Keyring
from hamkori.vault.marks import Alarms, Marks, create
from hamkori.vault.trust import FAR, Trust

CASE = uuid4()
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
