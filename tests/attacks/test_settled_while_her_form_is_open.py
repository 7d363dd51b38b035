"""Her age is settled while her form is open: what an adult says on it is written as a child's, and holds nothing.

Honest people, two windows. The form had asked a child's questions, and says so (`asked_as`). A colleague settles that
she is an adult; the form is sent. It is written as asked of a child, after the settling: to the police such a row
ends before it began (`rules.ends`), elsewhere after 14 days, whatever day was chosen. The page says that it is saved.
The other way round the form comes again (`child_answer`). Red on 8937fd2.
"""

from __future__ import annotations

import pytest
from django.utils import timezone

from hamkori.casework.case.models import Case
from hamkori.casework.consent.queries.age import held
from hamkori.casework.consent.queries.said import newest
from hamkori.casework.consent.rules.consent import row_state
from tests.attacks.counted import tried
from tests.attacks.test_called_an_adult_while_she_is_asked import SPEAKS, YES, begun_as_a_child, client_of
from tests.attacks.test_former_permits import settles
from tests.casework.racing import LEAD, House
from tests.web.consenting import form_of, page

pytestmark = pytest.mark.alarms


def test_she_is_asked_again_or_her_yes_holds(house: House) -> None:
    case = begun_as_a_child(house)
    client = client_of(house)
    form = form_of(client.get(page(case))) | YES | SPEAKS | {"child_answer": "agrees"}
    settles(house, case, "a18_29")
    answer = client.post(page(case), form)

    def state(_actor: object) -> str:
        word = newest(case.pk)
        age, _number = held(Case.objects.get(pk=case.pk))
        return row_state(word.as_rules["police", "justice"], timezone.now(), age) if word else "none"

    found = house.as_(LEAD, state)
    tried()
    assert answer.status_code == 409 or found == "given", f"{answer.status_code}: saved, and it is {found}"
