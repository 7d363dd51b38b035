"""She wants a request ended that was stopped meanwhile: its draft is thrown away, and opens for nobody again.

What was thrown away has a mark, `erased`, but this way of it left none: whoever could read the agreed text read it
again once its rows were put back, without an alarm (ADR 0070). Red on d57058f.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest

from hamkori.casework.case.models import Case
from hamkori.casework.referral.actions import send
from hamkori.casework.referral.actions.disclosure import open_agreed_text
from hamkori.casework.referral.models import Referral
from hamkori.refusal import NotAllowed, NotNow, NotVisible
from tests.attacks.counted import tried
from tests.attacks.owned import copy_back, owner
from tests.attacks.test_read_again_as_another import alarms
from tests.casework.racing import LEAD, House, state, stopping

pytestmark = pytest.mark.alarms


def test_its_text_is_read_by_nobody(house: House) -> None:
    """It was stopped meanwhile, and is thrown away by `referral.withdraw`."""
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
