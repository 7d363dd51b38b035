"""What was said on the telephone about a referral that waits is read on both sides, and answers nothing (ADR 0121)."""

from __future__ import annotations

import json
import re
from uuid import uuid4

import pytest
from django.db import connection

from hamkori.casework.referral.actions import send
from hamkori.casework.referral.models import Referral, ReferralClock
from hamkori.casework.referral.queries.calls import calls_now, counting
from hamkori.notices.models import Notice
from tests.cast import pass_time
from tests.database import god
from tests.doors import DoorClient
from tests.web.forms_of import fields
from tests.web.senders import Senders, closes, page_text, records
from tests.web.test_coordinator_is_told import counted_alike
from tests.web.test_red_alike import counted
from tests.web.test_the_way_on import another

pytestmark = pytest.mark.django_db
LATE = "/coordination/late/"


def press(browser, at: str, answer: str, **more: str) -> str:
    form = {"operation": str(uuid4()), "answer": answer, **more}
    text = page_text(browser.post(at, form, follow=True))
    pass_time(minutes=1)
    return text


def stands(referral: Referral) -> tuple[object, ...]:
    with god():
        found = Referral.objects.get(pk=referral.pk)
        clocks = ReferralClock.objects.filter(referral=referral).order_by("clock_code")
        return found.state_code, found.version, [(one.clock_code, one.due_at) for one in clocks], Notice.objects.count()


READERS = ("desk-shelter", "caseworker-cso", "supervisor-cso", "shelter-worker", "coordinator", "auditor")


def read_by(house: Senders, referral: Referral) -> dict[str, list[str] | None]:
    """What the database lets each of them read of the calls, the newest first."""
    found: dict[str, list[str] | None] = {}
    for slug in READERS:
        with house.as_(slug), connection.cursor() as cursor:
            cursor.execute("select referral_calls(%s)", [referral.pk])
            said = cursor.fetchone()[0]
        found[slug] = said and [f"{one['side']} {one['answer']}" for one in json.loads(said)]
    return found


def the_desk_reads_what_it_said(house: Senders, sent: Referral, page: str) -> None:
    """Red before: of a place that was promised on the telephone whoever answered in Hamkori knew nothing."""
    read = read_by(house, sent)
    assert read["caseworker-cso"] == read["supervisor-cso"]
    theirs = read["caseworker-cso"] or []
    assert {"S not_reached", "S coordinator", "N reached", "N not_reached"} <= {*theirs}
    assert "N sender" not in theirs, "that was the coordinator's call to themselves"
    assert read["desk-shelter"] == ["S said_yes", "S said_no", "S calls_back", "S said_yes", "S said_no"]
    assert {read[slug] for slug in ("shelter-worker", "coordinator", "auditor")} == {None}, "they stand on no side"
    gulnora = house.browser("desk-shelter")
    for at in ("/", "/desk/", page):
        text = page_text(gulnora.get(at))
        assert re.search(r"The sender called today \d\d:\d\d: somebody of yours said yes", text), at
        assert len(re.findall("The sender called", text)) == 1, "the last yes or no alone"
        for hidden in ("not reached", "coordinator called", "Zarina", "caseworker-cso"):
            assert hidden not in text, (at, hidden)
    assert "Only your answer here counts." in page_text(gulnora.get(page))


def a_yes_is_read_everywhere(zarina: DoorClient, of_case: str, page: str) -> None:
    """After the coordinator's two calls, the last of them a yes."""
    for at in ("/cases/", of_case, page):
        assert "Yes by telephone, not confirmed" in page_text(zarina.get(at)), at
    today = page_text(zarina.get("/"))
    assert (today.count("yes, not confirmed in Hamkori yet"), "Yes by telephone" in today) == (1, False), "once"
    for at in ("/cases/", page):
        assert "No place" not in page_text(zarina.get(at)), at
    for at in (of_case, page):  # Red before: the case listed the team's calls alone.
        assert page_text(zarina.get(at)).partition("What happened")[2].count("The coordinator") == 2, at


