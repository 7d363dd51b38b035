"""The same operation with another content: told as done though nothing of it was.

The hole: a second press under the id of a first was answered like the first, whatever it said. Back, another answer,
and the same button: the page went on as if the new answer had been saved. Red on commit ff6e3b1: 303 for each of these.
"""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import connection

from hamkori.access.models import Operation
from hamkori.audit.models import Ledger
from hamkori.casework.referral.models import Referral
from hamkori.vault.server import keyring
from hamkori.web.kit.written import by_whom
from tests.attacks.counted import tried
from tests.cast import World
from tests.database import god
from tests.doors import DoorClient
from tests.web.senders import Senders, page_text, state, version

pytestmark = pytest.mark.django_db
SAID = "This page was saved before with other answers."


@pytest.fixture
def house(small_world: World) -> Senders:
    return Senders(small_world)


@pytest.fixture
def referral(house: Senders) -> Referral:
    case = house.case()
    house.agreed(case)
    return house.sent(case)


def pressed(house: Senders, referral: Referral, **more: object) -> tuple[DoorClient, str, dict[str, object]]:
    """A recall that was done: browser, address, form."""
    form = {"operation": str(uuid4()), "version": version(referral), "reason": "mistake", **more}
    form["by_whom"] = by_whom(house.world.people["caseworker-cso"].user_id)
    address = f"/referrals/{referral.code}/recall/"
    assert house.browser().post(address, form).status_code == 303
    return house.browser(), address, form


def test_another_content_is_refused_with_a_sentence(house: Senders, referral: Referral) -> None:
    browser, address, form = pressed(house, referral)
    without = {name: value for name, value in form.items() if name != "reason"}
    others = [
        {**form, "reason": "placed_elsewhere"},
        {**form, "version": 99},
        {**form, "reason": ["mistake", "placed_elsewhere"]},
        {**form, "more": ""},
        {**form, "reason": "mistake "},
        without,
        {**without, "Reason": "mistake"},
    ]
    before = Ledger.objects.count()
    for other in others:
        answer = browser.post(address, other)
        assert answer.status_code == 409, other
        assert SAID in page_text(answer)
        tried()
    elsewhere = browser.post(address.replace("recall", "withdraw"), {**form, "how_said": "in_person"})
    assert (elsewhere.status_code, SAID in page_text(elsewhere)) == (409, True), "another button is another content"
    other_page = browser.post(f"{address}?page=2", form)
    assert other_page.status_code == 409
    assert state(referral) == "recalled"
    assert Ledger.objects.count() == before
    tried(2)


def test_what_was_written_now_comes_back_to_be_copied(house: Senders, referral: Referral) -> None:
    browser, address, form = pressed(house, referral)
    page = page_text(browser.post(address, {**form, "note": "Words that took half an hour"}))
    assert "Words that took half an hour" in page


def test_the_same_content_is_answered_like_the_first(house: Senders, referral: Referral) -> None:
    text = "one line\r\nand another"
    browser, address, form = pressed(house, referral, note=text)
    first = f"/referrals/{referral.code}/"
    again = [
        form,
        {**form, "csrfmiddlewaretoken": "of another window"},
        dict(reversed(form.items())),
        {**form, "note": "one line\nand another"},
    ]
    for same in again:
        answer = browser.post(address, same)
        assert (answer.status_code, answer["Location"]) == (303, first), same


def test_what_is_kept_of_a_form_tells_nothing_of_it(house: Senders, referral: Referral) -> None:
    """Two people who send the same under the same number leave other bytes; only the keyring can compare."""
    _browser, _address, form = pressed(house, referral)
    with god():
        (row,) = Operation.objects.all()
        assert len(bytes(row.form_tag)) == 34
        assert not keyring().tag_holds(bytes(row.form_tag), bytes(row.form_tag))
    with god(), connection.cursor() as cursor:
        cursor.execute("select encode(form_tag, 'escape') from operation")
        (kept,) = cursor.fetchone()
    assert str(form["reason"]) not in kept
    assert referral.code not in kept


@pytest.mark.alarms
def test_a_tag_that_the_owner_has_taken_from_another_row_is_nobodys(house: Senders, referral: Referral) -> None:
    browser, address, form = pressed(house, referral)
    case = house.case()
    house.agreed(case)
    second = house.sent(case)
    pressed(house, second)
    with god():
        one, other = Operation.objects.order_by("at")
        Operation.objects.filter(pk=one.pk).update(form_tag=other.form_tag)
    assert browser.post(address, form).status_code == 409
    tried()
