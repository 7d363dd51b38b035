"""A yes that was never saved, put in after the case was closed and is called open again: it is sent on.

Since 89e2727 the mark `closed` stands at her newest word, and no more at one that was begun by then. What a press had
vouched for that failed has a higher number: put in, it is above both marks, though a supervisor has opened nothing and
the page had said that it was not saved. Before, it was below `closed`. Red on 89e2727, green on 87c1ae0.
"""

from __future__ import annotations

from contextlib import suppress

import pytest

from hamkori.casework.case.models import Case
from hamkori.casework.consent.actions import consent
from hamkori.refusal import NotNow
from tests.attacks.counted import tried
from tests.attacks.hers import erase_newest, not_sent, says, sends
from tests.attacks.owned import owner
from tests.attacks.test_opened_again import closes
from tests.attacks.test_what_was_undone import fails_and_is_kept, put_in
from tests.casework.racing import LEAD, House

pytestmark = pytest.mark.alarms


def called_open(case: Case) -> None:
    owner("update \"case\" set state_code = 'open' where id = %s", case.pk)


@pytest.mark.parametrize("asked_before", [True, False])
def test_it_is_not_sent_on(house: House, asked_before: bool) -> None:
    case = house.case()
    if asked_before:
        says(house, case, "no", sections=frozenset())
    with fails_and_is_kept("consent.record", "consent", "consent_row") as kept:
        says(house, case)
    closes(house, case)
    put_in(kept)
    called_open(case)
    draft = house.draft(case)
    with suppress(NotNow):
        sends(house, draft)
    not_sent(house, draft)


def test_everything_taken_back_from_a_changed_word_opens_no_case(house: House) -> None:
    """In the closed case; what follows that word does not follow one on which the case was closed."""
    case = house.case()
    says(house, case)
    closes(house, case)
    erase_newest(case)
    house.as_(LEAD, lambda actor: consent.withdraw(actor, case, how_said="in_person"))
    called_open(case)
    says(house, case, again=(house.world.bodies["shelter-kulob"],))
    draft = house.draft(case)
    tried()
    with suppress(NotNow):
        sends(house, draft)
    not_sent(house, draft)
