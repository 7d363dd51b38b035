"""She waits for who works at the case, and something honest happens meanwhile: that is no attack, and nobody is told.

A press of her "no" that the policy has let through and that fails then was taken for one that the database has refused:
marks, "this could not be written down, and the operator has been told", and an alarm. But for a release, by which
she was asked anew, any honest ending of what she worked in looked the same to it. Red on d57058f.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.models import Case
from hamkori.vault.alone import hold, place_of
from tests.attacks.counted import tried
from tests.attacks.test_her_no_is_not_written import opened
from tests.attacks.test_read_again_as_another import alarms
from tests.casework.racing import LEAD, House
from tests.casework.side_by_side import waits_for_a_case
from tests.cast import FACTS, SEALED
from tests.web.consenting import page
from tests.web.senders import page_text

pytestmark = pytest.mark.alarms


def waiting(
    house: House, case: Case, meanwhile: Callable[[Any], None], before: Callable[[], None] = lambda: None
) -> Any:
    """The answer of her press, that waited while this happened. `before`: between her page and her press."""
    client, form = opened(house, case)
    before()
    return pressed(client, page(case, "withdraw/"), form, place_of(case.pk), meanwhile)


def pressed(client: Any, address: str, form: dict[str, Any], place: int, meanwhile: Callable[[Any], None]) -> Any:
    """The answer of a press that waits for who works at this place, while this happens."""
    client.raise_request_exception = False
    answers: list[Any] = []

    def presses() -> None:
        try:
            answers.append(client.post(address, form))
        finally:
            connection.close()

    held = hold(settings.HAMKORI_MARKS, place, 0)
    pressing = threading.Thread(target=presses)
    try:
        pressing.start()
        while pressing.ident is None or not waits_for_a_case(pressing.ident):
            pressing.join(0.005)
            assert pressing.is_alive(), "she waits for nobody"
        meanwhile(client)
    finally:
        held.let_go()
        pressing.join()
    return answers[0]


def test_she_signs_out_in_another_tab(house: House) -> None:
    case, _referral = house.accepted()
    before = alarms()

    def signs_out(client: Any) -> None:
        other = client.__class__()
        other.cookies.update(client.cookies)
        assert other.post("/account/sign-out/").status_code == 302

    answer = waiting(house, case, signs_out)
    tried()
    assert alarms() == before, f"{answer.status_code}: {page_text(answer)[:400]}"


def test_a_draft_is_thrown_away(house: House) -> None:
    def made(actor: Any) -> Case:
        return cases.begin(actor, codes=FACTS, sealed=SEALED)

    case = house.as_(LEAD, made)
    house.agreed(case)
    before = alarms()

    def thrown_away(_client: Any) -> None:
        # without the lock of ours, which stands here for a page that has just done so
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(cases, "alone_at", lambda _thing: None)
            house.as_(LEAD, lambda actor: cases.discard(actor, case, version=case.version))

    answer = waiting(house, case, thrown_away)
    tried()
    assert alarms() == before, f"{answer.status_code}: {page_text(answer)[:400]}"
