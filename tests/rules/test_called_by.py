"""By which of two ages a person is called: the own case's, and a child's as long as one of both is (ADR 0167)."""

from __future__ import annotations

import pytest

from hamkori.casework.case.rules.age import ADULT_BANDS, CHILD_BANDS, called_by

BANDS = (*CHILD_BANDS, *ADULT_BANDS, "unknown", "")


@pytest.mark.parametrize("own", BANDS)
@pytest.mark.parametrize("theirs", BANDS)
def test_a_child_is_called_a_child_and_else_the_own_case_counts(own: str, theirs: str) -> None:
    called = called_by(own, theirs)
    assert called in (own, theirs)
    if own in CHILD_BANDS:
        assert called == own
    elif theirs in CHILD_BANDS:
        assert called == theirs
    elif own in ADULT_BANDS:
        assert called == own
    else:
        assert called == (theirs or own)
