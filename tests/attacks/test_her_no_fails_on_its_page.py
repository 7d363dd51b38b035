"""What her page reads before it acts is spoilt for the moment of her press: her "no" never came to be an act.

Her word is marked once the act has begun (`HerNo`). The page read more before it: every version of her word, the
requests that run, and which parts of them went. One value there that nobody can read, in a version of before or in a
request of hers, ended the page; nothing was marked, and once it was mended what was sent was read on. The act alone
takes everything back from the same rows (test_taken_back_from_an_unread_word.py). Red on d57058f.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest

from hamkori.refusal import NotNow
from tests.attacks.counted import tried
from tests.attacks.hers import says
from tests.attacks.owned import owner
from tests.attacks.test_former_permits import reads
from tests.attacks.test_her_no_is_not_written import opened
from tests.attacks.test_lists_that_are_none import loosened
from tests.attacks.test_read_again_as_another import alarms
from tests.attacks.test_taken_back_from_an_unread_word import SPOILT
from tests.casework.racing import House
from tests.web.consenting import form_of, page

pytestmark = pytest.mark.alarms


NO = {"a_shelter_social_help": "no", "how_said": "in_person", "seen": "1"}


@pytest.mark.parametrize("how", SPOILT)
@pytest.mark.parametrize("where", ["withdraw/", ""])
def test_a_version_of_before_that_nobody_can_read(house: House, how: str, where: str) -> None:
    case, referral = house.accepted()
    says(house, case)
    client, form = opened(house, case)
    form = form if where else form_of(client.get(page(case))) | NO
    address = page(case, where)
    client.raise_request_exception = False
    table, spoils, mends, column = SPOILT[how]
    (version,) = owner("select * from consent where case_id = %s order by number limit 1", case.pk)
    its = "consent_id = %s" if table == "consent_row" else "id = %s"
    was = owner(f"select {column} as v from {table} where {its}", version["id"])[0]["v"]
    before = alarms()
    with loosened("consent_row", "sections"):
        owner(f"alter table {table} disable trigger user")
        owner(f"update {table} set {spoils} where {its}", version["id"])
        answer = client.post(address, form)
        owner(f"update {table} set {mends} where {its}", was, version["id"])
        owner(f"alter table {table} enable trigger user")
    told, read = alarms() != before, dict[str, Any]()
    with suppress(NotNow):
        read = reads(house, referral)
    tried()
    assert read == {}, f"she took everything back ({answer.status_code}), and it is read; alarm: {told}"


def test_what_gives_something_is_not_written_on_what_nobody_can_read(house: House) -> None:
    case, _referral = house.accepted()
    says(house, case)
    client, _form = opened(house, case)
    yes = form_of(client.get(page(case))) | {
        "a_shelter_social_help": "yes",
        "language": "tg",
        "read": "on",
        "how_given": "spoken",
    }
    (version,) = owner("select * from consent where case_id = %s order by number limit 1", case.pk)
    with loosened("consent_row", "sections"):
        owner("alter table consent_row disable trigger user")
        owner("update consent_row set sections = '{nothing}' where consent_id = %s", version["id"])
        answer = client.post(page(case), yes)
        owner("update consent_row set sections = '{}' where consent_id = %s", version["id"])
        owner("alter table consent_row enable trigger user")
    tried()
    assert answer.status_code == 409
    assert owner("select count(*) as n from consent where case_id = %s", case.pk)[0]["n"] == 2


def test_a_request_with_a_part_that_is_none(house: House) -> None:
    case, referral = house.accepted()
    client, form = opened(house, case)
    client.raise_request_exception = False
    before = alarms()
    with loosened("referral_sender", "sections"):
        was = owner("select sections from referral_sender where referral_id = %s", referral.pk)[0]["sections"]
        owner("alter table referral_sender disable trigger user")
        owner("update referral_sender set sections = '{nothing}' where referral_id = %s", referral.pk)
        answer = client.post(page(case, "withdraw/"), form)
        owner("update referral_sender set sections = %s where referral_id = %s", was, referral.pk)
        owner("alter table referral_sender enable trigger user")
    told, read = alarms() != before, dict[str, Any]()
    with suppress(NotNow):
        read = reads(house, referral)
    tried()
    assert read == {}, f"she took everything back ({answer.status_code}), and it is read; alarm: {told}"
