"""A case that was closed before she was ever asked is opened by hand, and sends: no mark says that it was closed.

`closed_on` leaves no mark where no number of her word was given. What she says of the closed case, or of the one that
is only called open, is then a word above no mark: the case works without a supervisor, on the owner's word alone (ADR
0071, "Opened by hand": what is said of a case that is closed, or only called open, opens none). Red on 87c1ae0.
"""

from __future__ import annotations

from typing import Any

import pytest

from hamkori.casework.case.models import Case
from hamkori.refusal import NotNow
from tests.attacks.hers import not_sent, says, sends
from tests.attacks.owned import owner
from tests.attacks.test_opened_again import closes
from tests.casework.racing import House

pytestmark = pytest.mark.alarms


def is_called(table: str, state: str, which: Any) -> None:
    owner(f'update "{table}" set state_code = %s where id = %s', state, which.pk)


@pytest.mark.parametrize("first", ["said", "opened", "called helped"])
def test_a_case_that_only_the_database_calls_open_sends_nothing(house: House, first: str) -> None:
    case: Case = house.case()
    closes(house, case)
    if first == "said":
        with pytest.raises(NotNow, match="case_closed"):
            says(house, case)
    is_called("case", "open", case)
    if first == "opened":
        says(house, case)
    if first == "called helped":  # a closed case takes her yes while somebody helps, and he says that somebody does
        helped = house.draft(case)
        is_called("case", "closed", case)
        is_called("referral", "serving", helped)
        says(house, case)
        is_called("referral", "recalled", helped)
        is_called("case", "open", case)
    draft = house.draft(case)
    with pytest.raises(NotNow, match="tag_mismatch"):
        sends(house, draft)
    not_sent(house, draft)