def test_the_sender_reads_the_coordinators_call_and_rests_by_it(house: Senders) -> None:
    """Red before: the sender called the same silent number, and of the coordinator's "yes" read nothing."""
    closes(house)
    records(house)
    another(house)
    case = house.case({"need_tonight_codes": ["safe_place"]})
    house.agreed(case)
    sent = house.sent(case)
    pass_time(minutes=1)
    zarina, farida = house.browser(), house.browser("coordinator")
    page, call = f"/referrals/{sent.code}/", f"/coordination/{sent.code}/call/"
    pages = ("/", f"/cases/{case.code}/", page, f"/cases/{case.code}/first/?step=sent&of={sent.code}")
    called = r"The coordinator called today \d\d:\d\d: {}"

    def counts_alike(answer: str | None) -> None:
        """The database and the pages say the same of which call counts."""
        with house.as_(), connection.cursor() as cursor:
            cursor.execute("select referral_heard(%s)", [sent.pk])
            counts = counting(calls_now(sent.pk))
            assert cursor.fetchone()[0] == answer == (counts.answer if counts else None)
        rests = answer not in (None, "said_no", "not_reached")
        assert ("Call now" in page_text(zarina.get("/"))) is not rests
        for slug in ("caseworker-cso", "supervisor-cso"):
            counted(house, slug)

    press(farida, call, "not_reached")
    counts_alike(None)
    for at in pages:
        text = page_text(zarina.get(at))
        assert re.search(called.format("not reached"), text), at
        assert "only a call helps" in text or "but the organisation is closed until" in text, at
    press(farida, call, "said_yes")
    counts_alike("said_yes")
    for at in pages:
        assert re.search(called.format("yes, not confirmed in Hamkori yet"), page_text(zarina.get(at))), at
    a_yes_is_read_everywhere(zarina, f"/cases/{case.code}/", page)
    gulnora = page_text(house.browser("desk-shelter").get(page))
    assert re.search(called.format("somebody of yours said yes"), gulnora)
    press(zarina, f"{page}call/", "not_reached")
    counts_alike("said_yes")
    assert re.search(called.format("yes, not confirmed"), page_text(zarina.get("/"))), "the yes stays (ADR 185)"
    stale = {
        url: fields(who.get(at), url)["read_at"]
        for who, at, url in ((zarina, page, f"{page}call/"), (farida, LATE, call))
    }
    press(farida, call, "said_no")
    counts_alike("said_no")
    # Red before: another window, read before that, said "yes" a moment later, in green, and nobody was asked.
    for who, url in ((zarina, f"{page}call/"), (farida, call)):
        text = press(who, url, "said_yes", read_at=str(stale[url][0]))
        assert re.search(r"Not saved yet\. Recorded meanwhile: .*: no, not confirmed in Hamkori yet\.", text), url
    counts_alike("said_no")
    assert "Not saved yet" not in press(zarina, f"{page}call/", "said_no", read_at=str(stale[f"{page}call/"][0]))
    assert f'href="{page}again/">Ask another organisation' in zarina.get("/").content.decode()
    with house.as_() as lead:
        send.withdraw(lead, Referral.objects.get(pk=sent.pk), how_said="in_person")
    assert read_by(house, sent)["desk-shelter"] is None, "after the person's no"


def rests_by_what_was_said_there(zarina: DoorClient, farida: DoorClient, code: str) -> None:
    """The coordinator's row of what the sender called about."""
    # Red before: the coordinator was still told to call the same desk. She reads the call, and it rests.
    assert re.search(r"Cso Kulob called today \d\d:\d\d: yes, not confirmed", page_text(farida.get("/")))
    assert counted_alike(farida) == {"reached": 1}
    press(farida, f"/coordination/{code}/call/", "not_reached")
    assert counted_alike(farida) == {"to call now": 1}, "what came of the newest call counts"
    assert re.search(r"Cso Kulob called today \d\d:\d\d: yes, not confirmed", page_text(farida.get("/")))
    press(farida, f"/coordination/{code}/call/", "sender")
    assert counted_alike(farida) == {"to call now": 1}, "a call to the sender is none to them"
    press(zarina, f"/referrals/{code}/call/", "calls_back")
    assert counted_alike(farida) == {"reached": 1}
    press(farida, f"/coordination/{code}/call/", "reached")
    press(zarina, f"/referrals/{code}/call/", "not_reached")
    assert counted_alike(farida) == {"reached": 1}, "who reached nobody undoes no call of hers"
    press(zarina, f"/referrals/{code}/call/", "coordinator")
    for at in ("/", LATE):
        assert re.search(r"You called today \d\d:\d\d: reached", page_text(farida.get(at))), "her own call stays"
    press(zarina, f"/referrals/{code}/call/", "said_no")
    assert counted_alike(farida) == {"to call now": 1}, "a no does"
    press(zarina, f"/referrals/{code}/call/", "said_yes")


