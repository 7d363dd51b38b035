"""A draft of a child who was asked is called an adult's while its worker fills in the next page: she says it herself.

The page of what is known of her is drawn with the age that the column says, and whoever presses "next" writes all of
it. Since 5aa1748 the age that is written in a draft of somebody who was asked raises a mark of her age: `adult`,
whatever is known by what was asked before. Nobody chose it. The column stays so without the owner, the page asks no
child any more, and an adult's yes takes the place of the child's final "no" to the police. No alarm. Red on 8937fd2.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest

from hamkori.casework.case.actions import case as cases
from hamkori.refusal import NotNow
from tests.attacks.counted import tried
from tests.attacks.hers import says, version_of
from tests.attacks.test_a_childs_no_is_not_written import CHILD, to_the_police
from tests.attacks.test_called_an_adult_while_she_is_asked import ADULT, POLICE, client_of
from tests.attacks.test_her_no_in_a_case_that_is_called_otherwise import called
from tests.attacks.test_read_again_as_another import alarms
from tests.casework.racing import LEAD, House
from tests.cast import FACTS, SEALED
from tests.web.consenting import form_of

pytestmark = pytest.mark.alarms


def test_her_no_to_the_police_stays_final(house: House) -> None:
    codes = {**FACTS, "age_band_code": "a9_17"}
    case: Any = house.as_(LEAD, lambda actor: cases.begin(actor, codes=codes, sealed=SEALED))
    says(house, case, **POLICE, **{**CHILD, "child_answer": "says_no"})
    client, before = client_of(house), alarms()
    address = f"/cases/{case.code}/register/?page=2"
    with called(case, **ADULT):
        form = form_of(client.get(address))
    form |= {"district": SEALED["place"]["district"], "language_code": "tg"}  # as they stood chosen
    answer = client.post(address, form)
    told = alarms() != before
    with suppress(NotNow):
        says(house, case, **POLICE)
    tried()
    written = version_of(case)["asked_as_child"]
    assert to_the_police(house, case) == "no", f"{answer.status_code}; as a child: {written}; alarm: {told}; {form}"
