"""A child has said no to the police, and the database calls it an adult from then on: a later yes takes its place.

That a child's "no" is final is asked of the column `is_child` (`consent._as_the_child_said`), which lies under no tag;
that this "no" was a child's stands in her word, tagged (`asked_as_child`, `child_answer`), and each change of her age
has a mark, of which there is none. So the column alone makes the next yes one of an adult: without an adult who may
speak for the child, without the child's own answer, and over its "no". It is sent, and the police read the name.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest

from hamkori.access.actor import Actor
from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.models import Case
from hamkori.casework.consent.queries.said import newest
from hamkori.casework.referral.actions import disclosure, receive, send
from hamkori.casework.referral.models import Referral
from hamkori.refusal import NotNow
from tests.attacks.counted import tried
from tests.attacks.hers import says, sends
from tests.attacks.owned import owner
from tests.attacks.test_read_again_as_another import alarms
from tests.casework.racing import LEAD, House, state
from tests.cast import FACTS, SEALED, tomorrow

pytestmark = pytest.mark.alarms

POLICE: dict[str, Any] = {"kind": "police", "purpose": "justice"}
CHILD = {"speaker": "guardianship_body", "child_answer": "agrees"}


def of_a_child(house: House) -> Case:
    sealed = {**SEALED, "contact": {**SEALED["contact"], "child_contact": "canary-guardianship"}}

    def made(actor: Actor) -> Case:
        case = cases.begin(actor, codes={**FACTS, "age_band_code": "a9_17"}, sealed=sealed)
        return cases.register(actor, case, version=case.version)

    found: Case = house.as_(LEAD, made)
    return found


def draft_to_the_police(house: House, case: Case) -> Referral:
    def written(actor: Actor) -> Referral:
        return send.write(
            actor, case, service=house.world.services["JUST-01"], purpose="justice", urgency="urgent",
            sections=["contact"], agreed_text="Canary-Text", told_body=True,
        )  # fmt: skip

    found: Referral = house.as_(LEAD, written)
    return found


def accepted_and_read(house: House, draft: Referral) -> dict[str, Any]:
    def accepts(actor: Actor) -> None:
        found = Referral.objects.get(pk=draft.pk)
        team, day = [house.world.membership("investigator")], tomorrow()
        receive.accept(
            actor, found, version=found.version, team=team, arrival_on=day, arrival_part="morning", meeting={}
        )

    house.as_("investigator", accepts)
    found: dict[str, Any] = house.as_(
        "investigator", lambda actor: disclosure.open_packet(actor, Referral.objects.get(pk=draft.pk))
    )
    return found


def test_the_police_get_nothing(house: House) -> None:
    case = of_a_child(house)
    says(house, case, **POLICE, **{**CHILD, "child_answer": "says_no"})
    with pytest.raises(NotNow, match="child_final"):
        says(house, case, **POLICE, **CHILD)
    before = alarms()
    owner("update \"case\" set is_child = false, age_band_code = 'a18_29' where id = %s", case.pk)
    case = house.as_(LEAD, lambda _actor: Case.objects.get(pk=case.pk))
    with suppress(NotNow):
        says(house, case, **POLICE)
    draft = draft_to_the_police(house, case)
    read: dict[str, Any] = {}
    with suppress(NotNow):
        sends(house, draft)
        read = accepted_and_read(house, draft)
    tried()
    word = house.as_(LEAD, lambda _actor: newest(case.pk))
    said = str(word.as_rules["police", "justice"].answer)
    assert (said, state(draft), read) == ("no", "draft", {}), f"the child has said no; alarm: {alarms() != before}"
