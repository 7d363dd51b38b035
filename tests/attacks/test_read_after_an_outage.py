"""The database goes away while she takes something back, and her helper opens what was sent: the alarm rings.

What she takes back holds by marks though it could not be written down, and her worker, who was told to press again,
may do so in an hour. Meanwhile the request is as it was, and whoever helps her opens it as each day: to them it cannot
be confirmed, the operator has been told, and the file of alarms says that a permit was changed. Nobody has changed
anything, and each look is another alarm. Red on 248b16c.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from django.db import connection

from hamkori.casework.consent.actions import consent
from hamkori.casework.referral.actions import send
from hamkori.refusal import NotNow
from tests.attacks.test_former_permits import reads
from tests.attacks.test_her_no_is_not_written import opened
from tests.attacks.test_read_again_as_another import alarms
from tests.attacks.test_the_database_restarts_while_her_page_is_read import restarted
from tests.casework.racing import House
from tests.web.consenting import form_of, page

pytestmark = pytest.mark.alarms


@pytest.mark.parametrize("where", ["case", "request"])
def test_nobody_is_alarmed(house: House, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    case, referral = house.accepted()
    client, form = opened(house, case)
    address, of, name = page(case, "withdraw/"), consent, "kept"
    if where == "request":
        address, of, name = f"/referrals/{referral.code}/withdraw/", send, "_locked"
        form = form_of(client.get(address)) | {"how_said": "in_person"}
    client.raise_request_exception = False
    before = alarms()
    with monkeypatch.context() as away:
        away.setattr(of, name, restarted(getattr(of, name)))
        answer = client.post(address, form)
    connection.close()
    assert answer.status_code == 503
    read: dict[str, Any] = {}
    with suppress(NotNow):
        read = reads(house, referral)
    assert read == {}, "it holds"
    assert alarms()[len(before) :] == ""
