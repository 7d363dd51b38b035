"""The faults that are planted by hand still have their place, so that each of them is a fault and not a slip."""

from collections import Counter

import pytest

from tests.faults.run import require_found
from tests.faults.table import FAULTS
from tests.house.tree import ROOT

LEAST = 60


def test_every_fault_has_its_place_exactly_once_and_changes_it() -> None:
    for fault in FAULTS:
        assert (ROOT / fault.file).read_text(encoding="utf-8").count(fault.old) == 1, fault.name
        assert fault.new != fault.old, fault.name


def test_a_fault_is_not_caught_by_tests_that_nobody_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Red on 54b1dfa: tests that did not even begin had caught it."""
    monkeypatch.delenv("DJANGO_SETTINGS_MODULE")  # the other pytest reads the settings of its own
    with pytest.raises(SystemExit, match=r"tests/house/tree\.py: .*no tests"):
        require_found(ROOT, ("tests/house/tree.py",))


def test_every_fault_names_itself_once_and_tests_that_exist() -> None:
    assert len(FAULTS) >= LEAST
    assert [name for name, times in Counter(fault.name for fault in FAULTS).items() if times > 1] == []
    for fault in FAULTS:
        assert fault.tests, fault.name
        assert [path for path in fault.tests if not (ROOT / path).exists()] == [], fault.name
