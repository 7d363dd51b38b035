"""An honest operator gives her worker another post while her "no" waits for the case: the alarm rings.

Whoever is released, signed out or suspended while she waits is told that it holds, without an alarm
(`_There.is_over`). Who gets other roles is no worker of the case any more either: the database says that there is no
such case for her, and no mark of those that are asked says why (`post` has one, `left` has none). So nobody attacked
anybody, and her word is called changed. Red on 8937fd2.
"""

from __future__ import annotations

import pytest
from django.db import transaction

from tests import doors
from tests.attacks.counted import tried
from tests.attacks.test_read_again_as_another import alarms
from tests.attacks.test_waiting_while_something_honest_happens import waiting
from tests.casework.racing import LEAD, House
from tests.web.senders import page_text

pytestmark = pytest.mark.alarms


def works_as(house: House, *roles: str) -> None:
    with transaction.atomic():
        doors.works(house.world.membership(LEAD), roles=frozenset(roles))


def test_nobody_is_alarmed(house: House) -> None:
    case, _referral = house.accepted()
    before = alarms()
    try:
        answer = waiting(house, case, lambda _client: works_as(house, "supervisor"))
    finally:
        works_as(house, "case_worker")  # as everybody finds her
    tried()
    assert alarms() == before, f"{answer.status_code}: {page_text(answer)[:300]}"
