"""Everything is withdrawn in a case that is closed: no help of ours goes on there."""

from __future__ import annotations

import pytest

from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.models import Case
from tests.cast import pass_time
from tests.web.senders import Senders, page_text
from tests.web.test_place_found import take_back_all

pytestmark = pytest.mark.django_db

OURS = "Our own help goes on."


@pytest.mark.parametrize("closed", [False, True])
def test_in_a_closed_case_no_help_of_ours_goes_on(house: Senders, closed: bool) -> None:
    """Red before: it was said on the page that withdraws, and after it."""
    case = house.case()
    house.agreed(case)
    if closed:
        with house.as_() as zarina:
            known = Case.objects.get(pk=case.pk)
            cases.close(zarina, known, version=known.version, outcome="goals_met")
    pass_time(minutes=1)
    before = page_text(house.browser().get(f"/cases/{case.code}/consent/withdraw/"))
    assert ("It counts from the moment you press." in before, OURS in before) == (True, not closed)
    after = page_text(take_back_all(house, case))
    assert "Withdrawn" in after
    assert (OURS in after) is not closed
    only_then = "Ask again" if closed else "Ask for consent again"
    assert f"{only_then} only if the person raises it." in after
