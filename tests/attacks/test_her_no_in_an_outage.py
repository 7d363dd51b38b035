"""The database goes away while she takes something back: pressed again it is all written, and nothing alarms."""

from __future__ import annotations

import os
import socket
from contextlib import suppress
from typing import Any

import pytest
from django.db import connection

from hamkori.casework.consent.actions import consent
from hamkori.casework.consent.queries import taken
from hamkori.refusal import NotNow
from hamkori.vault.server import marks
from tests.attacks.test_former_permits import reads
from tests.attacks.test_her_no_is_not_written import asks_again, opened
from tests.attacks.test_read_again_as_another import alarms
from tests.casework.racing import House, packet, state
from tests.web.consenting import page
from tests.web.senders import page_text

pytestmark = pytest.mark.alarms


def test_pressed_again_all_is_written(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    case, referral = house.accepted()
    client, form = opened(house, case)
    client.raise_request_exception = False
    before, kept = alarms(), consent.kept

    def goes_away(word: Any) -> Any:
        with socket.socket(fileno=os.dup(connection.connection.fileno())) as line:
            line.shutdown(socket.SHUT_RDWR)
        return kept(word)

    with monkeypatch.context() as away:
        away.setattr(consent, "kept", goes_away)
        answer = client.post(page(case, "withdraw/"), form)
    connection.close()
    assert answer.status_code == 503
    assert form["operation"][0] in answer.content.decode(), "what she sent stays on the page"
    assert state(referral) == "accepted"
    assert marks().least(taken.TAKEN, taken.everything(case.pk)), "her word is valid already"
    again = client.post(page(case, "withdraw/"), form)
    assert again.status_code == 303
    assert state(referral) == "withdrawn"
    assert packet(referral) == 0
    assert "The person withdraws something" not in page_text(client.get(page(case)))
    with suppress(NotNow):
        assert reads(house, referral) == {}
    asks_again(house, case, referral)
    assert alarms() == before
