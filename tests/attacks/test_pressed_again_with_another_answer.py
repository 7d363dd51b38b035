"""Her page hangs, her worker goes back, changes an answer and presses again while the first press still runs.

Two answers came under one press. The second is told so, "This form was saved before with other answers", wherever it
comes after the first was committed. While the first still runs it waits for it within its act, and there the same
refusal was taken for one of the database's: the file of alarms says that her word was changed, the page that this
could not be written down, and that the operator has been told. Nobody has done anything. Red on 248b16c.
"""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from hamkori.vault.alone import hold, place_of
from tests.attacks.test_her_no_is_not_written import opened
from tests.attacks.test_read_again_as_another import alarms
from tests.casework.racing import House
from tests.casework.side_by_side import waits_for_a_case
from tests.web.consenting import form_of, page
from tests.web.senders import page_text

pytestmark = pytest.mark.alarms

SAID = "This page was saved before with other answers."
NO = {"a_shelter_social_help": "no", "how_said": "in_person", "seen": "1"}


def side_by_side(client: Any, address: str, place: int, forms: list[dict[str, Any]]) -> list[Any]:
    """The first waits for who works at the case, the second for the first."""
    answers: list[Any] = [None, None]

    def presses(number: int) -> None:
        other = client.__class__()
        other.cookies.update(client.cookies)
        other.raise_request_exception = False
        try:
            answers[number] = other.post(address, forms[number])
        finally:
            connection.close()

    held = hold(settings.HAMKORI_MARKS, place, 0)
    pressing = [threading.Thread(target=presses, args=[number]) for number in (0, 1)]
    try:
        pressing[0].start()
        while pressing[0].ident is None or not waits_for_a_case(pressing[0].ident):
            pressing[0].join(0.005)
            assert pressing[0].is_alive(), "the first waits for nobody"
        pressing[1].start()
        pressing[1].join(2)
    finally:
        held.let_go()
        for one in pressing:
            if one.ident is not None:
                one.join()
    return answers


@pytest.mark.parametrize("where", ["", "withdraw/", "request"])
def test_the_second_is_told_so_and_nobody_is_alarmed(house: House, where: str) -> None:
    case, referral = house.accepted()
    client, form = opened(house, case)
    address = page(case, where)
    if where == "request":
        address = f"/referrals/{referral.code}/withdraw/"
        form = form_of(client.get(address)) | {"how_said": "in_person"}
    if where:
        forms = [form, form | {"how_said": "by_phone"}]
    else:
        first = form_of(client.get(page(case))) | NO
        forms = [first, first | {"a_legal_help": "no"}]
    before = alarms()
    answers = side_by_side(client, address, place_of(case.pk), forms)
    assert [one.status_code for one in answers] == [303, 409]
    assert (SAID in page_text(answers[1]), alarms()[len(before) :]) == (True, "")
