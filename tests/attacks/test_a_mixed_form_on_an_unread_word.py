"""Her form says no to one and yes to another; nobody can read a version of before, for the moment of that press.

Where nobody can read it what only takes away is done all the same (`web/consent/unread.py`), and what gives something
is refused. A form that does both was refused whole, before it came to be an act: the "no" in it is marked nowhere,
while the same form leaves its marks where the database refuses it in the act (test_her_no_is_not_written.py). So the
page is the way round her "no" still, for whoever is asked about more than one thing. Red on 8937fd2.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest

from hamkori.casework.consent.queries.said import newest
from hamkori.refusal import NotNow
from tests.attacks.counted import tried
from tests.attacks.hers import says
from tests.attacks.owned import owner
from tests.attacks.test_a_childs_no_is_not_written import CHILD, to_the_police
from tests.attacks.test_called_an_adult_while_she_is_asked import SPEAKS, begun_as_a_child, client_of
from tests.attacks.test_former_permits import reads
from tests.attacks.test_her_no_is_not_written import opened, raising
from tests.attacks.test_lists_that_are_none import loosened
from tests.casework.racing import LEAD, House
from tests.web.consenting import form_of, page

pytestmark = pytest.mark.alarms

HOW = {"language": "tg", "read": "on", "how_given": "spoken", "how_said": "in_person", "seen": "1"}
MIXED = {"a_shelter_social_help": "no", "a_legal_help": "yes", **HOW}


def posted_while_unread(case: Any, client: Any, form: dict[str, Any]) -> int:
    """One section of her first version is none, while the form is sent."""
    client.raise_request_exception = False
    (version,) = owner("select * from consent where case_id = %s order by number limit 1", case.pk)
    was = owner("select id, sections from consent_row where consent_id = %s", version["id"])
    with loosened("consent_row", "sections"):
        owner("alter table consent_row disable trigger user")
        owner("update consent_row set sections = '{nothing}' where consent_id = %s", version["id"])
        answer = client.post(page(case), form)
        for row in was:
            owner("update consent_row set sections = %s where id = %s", row["sections"], row["id"])
        owner("alter table consent_row enable trigger user")
    return int(answer.status_code)


def test_what_it_says_no_to_is_read_no_more(house: House) -> None:
    case, referral = house.accepted()
    says(house, case)
    client, _form = opened(house, case)
    status = posted_while_unread(case, client, form_of(client.get(page(case))) | MIXED)
    read: dict[str, Any] = {}
    with suppress(NotNow):
        read = reads(house, referral)
    tried()
    assert read == {}, f"she said no to it ({status})"


def test_it_is_where_the_act_is_refused(house: House) -> None:
    """The same form, refused by a trigger."""
    case, referral = house.accepted()
    client, _form = opened(house, case)
    client.raise_request_exception = False
    form = form_of(client.get(page(case))) | MIXED
    with raising("consent"):
        client.post(page(case), form)
    tried()
    with pytest.raises(NotNow, match="consent_live"):
        reads(house, referral)


def test_nor_does_a_childs_yes_to_the_police_stand(house: House) -> None:
    """An adult says yes, the child says no: that is final. What the form says is a "yes"."""
    case = begun_as_a_child(house)
    says(house, case, kind="police", purpose="justice", **CHILD)
    says(house, case, **CHILD)
    client = client_of(house)
    no = {"a_police_justice": "yes", **HOW, **SPEAKS, "child_answer": "says_no"}
    status = posted_while_unread(case, client, form_of(client.get(page(case))) | no)
    tried()
    assert to_the_police(house, case) == "no", f"the child said no ({status})"
    assert house.as_(LEAD, lambda _actor: newest(case.pk))
