"""A yes by telephone that a coordinator passed on, and that became a no: she is asked to call the sender (ADR 123)."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from django.db import connection

from hamkori.audit.models import Ledger
from hamkori.casework.referral.actions import receive
from hamkori.casework.referral.models import Referral
from hamkori.casework.work.actions import clock
from tests.cast import pass_time
from tests.database import as_role, god
from tests.doors import DoorClient
from tests.web.senders import Senders, closes, counted, page_text, records, state, version

pytestmark = pytest.mark.django_db
LATE = "/coordination/late/"
ROW = "Call who sent it: Cso Kulob"
SINCE = {
    "declined": "Shelter Kulob had said yes by telephone, and has declined since",
    "unaccepted": "Shelter Kulob had said yes by telephone, and has returned it since",
    "lapsed": "Shelter Kulob had said yes by telephone, and did not answer: it has expired",
}


@pytest.fixture
def sent(house: Senders) -> Referral:
    """A place for tonight, asked for urgently of a desk that is closed."""
    closes(house)
    records(house)
    house.agreed(case := house.case())
    found = house.sent(case)
    farida = house.browser("coordinator")
    farida.post("/coordination/cso-kulob/phone/", {"operation": str(uuid4()), "phone": "+992 00 000 00 07"})
    pass_time(minutes=1)
    return found


def says(farida: DoorClient, referral: Referral, answer: str, page: str = "today") -> str:
    press = {"operation": str(uuid4()), "from": page, "answer": answer}
    said = page_text(farida.post(f"/coordination/{referral.code}/call/", press, follow=True))
    pass_time(minutes=1)
    return said


def declines(house: Senders, referral: Referral) -> None:
    with house.as_("desk-shelter") as desk:
        card = Referral.objects.get(pk=referral.pk)
        receive.decline(desk, card, version=card.version, reason="full")
    pass_time(minutes=1)


def gives_back(house: Senders, referral: Referral) -> None:
    house.accepted(referral)
    pass_time(minutes=1)
    with house.as_("shelter-worker") as parvina:
        mine = Referral.objects.get(pk=referral.pk)
        receive.unaccept(parvina, mine, version=mine.version, reason="no_place_now")
    pass_time(minutes=1)


def is_not_answered(_house: Senders, referral: Referral) -> None:
    for _hours in range(24):  # with a weekend between
        pass_time(hours=6)
        with as_role("hk_clock"):
            clock.tick()
        if state(referral) == "lapsed":
            break


ENDS = {"declined": declines, "unaccepted": gives_back, "lapsed": is_not_answered}


def seen_by(house: Senders, slug: str) -> list[tuple[object, ...]]:
    """What the database gives of it, by this person's own statement."""
    with house.as_(slug), connection.cursor() as cursor:
        cursor.execute("select * from national_owed('{}') where clock_code = 'no_after_yes'")
        return list(cursor.fetchall())


def stands(farida: DoorClient) -> bool:
    """On her Today, on the page of late answers, and counted in the rail; or in none of them."""
    today, late = page_text(farida.get("/")), page_text(farida.get(LATE))
    found = {ROW in today, ROW in late, "Today 1 1 to call now" in today, "Late answers 1 to call now" in late}
    assert len(found) == 1, "all of them say it, or none does"
    return found.pop()


@pytest.mark.parametrize("how", ["declined", "unaccepted", "lapsed"])
def test_she_is_asked_to_call_the_sender_until_one_of_them_has(house: Senders, sent: Referral, how: str) -> None:
    """Red before: her row vanished without a word, though she had told the sender yes."""
    farida = house.browser("coordinator")
    says(farida, sent, "said_yes")
    says(farida, sent, "sender")
    assert seen_by(house, "coordinator") == [], "it is still a yes"
    ENDS[how](house, sent)
    assert state(sent) == how
    assert stands(farida)
    for page in ("/", LATE):
        with counted():
            whole = farida.get(page).content.decode()
        row = whole.partition('<ul class="work')[2].partition("</li>")[0]
        number = f"{sent.code[:4]} {sent.code[4:]}"
        for word in (ROW, number, SINCE[how], "+992 00 000 00 07", "I called the sender"):
            assert word in re.sub(r"<[^>]+>", "", row).replace("\u00a0", " "), (page, word)
        assert row.count("<button") == 1, "nothing else can be said of it"
        for hidden in ("No place now", "Woman", "18-29", "Khatlon", "Canary", "Zarina", "Parvina"):
            assert hidden not in row, hidden
    ((code, to, _kind, urgency, _clock, _at, service, sender, *rest),) = seen_by(house, "coordinator")
    bodies = house.world.bodies
    assert (code, to, urgency, service, sender) == (sent.code, bodies["shelter-kulob"], "", None, bodies["cso-kulob"])
    assert rest == [None, how, None, None], "nor by her own statement"
    for slug in ("caseworker-cso", "supervisor-cso", "desk-shelter", "auditor"):
        assert seen_by(house, slug) == [], slug
    before, press = version(sent), {"operation": str(uuid4()), "from": "today", "answer": "sender"}
    said = page_text(farida.post(f"/coordination/{sent.code}/call/", press, follow=True))
    assert "Saved: you called the sender, Cso Kulob." in said
    pass_time(minutes=1)
    again = farida.post(f"/coordination/{sent.code}/call/", press, follow=True)
    assert (again.status_code, again.redirect_chain[-1][0]) == (200, "/"), "a double press writes nothing more"
    assert not stands(farida), "one call is enough"
    assert seen_by(house, "coordinator") == []
    with god():
        last = Ledger.objects.filter(action_code="referral.late", decision_code="done").latest("at")
        assert (last.object_id, last.reason_code) == (sent.pk, "sender")
        assert Ledger.objects.filter(object_id=sent.pk, reason_code="sender", decision_code="done").count() == 2
    assert version(sent) == before, "nothing of the referral moves"


