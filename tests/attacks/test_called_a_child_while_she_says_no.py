"""Her age is called a child's in a column while she says no to something else, and is put back: she stays one for good.

The owner of the database needs no timing: a column for as long as one honest form is open. Her worker presses a plain
"no", which asks nothing of a child. Where no mark knows of her age, what the column says at that moment becomes a mark
of ours (`ages.asked_as_child`): what she had agreed to as the adult that she is ends, to the police at once, elsewhere
in fourteen days, and no alarm says so. Before, the column put back was enough to mend it; now it is her worker's own
word. Red on 248b16c.
"""

from __future__ import annotations

import pytest

from hamkori.casework.case.models import Case
from tests.attacks.counted import tried
from tests.attacks.hers import of_the_police, says
from tests.attacks.owned import owner
from tests.attacks.test_called_an_adult_while_she_is_asked import client_of
from tests.attacks.test_read_again_as_another import alarms
from tests.casework.racing import House
from tests.web.consenting import form_of, page

pytestmark = pytest.mark.alarms

NO = {"a_legal_help": "no", "how_said": "in_person", "seen": "1"}


def called(case: Case, is_child: bool) -> None:
    owner('alter table "case" disable trigger user')
    owner('update "case" set is_child = %s where id = %s', is_child, case.pk)
    owner('alter table "case" enable trigger user')


def test_what_she_agreed_to_goes_on_and_an_alarm_says_so(house: House) -> None:
    case = house.case()
    says(house, case, kind="police", purpose="justice")
    assert of_the_police(house, case) == "given"
    client, before = client_of(house), alarms()
    form = form_of(client.get(page(case))) | NO
    called(case, True)
    answer = client.post(page(case), form)
    called(case, False)
    tried()
    told = alarms() != before
    assert (told, of_the_police(house, case)) == (True, "given"), answer.status_code
