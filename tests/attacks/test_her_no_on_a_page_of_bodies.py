"""Her page lists the bodies before it acts; one that nobody can read, and her "no" never came to be an act.

What her page reads of her word may be unreadable (test_her_no_fails_on_its_page.py). It reads `organisations()`
besides: on the page of her answers at each press, on that of taking back before it shows what ends. A row planted
there with names of no shape ends the page as a fault. Red on 8937fd2.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from uuid import uuid4

import pytest

from hamkori.refusal import NotNow
from tests.attacks.counted import tried
from tests.attacks.owned import owner
from tests.attacks.test_former_permits import reads
from tests.attacks.test_her_no_fails_on_its_page import NO
from tests.attacks.test_her_no_is_not_written import opened
from tests.attacks.test_read_again_as_another import alarms
from tests.casework.racing import House
from tests.web.consenting import form_of, page

pytestmark = pytest.mark.alarms


@pytest.mark.parametrize("where", ["withdraw/", ""])
def test_what_was_sent_is_read_no_more(house: House, where: str) -> None:
    case, referral = house.accepted()
    client, form = opened(house, case)
    form = form if where else form_of(client.get(page(case))) | NO
    if where:
        del form["seen"]  # what ends is shown first, as it is to everybody
    client.raise_request_exception = False
    body = owner("select * from organisation where is_active limit 1")[0]
    before = alarms()
    owner("alter table organisation alter tag drop not null; alter table organisation disable trigger user")
    planted(body)
    answers = [client.post(page(case, where), form).status_code]
    if where:
        answers.append(client.post(page(case, where), form | {"seen": "1"}).status_code)
    owner("delete from organisation where slug = 'nobodys'")
    owner("alter table organisation alter tag set not null; alter table organisation enable trigger user")
    told, read = alarms() != before, dict[str, Any]()
    with suppress(NotNow):
        read = reads(house, referral)
    tried()
    assert read == {}, f"she took it back ({answers}), and it is read; alarm: {told}"


def planted(body: dict[str, Any]) -> None:
    row = {**body, "id": uuid4(), "slug": "nobodys", "tag": None}
    names = ", ".join(f'"{name}"' for name in row)
    owner(f"insert into organisation ({names}) values ({', '.join(['%s'] * len(row))})", *row.values())
