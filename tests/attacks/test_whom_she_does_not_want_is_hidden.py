"""Whom she does not want is kept by a mark; hidden while her next word is written, the organisation is wanted again.

The database refuses the row of "not this organisation": the mark `taken` stands. Her next word is to carry it on
(`as_taken_back`), and asks the database which organisations there are (`taken.without`): hidden for that moment it was
not among them, the next version had a number above the mark, and what she had said of it was over for good. So the mark
stands against that organisation by name until she takes it again. Red on 87c1ae0.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from hamkori.casework.case.models import Case
from hamkori.casework.consent.queries.said import newest
from hamkori.casework.referral.models import Referral
from hamkori.refusal import NotNow
from tests.attacks.counted import tried
from tests.attacks.hers import accept, not_sent, says, sends
from tests.attacks.owned import owner
from tests.attacks.test_former_permits import reads
from tests.attacks.test_her_no_is_not_written import not_this_body, raising
from tests.attacks.test_read_again_as_another import alarms
from tests.casework.racing import LEAD, House, state

pytestmark = pytest.mark.alarms


@contextmanager
def hidden(organisation: Any) -> Iterator[None]:
    owner(
        "create policy not_this on organisation as restrictive for select to hk_app"
        f" using (id <> '{organisation}'::uuid)"
    )
    try:
        yield
    finally:
        owner("drop policy not_this on organisation")


def hidden_while_she_speaks(house: House) -> tuple[Case, Referral]:
    """Her "not this organisation" is not written, and it is hidden while she says something else. And a draft to it."""
    case, referral = house.accepted()
    draft = house.draft(case)
    with raising("consent"), suppress(NotNow):
        not_this_body(house, case, referral)
    with hidden(referral.to_organisation_id):
        says(house, case, "no", kind="police", purpose="justice", sections=frozenset())
    return case, draft


def word_of(house: House, case: Case) -> tuple[bool, Any, Any]:
    """Her newest word: whether it is still to be written, whom she does not want, and who gets nothing."""

    def look(_actor: Any) -> Any:
        word = newest(case.pk)
        assert word is not None
        return word.unwritten, word.excluded, word.refused

    found: tuple[bool, Any, Any] = house.as_(LEAD, look)
    return found


def test_it_gets_nothing_after_her_next_word(house: House) -> None:
    before = alarms()
    _case, draft = hidden_while_she_speaks(house)
    told, read = alarms() != before, dict[str, Any]()
    with suppress(NotNow):
        sends(house, draft)
        accept(house, draft)
        read = reads(house, draft)
    tried()
    assert (state(draft), read) == ("draft", {}), f"she does not want them; alarm: {told}"
    not_sent(house, draft)


def test_it_is_still_to_be_written_and_her_next_word_says_it(house: House) -> None:
    case, draft = hidden_while_she_speaks(house)
    only = {draft.to_organisation_id}
    assert word_of(house, case) == (True, only, only)
    says(house, case)
    assert word_of(house, case) == (False, only, only)
    with hidden(draft.to_organisation_id):
        says(house, case)
    tried()
    assert word_of(house, case) == (False, only, only), "nor is it lost where a version has said it"


def test_whom_she_takes_again_gets_it(house: House) -> None:
    case, draft = hidden_while_she_speaks(house)
    says(house, case, again=(draft.to_organisation_id,))
    assert word_of(house, case) == (False, set(), set())
    sends(house, draft)
    accept(house, draft)
    tried()
    assert reads(house, draft)
    says(house, case, "no", kind="police", purpose="justice", sections=frozenset())
    assert reads(house, draft), "and keeps it with her next word"
