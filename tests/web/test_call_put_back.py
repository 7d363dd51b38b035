"""A call of a coordinator that was a slip is put back: nobody counts it any more, and the call before it does."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from hamkori.casework.referral.models import Referral
from hamkori.casework.work.queries.counts import counts
from hamkori.people.actions import desk_phone
from tests.cast import pass_time
from tests.web.senders import Senders, page_text

pytestmark = pytest.mark.django_db
PAGE = "/coordination/late/"


def late(house: Senders) -> Referral:
    """An urgent one that nobody answered in time, of a desk with a number."""
    case = house.case({"need_tonight_codes": ["safe_place"]})
    house.agreed(case)
    sent = house.sent(case)
    with house.as_("desk-shelter") as gulnora:
        desk_phone.record(gulnora, phone="+992 00 01")
    pass_time(hours=3)
    return sent


def press(house: Senders, sent: Referral, answer: str) -> str:
    pass_time(minutes=1)
    form = {"operation": str(uuid4()), "answer": answer}
    return page_text(house.browser("coordinator").post(f"/coordination/{sent.code}/call/", form, follow=True))


def to_call(house: Senders) -> int:
    """What the rail says, which the database counts."""
    with house.as_("coordinator") as farida:
        return counts(farida).to_call


def test_a_slip_is_put_back_and_the_row_is_red_again_for_everybody(house: Senders) -> None:
    """Red before: "Reached" pressed by mistake left the red list for an hour, and the sender waited for an answer."""
    sent, farida = late(house), house.browser("coordinator")
    assert to_call(house) == 1
    assert "Undo" not in page_text(farida.get(PAGE)), "nothing was recorded"
    press(house, sent, "reached")
    assert to_call(house) == 0
    assert "The coordinator called" in page_text(house.browser().get(f"/referrals/{sent.code}/"))
    assert 'value="put_back"' in farida.get("/").content.decode(), "Today has it in the row"
    assert "Undo" in page_text(farida.get(f"{PAGE}?call={sent.code}"))
    assert "Put back: that call counts no more." in press(house, sent, "put_back")
    assert to_call(house) == 1
    assert "1 to call now" in page_text(farida.get("/"))
    for page in (farida.get("/"), farida.get(PAGE), house.browser().get(f"/referrals/{sent.code}/")):
        said = page_text(page)
        assert not re.search(r"(?:You|The coordinator) called today", said)
        assert "put_back" not in said
    again = farida.post(f"/coordination/{sent.code}/call/", {"operation": str(uuid4()), "answer": "put_back"})
    assert again.status_code == 404, "there is nothing more to put back"


def test_the_call_before_the_slip_counts_again(house: Senders) -> None:
    sent, farida = late(house), house.browser("coordinator")
    for answer in ("said_yes", "not_reached", "put_back"):
        press(house, sent, answer)
    assert to_call(house) == 0, "they said yes"
    said = page_text(farida.get(PAGE))
    assert re.search(r"You called (?:today|yesterday) \d\d:\d\d: yes", said)
    assert not re.search(r"You called (?:today|yesterday) \d\d:\d\d: not reached", said)
    press(house, sent, "put_back")
    assert to_call(house) == 1
    press(house, sent, "reached")
    assert to_call(house) == 0, "what is said after it counts"


def test_after_a_day_nothing_is_put_back(house: Senders) -> None:
    sent = late(house)
    press(house, sent, "not_reached")
    pass_time(hours=25)
    assert "Undo" not in page_text(house.browser("coordinator").get(PAGE))


def open_of(page: str, action: str) -> list[str]:
    """The answers of a call that stand open on a page, in their order."""
    shown = re.sub(r"<details.*?</details>", "", page, flags=re.S)
    forms = [one.partition("</form>")[0] for one in shown.split("<form")[1:] if f'action="{action}"' in one]
    return [answer for one in forms for answer in re.findall(r'<button[^>]*?value="([^"]+)"', one)]


def test_both_pages_have_the_same_answers_and_a_way_back_of_what_was_just_pressed(house: Senders) -> None:
    """Red before: the page of late answers folded them under "I called", and "Undo" lay under "Another call"."""
    sent, farida = late(house), house.browser("coordinator")

    def both() -> list[list[str]]:
        return [open_of(farida.get(at).content.decode(), f"/coordination/{sent.code}/call/") for at in ("/", PAGE)]

    desk = ["said_yes", "said_no", "calls_back", "not_reached"]
    assert both() == [desk] * 2
    press(house, sent, "not_reached")
    assert both() == [["sender", "no_sender", "put_back"]] * 2
    pass_time(minutes=16)
    assert both() == [["sender", "no_sender"]] * 2
    assert "Undo" in page_text(farida.get(PAGE)), "for a day it lies with another call"
    press(house, sent, "sender")
    assert both() == [["put_back"]] * 2, "another call is folded for a quarter of an hour"
    press(house, sent, "put_back")
    assert both() == [["sender", "no_sender"]] * 2
