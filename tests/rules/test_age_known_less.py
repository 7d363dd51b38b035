"""How well an age is known: documents before an assessment, an assessment before what somebody says."""

from __future__ import annotations

import pytest

from hamkori.casework.case.rules.age import known_less

BY = ("papers", "assessment", "own_word")


@pytest.mark.parametrize("new", BY)
@pytest.mark.parametrize("old", BY)
def test_an_age_is_known_less_by_whatever_stands_later_in_the_row(new: str, old: str) -> None:
    assert known_less(new, than=old) is (BY.index(new) > BY.index(old))


def test_every_other_reason_is_somebodys_word() -> None:
    assert known_less("no reason of the list", than="assessment")
    assert not known_less("no reason of the list", than="own_word")
    assert not known_less("own_word", than="")
