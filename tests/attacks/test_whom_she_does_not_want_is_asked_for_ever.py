"""She has taken every organisation again, and her page goes on saying that nobody knows whom she does not want.

After everything was taken back from what nobody believed, each organisation waits until she takes it again: the page
has them ticked, says why, and asks for the ticks to be taken away. All of them were. But her own organisation, and
those that oversee, wait too, and no form has a tick for them: so the sentence stands for good, and says of what she has
just answered that nobody knows it. Red on 248b16c.
"""

from __future__ import annotations

import pytest

from hamkori.casework.consent.actions import consent
from tests.attacks.counted import tried
from tests.attacks.hers import erase_newest
from tests.attacks.owned import owner
from tests.attacks.test_her_no_is_not_written import opened
from tests.casework.racing import LEAD, House
from tests.web.consenting import form_of, page
from tests.web.senders import page_text

pytestmark = pytest.mark.alarms

NOBODY = "Nobody knows any more which organisations the person does not want."


def test_it_is_said_no_more(house: House) -> None:
    case, _referral = house.accepted()
    owner("alter table consent disable trigger user")
    owner("alter table consent_row disable trigger user")
    erase_newest(case)
    owner("alter table consent enable trigger user")
    owner("alter table consent_row enable trigger user")
    house.as_(LEAD, lambda actor: consent.withdraw(actor, case, how_said="in_person"))
    tried()
    client, _form = opened(house, case)
    drawn = client.get(page(case))
    assert NOBODY in page_text(drawn)
    form = form_of(drawn) | {"a_shelter_social_help": "yes", "language": "tg", "read": "on", "how_given": "spoken"}
    assert form.pop("excluded")
    assert client.post(page(case), form).status_code == 303
    again = client.get(page(case))
    assert "excluded" not in form_of(again), "she has taken all of them again"
    assert NOBODY not in page_text(again)
