"""What her page reads before it acts is spoilt for the moment of her press: her "no" never comes to be an act.

Her word is marked once the act has begun (`HerNo`). The page reads more before it: every version of her word, the
requests that run, and which parts of them went. One value there that nobody can read, in a version of before or in a
request of hers, ends the page; nothing is marked, and once it is mended what was sent is read on. The act alone takes
everything back from the same rows (test_taken_back_from_an_unread_word.py). An alarm stands; the form is her own, her
worker was recognised, and the case was found.
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
from tests.web.consenting import page

pytestmark = pytest.mark.alarms


@pytest.mark.parametrize("how", SPOILT)
def test_a_version_of_before_that_nobody_can_read(house: House, how: str) -> None:
    case, referral = house.accepted()
    says(house, case)
    client, form = opened(house, case)
    client.raise_request_exception = False
    table, spoils, mends, column = SPOILT[how]
    (version,) = owner("select * from consent where case_id = %s order by number limit 1", case.pk)
    where = "consent_id = %s" if table == "consent_row" else "id = %s"
    was = owner(f"select {column} as v from {table} where {where}", version["id"])[0]["v"]
    before = alarms()
    with loosened("consent_row", "sections"):
        owner(f"alter table {table} disable trigger user")
        owner(f"update {table} set {spoils} where {where}", version["id"])
        answer = client.post(page(case, "withdraw/"), form)
        owner(f"update {table} set {mends} where {where}", was, version["id"])
        owner(f"alter table {table} enable trigger user")
    told, read = alarms() != before, dict[str, Any]()
    with suppress(NotNow):
        read = reads(house, referral)
    tried()
    assert read == {}, f"she took everything back ({answer.status_code}), and it is read; alarm: {told}"


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