def test_of_such_a_one_nothing_else_is_said_and_after_a_day_nothing(house: Senders, sent: Referral) -> None:
    """The wall takes that the sender was called, and no other answer."""
    farida, called = house.browser("coordinator"), f"/coordination/{sent.code}/call/"
    says(farida, sent, "said_yes")
    declines(house, sent)
    for answer in ("reached", "not_reached", "said_yes", "said_no", "calls_back"):
        late = farida.post(called, {"operation": str(uuid4()), "answer": answer}, follow=True)
        assert "The call was not recorded: " in page_text(late), answer
    with house.as_("coordinator"), connection.cursor() as cursor:
        cursor.execute("select referral_to_call(%s), referral_to_call(%s, 'reached')", [sent.code, sent.code])
        assert cursor.fetchall() == [(None, None)]
        cursor.execute("select count(*) from referrals_called()")
        assert cursor.fetchall() == [(0,)], "who called about it is no business of hers any more"
        cursor.execute("select referral_to_call(%s, 'sender')", [sent.code])
        assert cursor.fetchall() == [(sent.pk,)]
    for slug in ("caseworker-cso", "desk-shelter", "supervisor-cso", "auditor"):
        press = {"operation": str(uuid4()), "answer": "sender"}
        assert house.browser(slug).post(called, press).status_code in (403, 404), slug
        with house.as_(slug), connection.cursor() as cursor:
            cursor.execute("select referral_to_call(%s, 'sender')", [sent.code])
            assert cursor.fetchall() == [(None,)], slug
    assert stands(farida)
    pass_time(days=1)
    assert not stands(farida)
    assert farida.post(called, {"operation": str(uuid4()), "answer": "sender"}).status_code == 404


@pytest.mark.parametrize("heard", [(), ("said_no",), ("calls_back",), ("said_yes", "said_no")])
def test_where_no_yes_was_heard_last_nothing_of_a_no_is_told(
    house: Senders, sent: Referral, heard: tuple[str, ...]
) -> None:
    farida = house.browser("coordinator")
    for answer in heard:
        says(farida, sent, answer)
    declines(house, sent)
    assert not stands(farida)
    assert seen_by(house, "coordinator") == []
    press = {"operation": str(uuid4()), "answer": "sender"}
    late = farida.post(f"/coordination/{sent.code}/call/", press, follow=True)
    assert late.status_code == 404 or "The call was not recorded: " in page_text(late)
    with god():
        assert not Ledger.objects.filter(object_id=sent.pk, reason_code="sender", decision_code="done").exists()


@pytest.mark.parametrize("after", ["calls_back", "not_reached"])
def test_a_call_after_the_yes_that_brought_no_no_does_not_undo_it(house: Senders, sent: Referral, after: str) -> None:
    farida = house.browser("coordinator")
    says(farida, sent, "said_yes")
    says(farida, sent, after)
    declines(house, sent)
    assert stands(farida)


def test_a_yes_that_stays_a_yes_tells_nothing(house: Senders, sent: Referral) -> None:
    farida = house.browser("coordinator")
    says(farida, sent, "said_yes")
    house.accepted(sent)
    pass_time(minutes=1)
    assert not stands(farida)
    assert seen_by(house, "coordinator") == []
    house.finished(sent)
    assert seen_by(house, "coordinator") == []
