"""Which tests one process takes together: what is named stands, and nothing else is taken with it."""

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
