"""Her worker's session reaches its eight hours while her "no" waits for the case: the alarm rings.

A session that somebody ends meanwhile, by signing out or by the operator, is known by a mark of ours and told without
an alarm. One that ends by the clock, as each does, leaves none: the database knows nobody any more, and her word is
called changed. Red on 248b16c.
"""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.db import connection, transaction

from hamkori.vault.alone import place_of
from tests.attacks.counted import tried
from tests.attacks.test_read_again_as_another import alarms
from tests.attacks.test_waiting_while_something_honest_happens import pressed, waiting
from tests.casework.racing import LEAD, WORKER, House
from tests.database import god
from tests.site.waiting import until
from tests.web.consenting import form_of
from tests.web.senders import Senders, page_text

pytestmark = pytest.mark.alarms

HOLDS = "is sent to nobody any more all the same"


def test_nobody_is_alarmed(house: House) -> None:
    case, _referral = house.accepted()
    before = alarms()

    def began_long_ago() -> None:
        with transaction.atomic(), god(), connection.cursor() as cursor:
            cursor.execute(
                "update access_session set issued_at = clock_timestamp() - interval '8 hours' + interval '2 seconds',"
                " expires_at = clock_timestamp() + interval '2 seconds' where membership_id = %s",
                [house.world.people[LEAD].membership_id],
            )

    def runs_out(_client: object) -> None:
        """Of its eight hours the last seconds go by."""
        over = time.monotonic() + 2
        until(lambda: time.monotonic() > over, 30)

    answer = waiting(house, case, runs_out, began_long_ago)
    tried()
    assert HOLDS in page_text(answer), answer.status_code
    assert alarms() == before, f"{answer.status_code}: {page_text(answer)[:300]}"


def signs_out(client: Any) -> None:
    other = client.__class__()
    other.cookies.update(client.cookies)
    assert other.post("/account/sign-out/").status_code == 302


def test_who_has_signed_out_meanwhile_is_told_that_it_holds(house: House) -> None:
    """The page that says so counts what waits for her, and nobody is there any more for whom it could be counted."""
    case, _referral = house.accepted()

    answer = waiting(house, case, signs_out)
    assert HOLDS in page_text(answer), f"{answer.status_code}: {page_text(answer)[:300]}"


def test_on_the_receivers_side_too(house: House) -> None:
    """There the refusal is to be said beside the form, and the page around it is looked for in vain."""
    _case, referral = house.accepted()
    with transaction.atomic():
        client = Senders(house.world).browser(WORKER)
    address = f"/referrals/{referral.code}/withdraw/"
    form = form_of(client.get(address)) | {"how_said": "in_person"}
    answer = pressed(client, address, form, place_of(referral.pk), signs_out)
    assert answer.status_code < 500, page_text(answer)[:300]
    assert HOLDS in page_text(answer), answer.status_code