def test_what_was_said_on_the_telephone_stands_and_answers_nothing(house: Senders) -> None:
    """Red before: after "Reached" nobody could write what they had said, and a "no" looked like a "yes"."""
    closes(house)
    records(house)
    another(house)
    case = house.case()
    house.agreed(case)
    sent = house.sent(case)
    pass_time(minutes=1)
    before, zarina, farida = stands(sent), house.browser(), house.browser("coordinator")
    page, after = f"/referrals/{sent.code}/", f"/cases/{case.code}/first/?step=sent&of={sent.code}"
    assert "They said yes They said no Reached nobody Something else They will call back" in page_text(zarina.get("/"))
    for at in (after, page):  # what a call brings less often is folded
        assert "They said yes They said no They will call back Reached nobody" in page_text(zarina.get(at)), at
    # A no: the alarm stays, and what is left to do is another organisation.
    answer = zarina.post(f"{page}call/", {"operation": str(uuid4()), "answer": "said_no", "from": "sent"})
    assert answer["Location"] == after, "who reads what comes next stays there"
    assert "Caseworker Cso called today" in page_text(zarina.get(after))
    assert f'href="{page}again/"' in zarina.get(after).content.decode()
    listed = page_text(zarina.get(f"{page}again/"))  # red before: "no answer yet"
    assert re.search(r"Shelter Kulob[^.]*, said no by telephone today \d\d:\d\d", listed)
    today = zarina.get("/").content.decode()
    assert re.search(r"Call now 1 They said no: .* called today \d\d:\d\d, answer by ", page_text(zarina.get("/")))
    assert f'href="{page}again/">Ask another organisation' in today
    assert "no, not confirmed in Hamkori yet" in page_text(zarina.get(page))
    assert "only a call helps" not in page_text(zarina.get(page))
    assert "no, not confirmed in Hamkori yet" in page_text(farida.get(LATE)), "who reads the call today"
    assert counted_alike(farida) == {"to call now": 1}, "a no of the sender calms nothing"
    pass_time(minutes=1)
    text = press(zarina, f"{page}call/", "not_reached")
    assert re.search(
        r"Recorded before: (?:Caseworker|Supervisor) Cso called today \d\d:\d\d: no, not confirmed", text
    ), "a no is not lost"
    assert re.search(r"Nobody reached: .* no, not confirmed in Hamkori yet", page_text(zarina.get("/")))
    # A yes: it is awaited in Hamkori, as after "Reached".
    text = press(zarina, f"{page}call/", "said_yes", **{"from": "today"})
    assert "Write down hour and place, or correct what was said" in text, "red before: the row of Today had no way on"
    assert "said yes by telephone. In Hamkori it is still open." in text
    there = page_text(zarina.get(page))
    assert "Called again, or they rang" in there, "red before: the page behind the box had no such word"
    assert "Undo" in there
    assert re.search(r"(?:Caseworker|Supervisor) Cso called today \d\d:\d\d: yes, not confirmed in Hamkori yet", text)
    assert "Call now" not in text
    for at in (after, page):  # Red before: whether the person may go there tonight was not said.
        said = page_text(zarina.get(at))
        assert "Agree with them by telephone when and where they meet the person. Name nobody." in said, at
        again = r"Send it again when they open \([^.]*\d\d:\d\d\), and ask them to accept it then\."
        ends = r"\d\d:\d\d, before they open: then what you sent is deleted, also hour and meeting point\."
        assert re.search(f"{ends} {again}", said), at
    assert "Yes by telephone, not confirmed" in page_text(zarina.get(page)), "in place of no place for tonight yet"
    rests_by_what_was_said_there(zarina, farida, sent.code)
    assert "They will call back" in page_text(zarina.get(page)), "another call can be said"
    assert stands(sent) == before, "no state, no clock, no version, nobody is told"
    the_desk_reads_what_it_said(house, sent, page)
    house.accepted(sent)
    assert read_by(house, sent)["desk-shelter"] is None, "whoever has answered reads it no more"
    assert "somebody of yours" not in page_text(house.browser("desk-shelter").get(page))
    stale = {"operation": str(uuid4()), "answer": "said_no"}
    assert "you heard a no. Call them once more." in page_text(zarina.post(f"{page}call/", stale)), "not lost silently"


