"""The database goes away while she says no to what runs; she thinks again, and agrees: the request is neither nor.

Her "no" holds by marks though it could not be written down. When she agrees again instead of pressing once more, her
new word is against nothing that runs, so the database ends nothing; the marks have ended its permit. So it stands as
accepted on both sides for as long as its clock lets it, whoever helps her is told that it cannot be confirmed, and each
of these looks, and her own yes, is an alarm, though nobody has done anything. Red on 248b16c.
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
from tests.casework.racing import House, state
from tests.web.consenting import form_of, page

pytestmark = pytest.mark.alarms

NO = {"a_shelter_social_help": "no", "how_said": "in_person", "seen": "1"}
YES = {"a_shelter_social_help": "yes", "language": "tg", "read": "on", "how_given": "spoken"}
AGAIN = {"anew": ["shelter_social:help"]}


@pytest.mark.parametrize("what", ["her answers", "this request"])
def test_it_is_read_again_or_it_has_ended(house: House, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    case, referral = house.accepted()
    client, _form = opened(house, case)
    client.raise_request_exception = False
    address, of, name = page(case), consent, "kept"
    form = form_of(client.get(address)) | NO
    if what == "this request":  # its page says "Paused", and "Ask her"; no page says what she wanted
        address, of, name = f"/referrals/{referral.code}/withdraw/", send, "_locked"
        form = form_of(client.get(address)) | {"how_said": "in_person"}
    before = alarms()
    with monkeypatch.context() as away:
        away.setattr(of, name, restarted(getattr(of, name)))
        assert client.post(address, form).status_code == 503
    connection.close()
    agrees = form_of(client.get(page(case))) | YES | AGAIN
    assert client.post(page(case), agrees).status_code == 303
    told = alarms()[len(before) :]
    read: dict[str, Any] = {}
    with suppress(NotNow):
        read = reads(house, referral)
    assert read or state(referral) == "withdrawn", f"it is {state(referral)}, and nobody reads it; alarms: {told}"
    assert told == ""
