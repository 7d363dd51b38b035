"""A slow database, and a form on an older word: "nothing of the form is written yet", and her help has ended by it.

A form that says yes and no on a word that is not the last comes again whole, so that both are looked at with her. If
its press took longer than a page has, the clock of ours has raised the marks of its "no" by then, and nobody takes them
back: the page says that nothing is written and what was marked is kept, and what she refused opens for nobody any
more, whatever she answers now. So the page says that it holds. Red on 248b16c.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from django.db import connection

from hamkori.refusal import NotNow
from tests.attacks.hers import says
from tests.attacks.test_a_slow_database_is_no_attack import slow
from tests.attacks.test_former_permits import reads
from tests.attacks.test_her_no_is_not_written import opened
from tests.casework.racing import House
from tests.web.consenting import form_of, page
from tests.web.senders import page_text

pytestmark = pytest.mark.alarms

SAID = {
    "a_shelter_social_help": "no",
    "a_legal_help": "yes",
    "language": "tg",
    "read": "on",
    "how_given": "spoken",
    "how_said": "in_person",
    "seen": "1",
}


@pytest.mark.parametrize("takes_long", [False, True])
def test_the_page_says_whether_it_holds_already(house: House, settings: Any, takes_long: bool) -> None:
    case, referral = house.accepted()
    client, _form = opened(house, case)
    form = form_of(client.get(page(case))) | SAID
    says(house, case, kind="health", purpose="help")
    assert reads(house, referral)
    if takes_long:
        settings.HAMKORI_STATEMENT_SECONDS, settings.HAMKORI_LOCK_SECONDS = 1, 0
        with slow("operation"):
            answer = client.post(page(case), form)
    else:
        answer = client.post(page(case), form)
    connection.close()
    told = "is valid already" if takes_long else "Nothing of this page is written yet"
    assert told in page_text(answer)
    assert ("Nothing of this page is written yet" in page_text(answer)) != takes_long
    read: dict[str, Any] = {}
    with suppress(NotNow):
        read = reads(house, referral)
    assert bool(read) != takes_long, "what the page says is true"
