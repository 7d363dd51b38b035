"""A case that was closed before she was ever asked is opened by hand, and sends: no mark says that it was closed.

`closed_on` leaves no mark where no number of her word was given. What she says of the closed case, or of the one that
is only called open, is then a word above no mark: the case works without a supervisor, on the owner's word alone (ADR
0071, "Opened by hand": what is said of a case that is closed, or only called open, opens none). Red on 87c1ae0.
"""

from __future__ import annotations

from contextlib import suppress

import pytest

from hamkori.casework.case.models import Case
from hamkori.refusal import NotNow
from tests.attacks.hers import not_sent, says, sends
from tests.attacks.owned import owner
from tests.attacks.test_opened_again import closes
from tests.casework.racing import House

pytestmark = pytest.mark.alarms


@pytest.mark.parametrize("first", ["said", "opened"])
def test_a_case_that_only_the_database_calls_open_sends_nothing(house: House, first: str) -> None:
    case: Case = house.case()
    closes(house, case)
    if first == "said":
        says(house, case)
    owner("update \"case\" set state_code = 'open' where id = %s", case.pk)
    if first == "opened":
        says(house, case)
    draft = house.draft(case)
    with suppress(NotNow):
        sends(house, draft)
    not_sent(house, draft)
