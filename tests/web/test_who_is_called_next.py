"""The coordinator's rows after a call: whom to call next, what they say when they call back, and in which order."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from hamkori.audit.models import Ledger
from hamkori.casework.case.queries.coordination import ME, Call
from hamkori.casework.referral.actions import receive
from hamkori.casework.referral.models import Referral
from hamkori.casework.work.queries import order
from hamkori.casework.work.queries.due import Due
from hamkori.people.actions import desk_phone
from hamkori.people.models import OrganisationPhone
from hamkori.web.templatetags.kit import grouped
from hamkori.web.today import calls, views
from tests.cast import pass_time
from tests.database import god
from tests.web.senders import Senders, page_text, version
from tests.web.test_said_of_an_arrival import expected
from tests.web.test_said_on_the_telephone import LATE, press

pytestmark = pytest.mark.django_db
RULE = "help that cannot wait first, then the oldest; what can wait last"
NINE = datetime(2026, 11, 30, 9, 0, tzinfo=timezone.get_fixed_timezone(300))


def senders_phone(house: Senders) -> None:
    """The desk of whoever sent it can be called."""
    with god():
        OrganisationPhone.objects.create(organisation_id=house.world.bodies["cso-kulob"], phone="+992 00 07")


def head(page: str) -> str:
    """How the first row of work begins."""
    found = re.search(r'<(?:a|b) class="what"[^>]*>(.*?)</', page)
    assert found is not None
    return found[1]


def test_who_sent_it_heads_the_row_once_the_person_is_not_there(house: Senders) -> None:
    """Red before: still "Call: Shelter Kulob", and that the sender is to be called stood in fine print."""
    _sent, call = expected(house)
    senders_phone(house)
    farida = house.browser("coordinator")
    assert head(farida.get("/").content.decode()) == "Call: Shelter Kulob"
    press(farida, call, "not_with_them")
    for at in ("/", LATE):
        page = farida.get(at).content.decode()
        assert head(page) == "Call who sent it: Cso Kulob", at
        row = page.partition('class="what"')[2].partition("</li>")[0]
        assert re.search(r"<p><b>Referral desk: \+992\D*00\D*07\D*</b></p>", row), at
        assert "Shelter Kulob" in row or at == LATE, "which desk it is about"
        at_once = re.sub("<details.*?</details>", "", row, flags=re.DOTALL)
        assert 'value="sender"' in at_once, at
        assert 'value="not_reached"' not in at_once, "nobody there is not nobody at the sender's"
        assert "Another call: Shelter Kulob" in row, at
    press(farida, call, "sender", **{"from": "today"})
    assert "Call who sent it" not in page_text(farida.get("/"))


def test_that_the_sender_was_called_is_said_once(house: Senders) -> None:
    """Two coordinators read the same row. Once there is something new to tell the sender, a second call is another."""
    sent, call = expected(house)
    senders_phone(house)
    farida, again = house.browser("coordinator"), "Not saved: it was said already that the sender was called."
    press(farida, call, "not_with_them")
    assert again not in press(farida, call, "sender", **{"from": "today"})
    for page in ("today", "late"):
        assert again in press(farida, call, "sender", **{"from": page})
    assert calls_to_sender(sent) == 1
    press(farida, call, "not_with_them")
    assert again not in press(farida, call, "sender")
    assert calls_to_sender(sent) == 2


def calls_to_sender(sent: Referral) -> int:
    with god():
        return Ledger.objects.filter(object_id=sent.pk, reason_code="sender", decision_code="done").count()


def test_whoever_calls_back_is_recorded_and_a_slip_is_put_back_on_today(house: Senders) -> None:
    """Red before: after "They will call back" nothing could be said on the row any more."""
    house.agreed(case := house.case())
    sent = house.sent(case)
    with house.as_("desk-shelter") as gulnora:
        desk_phone.record(gulnora, phone="+992 00 01")
    pass_time(hours=3)
    farida, call = house.browser("coordinator"), f"/coordination/{sent.code}/call/"
    press(farida, call, "calls_back", **{"from": "today"})
    desk = ["said_yes", "said_no", "calls_back", "not_reached"]
    for back, folded in ((["put_back"], desk), ([], [*desk, "put_back"])):
        row = farida.get("/").content.decode().partition('class="what"')[2]
        shown, _opens, fold = row.partition("<details")
        fold = fold.partition("</details>")[0]
        assert "Another call" in fold
        assert re.findall(r'name="answer" value="(\w+)"', fold) == folded
        assert re.findall(r'name="answer" value="(\w+)"', shown) == back
        pass_time(minutes=16)  # what was just pressed has its way back in sight
    assert "Put back" in press(farida, call, "put_back", **{"from": "today"})
    assert "Another call" not in page_text(farida.get("/")), "nobody was reached"
    press(farida, call, "calls_back", **{"from": "today"})
    assert "said yes by telephone" in press(farida, call, "said_yes", **{"from": "today"})


def test_after_any_answer_undo_stands_alone_and_another_call_is_folded() -> None:
    """Red before: after an answer that lets nothing rest the same four stood unchanged above Undo, so that whoever had
    pressed the wrong one pressed another one, which is a second call.
    """
    now, desk = timezone.now(), ["said_yes", "said_no", "calls_back", "not_reached"]
    for minutes, open_now, folded in ((1, ["put_back"], desk), (16, desk, [])):
        call = Call(side=ME, answer="not_reached", at=now - timedelta(minutes=minutes))
        one = replace(late(1), phone="+992 00 01", reason="answer", call=call)
        found = calls.of_body([one], now)
        assert [answer for answer, _label in found["answers"]] == open_now
        assert [answer for answer, _label in found.get("again", {}).get("answers", ())] == folded


def test_one_press_for_several_says_which_call_it_is_of(house: Senders) -> None:
    """Red before: "Not reached" at the right of two referrals, of which one waited for a call to its sender."""
    sent = []
    for _each in range(3):
        house.agreed(case := house.case())
        sent.append(house.sent(case))
    with house.as_("desk-shelter") as gulnora:
        desk_phone.record(gulnora, phone="+992 00 01")
    pass_time(hours=3)
    farida = house.browser("coordinator")
    assert "You called Shelter Kulob about 3 referrals: Not reached" in page_text(farida.get("/"))
    press(farida, f"/coordination/{sent[0].code}/call/", "said_no", **{"from": "today"})
    page = farida.get("/").content.decode()
    assert "You called Shelter Kulob about 2 referrals: Not reached" in page_text(farida.get("/"))
    assert "Call who sent it: Cso Kulob" in page
    assert "Call: Shelter Kulob" in page
    whole = page.rpartition("You called Shelter Kulob")[0].rpartition("<form")[2]
    assert sent[0].code not in whole


def test_nobody_answered_is_of_those_alone_that_have_no_answer_in_this_call() -> None:
    """Red before: after "They said no" about one the press for all stayed, and wrote on that one, too, that nobody was
    reached.
    """
    now = timezone.now()

    def owed(number: int, *said: str) -> Due:
        call = Call(side=ME, answer=said[0], at=now - timedelta(minutes=1)) if said else None
        return replace(late(number), referral=str(number), phone="+992 00 01", reason="answer", call=call)

    three = calls.of_body([owed(1), owed(2, "said_no"), owed(3)], now)
    assert three["also"] == ["3"]
    assert calls.of_body([owed(1), owed(2, "said_no")], now) == {}, "it is said under the line of the one that is left"
    again = calls.of_each(owed(1), [owed(1), owed(2, "said_no")], now)
    assert "not_reached" in dict(again["answers"]), "there it can be said"


@pytest.mark.parametrize("ended", ["declined", "accepted"])
def test_a_call_that_came_too_late_names_which_and_whom_to_call(house: Senders, ended: str) -> None:
    """Red before: "this referral is Declined by now, and no answer is awaited": a yes against a written no was lost."""
    house.agreed(case := house.case())
    sent = house.sent(case)
    senders_phone(house)
    pass_time(hours=3)
    farida = house.browser("coordinator")
    if ended == "accepted":
        house.accepted(sent)
    else:
        with house.as_("desk-shelter") as gulnora:
            receive.decline(gulnora, Referral.objects.get(pk=sent.pk), version=version(sent), reason="full")
    text = press(farida, f"/coordination/{sent.code}/call/", "said_yes", **{"from": "today"})
    number, state = grouped(sent.code).replace("\u00a0", " "), ended.capitalize()
    assert f"The call was not recorded: {number}, Shelter Kulob, is “{state}” by now (today" in text
    assert re.search(r"call the sender: Cso Kulob, \+992 00 07\. Ask for its team\.", text.replace("\u00a0", " "))
    text = press(farida, f"/coordination/{sent.code}/call/", "not_reached")
    assert "call the sender" not in text, "nothing was heard"


def late(hour: int, referral: str = "1", *, first: str = "", spoken: bool = False, came: bool = False) -> Due:
    at = NINE + timedelta(hours=hour)
    quiet = at + timedelta(days=9) if spoken else None
    word = Call(side="S", answer="came", at=at) if came else None
    return Due(what="national.late", late=True, at=at, referral=referral, first=first, quiet_until=quiet, word=word)


CALM, CHILD, CALLED, DISPUTED, CAME = (
    (late(1, "1"), late(3, "2")),
    (late(2, "3", first="child"), late(5, "4", first="kind")),
    (late(0, "5", spoken=True),),
    (late(0, ""),),
    (late(0, "6", came=True),),
)


@pytest.mark.parametrize(
    "rows",
    [
        CALM,
        (*CALM, *CALLED),
        (*CALM, *DISPUTED),
        (*CALM, *CALLED, *DISPUTED),
        (*CALM, *CAME),
        (*CALM, *CHILD),
        (*CALM, *CHILD, *CALLED),
        (*CALM, *CHILD, *CALLED, *DISPUTED, *CAME),
    ],
)
def test_what_is_said_of_the_order_is_the_order(rows: tuple[Due, ...]) -> None:
    """Red before: one of ten rules, another one after each press."""
    shown = order._in_order("late", rows)
    assert views._order("late", shown) == RULE
    waits = [one for one in shown if one.referral and not (one.spoken or one.is_said_to_have_come)]
    assert tuple(waits) == shown[: len(waits)], "what can wait stands last"
    assert waits == sorted(waits, key=lambda one: (not one.first, one.at))


def test_who_was_called_is_not_said_to_be_called(house: Senders) -> None:
    """Red before: "Call: Shelter Kulob" still headed the row after the call."""
    _sent, call = expected(house)
    farida = house.browser("coordinator")
    press(farida, call, "with_them", **{"from": "today"})
    assert head(farida.get("/").content.decode()) == "Shelter Kulob"
