"""Which tests one process takes together: what is named stands, and nothing else is taken with it."""

import re
from pathlib import Path

import pytest

from tests import together

ALONE = "tests/rules/test_referral.py::test_one"


@pytest.mark.parametrize("named", together.BY_FILE)
def test_what_is_named_is_there(named: str) -> None:
    assert Path(named).exists()
    assert together.taken_with(f"{named}::test_one") == f"{named}"


def test_tests_that_share_nothing_are_taken_one_by_one() -> None:
    assert together.taken_with(ALONE) == ALONE


def test_all_that_look_at_the_moments_are_one_group() -> None:
    files = {path.as_posix() for path in Path("tests/policy").glob("test_*.py")} - set(together.BY_FILE)
    assert {together.taken_with(f"{file}::test_one[start]") for file in files} == {together.MOMENTS}


def test_all_that_read_the_source_are_one_group() -> None:
    files = {path.as_posix() for path in Path("tests/house").glob("test_*.py")}
    assert {together.taken_with(f"{file}::test_one[start]") for file in files} == {together.HOUSE}


def test_a_file_of_attacks_with_a_committed_world_is_taken_whole() -> None:
    files = [
        path.as_posix()
        for path in Path("tests/attacks").glob("test_*.py")
        if re.search(r"\bhouse: House\b", path.read_text())
    ]
    assert len(files) > 60
    assert {together.taken_with(f"{file}::test_one[start]") for file in files} == set(files)
