"""Her "no" is pressed by somebody who is on the team, waits for the lock, and she is released meanwhile: it is nowhere.

Whoever was released says nothing more for her, so no mark is left (`was_released`). But the woman said it to her while
she was of the team, and nobody else knows: the page is that of something that does not exist. The owner of the database
makes a press wait as long as he likes (a row lock), and a leaver who helps him, or an honest lead, releases her then.
ADR 0066: what she takes back is marked also where its press fails, in whatever way, once the policy let it through.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from uuid import uuid4

import pytest

from hamkori.access.actor import Actor
from hamkori.casework.case.actions import team
from hamkori.casework.case.models import Case
from hamkori.casework.consent.actions import consent
from hamkori.refusal import NotNow
from tests.attacks.counted import tried
from tests.attacks.owned import copy_back, owner
from tests.attacks.test_former_permits import reads
from tests.attacks.test_read_again_as_another import alarms
from tests.casework.racing import COLLEAGUE, DESK, LEAD, House
from tests.casework.side_by_side import Deed, beside

pytestmark = pytest.mark.alarms

HELPER = "psychologist-cso"


def no(case: Case) -> Deed:
    answers = [consent.Answer("shelter_social", "help", "no")]
    asking = consent.Asking(how_said="in_person")
    return Deed(COLLEAGUE, lambda actor: consent.record(actor, case, answers=answers, asking=asking))


def everything(case: Case) -> Deed:
    return Deed(COLLEAGUE, lambda actor: consent.withdraw(actor, case, how_said="in_person"))


@pytest.mark.parametrize("said", [everything, no])
def test_what_was_sent_is_read_no_more(house: House, said: Any) -> None:
    case, referral = house.sent(house.case(COLLEAGUE))
    house.as_(DESK, lambda actor: house.accept(actor, referral))
    found = house.as_(COLLEAGUE, lambda _actor: Case.objects.get(pk=case.pk))

    def released(actor: Actor) -> object:
        return team.release(actor, case, membership=house.world.membership(COLLEAGUE))

    before, read = alarms(), dict[str, Any]()
    told = beside(house.world, Deed(LEAD, released), said(found))
    with suppress(NotNow):
        read = reads(house, referral)
    tried()
    assert told[0] == "done"
    assert read == {}, f"she took it back before that was pressed ({told[1]}); alarm: {alarms() != before}"


def planted_lead(house: House, case: Case, who: str) -> None:
    """A colleague who is not on the team, as its lead: by a row that nobody vouched for."""
    row = owner("select * from case_access where case_id = %s and kind_code = 'lead'", case.pk)[0]
    person = house.world.people[who]
    owner("alter table case_access disable trigger user")
    owner("update case_access set kind_code = 'member' where id = %s", row["id"])
    copy_back("case_access", row, id=uuid4(), membership_id=person.membership_id)
    owner("alter table case_access enable trigger user")


def test_nor_does_a_lead_whom_nobody_vouched_for_release_anybody(house: House) -> None:
    """The owner's helper, in whose browser a planted row is enough to press "release"."""
    case, referral = house.sent(house.case(COLLEAGUE))
    house.as_(DESK, lambda actor: house.accept(actor, referral))
    found = house.as_(COLLEAGUE, lambda _actor: Case.objects.get(pk=case.pk))
    planted_lead(house, case, HELPER)

    def released(actor: Actor) -> object:
        return team.release(actor, case, membership=house.world.membership(COLLEAGUE))

    before, read = alarms(), dict[str, Any]()
    told = beside(house.world, Deed(HELPER, released), everything(found))
    with suppress(NotNow):
        read = reads(house, referral)
    tried()
    assert read == {}, f"{told}; alarm: {alarms() != before}"
    assert told[0] != "done" or alarms() != before, "his row is nobody's, and she is released for good"