def test_the_coordinator_keeps_what_a_desk_said_about_one_that_waits(house: Senders) -> None:
    closes(house)
    records(house)
    case = house.case()
    house.agreed(case)
    sent = house.sent(case)
    pass_time(hours=3)
    farida, call = house.browser("coordinator"), f"/coordination/{sent.code}/call/"
    assert "They said yes They said no They will call back Not reached" in page_text(farida.get("/"))
    text = press(farida, call, "said_no")
    assert "said no by telephone. Now call who sent it: Cso Kulob" in text
    assert re.search(r"You called today \d\d:\d\d: no, not confirmed in Hamkori yet", text)
    assert "I called the sender" in text
    assert "Call now 1" in page_text(farida.get("/")), "a no calms nothing"
    text = press(farida, call, "calls_back")
    assert "will call back. Their answer is still open." in text
    assert "Reached: the answer is awaited 1" in page_text(farida.get("/"))
    assert "Another call" in page_text(farida.get("/"))
    text = press(farida, call, "said_yes")
    assert "said yes by telephone. Now tell who sent it: Cso Kulob" in text
    assert "Agree with them" not in text, "that is its sender's"
    press(farida, call, "sender")
    # Red before: "Reached: the answer is awaited", and they had said yes.
    assert "They said yes by telephone 1" in page_text(farida.get("/")), "a yes rests, once the sender knows of it"
    house.accepted(sent)
    pass_time(days=2)
    assert "it has not said whether the person came" in page_text(farida.get(LATE))
    assert farida.post(call, {"operation": str(uuid4()), "answer": "said_yes"}).status_code == 400, "of no arrival"


@pytest.mark.parametrize(("ended", "said"), [("withdrawn", "No longer waits"), ("accepted", "Accepted")])
def test_who_ended_it_is_not_told_to_a_coordinator_who_calls_too_late(house: Senders, ended: str, said: str) -> None:
    """Red before: for twelve hours she read that the person had ended it."""
    closes(house)
    case = house.case()
    house.agreed(case)
    sent = house.sent(case)
    pass_time(hours=3)
    farida = house.browser("coordinator")
    if ended == "accepted":
        house.accepted(sent)
    else:
        with house.as_() as zarina:
            send.withdraw(zarina, Referral.objects.get(pk=sent.pk), how_said="in_person")
    pressed = {"operation": str(uuid4()), "answer": "reached"}
    text = page_text(farida.post(f"/coordination/{sent.code}/call/", pressed, follow=True))
    assert f"Shelter Kulob, is “{said}” by now" in text
    assert "Ended" not in text


def test_who_said_yes_by_telephone_is_called_off(house: Senders) -> None:
    """Red before: the person stopped everything, and nobody was told to call who might wait at a meeting point."""
    closes(house)
    records(house)
    case = house.case()
    house.agreed(case)
    sent = house.sent(case)
    pass_time(minutes=1)
    zarina, farida, page = house.browser(), house.browser("coordinator"), f"/referrals/{sent.code}/"
    press(farida, f"/coordination/{sent.code}/call/", "said_yes")
    press(zarina, f"{page}call/", "not_reached")
    before = f"/cases/{case.code}/consent/withdraw/"
    yes = r"said yes by telephone \(today \d\d:\d\d\): call them, and say that nobody comes"
    told = rf"{yes}\. Name nobody\. Referral desk: "
    assert re.search(told, page_text(zarina.get(before))), "the coordinator heard it, and it counts"
    assert "call-off" not in zarina.get("/").content.decode(), "it waits"
    form = fields(zarina.get(before)) | {"took": ["all"], "how_said": "in_person"}
    after = page_text(zarina.post(before, form, follow=True))
    assert re.search(told, after)
    assert "Ask for consent again only if the person raises it." in after
    assert "Ask the person" not in after
    pass_time(minutes=1)
    for who in ("caseworker-cso", "supervisor-cso"):
        for at in ("/", page):
            assert re.search(told, page_text(house.browser(who).get(at))), (who, at)
    assert "Ask another organisation" not in page_text(zarina.get(page)), "after a no"
    for who in ("desk-shelter", "coordinator"):
        assert "nobody comes" not in page_text(house.browser(who).get("/")), who
    text = press(zarina, f"{page}call/", "not_reached", **{"from": "today"})
    assert "was not reached. Call again: for a week this stays on Today." in text
    assert re.search(told, text)
    assert zarina.post(f"{page}call/", {"operation": str(uuid4()), "answer": "said_yes"}).status_code == 409
    assert "was told that nobody comes." in press(zarina, f"{page}call/", "reached")
    for at in ("/", page):
        assert "say that nobody comes" not in page_text(zarina.get(at)), at
    assert zarina.post(f"{page}call/", {"operation": str(uuid4()), "answer": "reached"}).status_code == 409
