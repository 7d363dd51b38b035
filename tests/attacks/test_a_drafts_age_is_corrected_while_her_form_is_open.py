"""A draft's age is corrected in one window while her form is open in the other: what she agrees to holds nothing.

Honest people; nobody has asked her anything yet, so the correction raises no mark (`was_asked`), and where no mark
knows of her age the form decides that she is asked as a child (`ages.child(..., by_form=True)`), while what holds asks
the column, which says that she is an adult. The version is written as a child's, the page says that it is saved, and
nothing of it is in force; her next form asks a child's questions of an adult, whose yes holds nothing either. Writing
her age down once more does not help, since a page writes only an age that was changed. Red on 248b16c.
"""

from __future__ import annotations

import pytest

from tests.attacks.counted import tried
from tests.attacks.hers import of_the_police
from tests.attacks.test_an_adult_who_is_asked_as_a_child import begun, older, registered
from tests.attacks.test_called_an_adult_while_she_is_asked import SPEAKS, YES, client_of
from tests.casework.racing import House
from tests.web.consenting import form_of, page

pytestmark = pytest.mark.alarms


@pytest.mark.parametrize("again", [False, True])
def test_her_yes_holds_or_she_is_asked_again(house: House, again: bool) -> None:
    case = begun(house)
    client = client_of(house)
    form = form_of(client.get(page(case))) | YES | SPEAKS | {"child_answer": "agrees"}
    older(house, case)
    answer = client.post(page(case), form)
    if again and answer.status_code == 303:  # and asked once more, of the registered case, whatever the page asks
        case = registered(house, case)
        drawn = form_of(client.get(page(case))) | YES
        asks = "child" if drawn.get("asked_as") == ["child"] else "adult"
        answer = client.post(page(case), drawn | (SPEAKS | {"child_answer": "agrees"} if asks == "child" else {}))
        assert asks == "adult" or of_the_police(house, case) == "given", "asked as a child, and it holds nothing"
    tried()
    found = of_the_police(house, case)
    assert answer.status_code in (200, 409) or found == "given", f"{answer.status_code}: saved, and it is {found}"
