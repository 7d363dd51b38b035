"""A case is closed, and its drafts are thrown away with it: the one that the database hides at that moment opens again.

What was thrown away has a mark, `erased`; which drafts a case has when it is closed says the database
(`cases.close`). A policy of the owner's hides one while the case is closed, and its rows are put back afterwards:
whoever could read the agreed text reads it again, in a case that is closed, without an alarm. The same draft has no
mark `permit` either. And the act by which she wants a request ended throws a draft away without any mark `erased`.
ADR 0070: what was thrown away opens for nobody, also when its rows are put back.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest

from hamkori.casework.actions import send
from hamkori.casework.actions.agreed import open_agreed_text
from hamkori.casework.models import Case, Referral
from hamkori.refusal import NotAllowed, NotNow, NotVisible
from tests.attacks.counted import tried
from tests.attacks.owned import copy_back, owner
from tests.attacks.test_an_erased_draft import closes
from tests.attacks.test_read_again_as_another import alarms
from tests.casework.racing import LEAD, House, state, stopping

pytestmark = pytest.mark.alarms


def test_its_text_is_read_by_nobody(house: House) -> None:
    case = house.case()
    house.agreed(case)
    draft = house.draft(case)
    kept = owner("select * from need where referral_id = %s", draft.pk)
    owner(
        "create policy not_this on referral_origin as restrictive for select to hk_app"
        f" using (referral_id <> '{draft.pk}'::uuid)"
    )
    try:
        house.as_(LEAD, lambda actor: closes(actor, case))
    finally:
        owner("drop policy not_this on referral_origin")
    not_read_again(house, case, draft, kept)


def test_nor_where_her_word_against_a_request_found_a_draft(house: House) -> None:
    """It was stopped meanwhile, and is thrown away by `referral.withdraw`: no mark says so, with nothing hidden."""
    case, referral = house.sent(urgency="normal")
    read = house.as_(LEAD, lambda _actor: Referral.objects.get(pk=referral.pk))
    house.as_(LEAD, stopping(referral).do)
    kept = owner("select * from need where referral_id = %s", referral.pk)
    house.as_(LEAD, lambda actor: send.withdraw(actor, read, how_said="in_person"))
    not_read_again(house, case, referral, kept)


def not_read_again(house: House, case: Case, draft: Referral, kept: list[dict[str, Any]]) -> None:
    assert kept
    assert state(draft) == "discarded"
    assert not owner("select 1 from need where referral_id = %s", draft.pk)
    owner("alter table need disable trigger user")
    for row in kept:
        copy_back("need", row)
    owner("alter table need enable trigger user")
    before, read = alarms(), ""
    with suppress(NotVisible, NotNow, NotAllowed):
        read = house.as_(LEAD, lambda actor: open_agreed_text(actor, case, referral=draft.pk))
    tried()
    assert read == "", f"it was thrown away, and is read: {read}; alarm: {alarms() != before}"
