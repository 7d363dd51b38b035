"""Wall 1 alone: policy, queries and actions with row security out of the way, against the oracle."""

from collections import Counter

import pytest

from hamkori.access.permissions import PERMISSIONS
from tests.policy import decisions, oracle, words
from tests.policy.moments import Moments, each

FLOOR = 10_000


def test_every_act_of_the_oracle_has_its_place_and_every_permission_its_line() -> None:
    assert words.unknown() == set()
    said = {words.PERMISSION[act] for act in oracle.acts() if act in words.PERMISSION}
    assert set(PERMISSIONS) - said == set(), "a permission that stands in no line"


def test_the_oracle_knows_nothing_of_the_product() -> None:
    source = oracle.__file__
    assert source is not None
    with open(source, encoding="utf-8") as file:  # noqa: PTH123 - the module's own text
        imports = [line for line in file if line.startswith(("import ", "from "))]
    assert imports
    assert not [line for line in imports if "hamkori" in line or "tests" in line]


@pytest.mark.parametrize("moment", each())
def test_the_policy_says_what_the_oracle_says(moments: Moments, count: Counter[str], moment: str) -> None:
    found = decisions.wall_one(moments, moment)
    count["wall 1: policy and actions"] += len(found)
    assert len(found) >= FLOOR
    assert not decisions.differences(moment, found)


@pytest.mark.parametrize("step", [13, pytest.param(3, marks=pytest.mark.bulk)])
def test_one_and_many_are_the_same_rule(moments: Moments, step: int) -> None:
    """Of every third person; `--fast` asks two."""
    assert not decisions.asked_singly(moments, "accepted", list(oracle.PEOPLE)[::step])
