"""An urgent referral to a desk that nobody reads in time: the coordinator is told as it is sent (ADR 0106)."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from django.db import connection

from hamkori.notices.models import Notice
from tests.cast import pass_time
from tests.database import god
from tests.doors import DoorClient
from tests.web.senders import Senders, closes, page_text, records, referrals
from tests.web.senders import asked as question
from tests.web.test_the_way_on import another

pytestmark = pytest.mark.django_db
LATE, TOLD = "/coordination/late/", re.compile(r"The coordinator has been told today \d\d:\d\d\.")


def told() -> int:
    with god():
        return Notice.objects.filter(key_code="closed_there").count()


def asked(slug: str, house: Senders) -> list[tuple[object, ...]]:
    with house.as_(slug), connection.cursor() as cursor:
        cursor.execute("select code, from_organisation_id from referrals_closed_there()")
        return cursor.fetchall()


AWAITED = {"reached": "reached, answer awaited"}


def counted_alike(farida: DoorClient) -> dict[str, int]:
    """How many the lists of Today hold; red before: the head said other numbers, and the rail a third one."""
    today, page = (page_text(farida.get(at)).replace("\N{NO-BREAK SPACE}", " ") for at in ("/", LATE))
    rests = "(?:Reached: the answer is awaited|They said yes by telephone|Sender not reached: call again)"
    headings = {"to call now": "Call now", "reached": rests, "late": "Late"}
    found = {what: re.findall(rf"\b{heading} (\d+) ", today) for what, heading in headings.items()}
    counts = {what: sum(map(int, numbers)) for what, numbers in found.items() if numbers}
    said = " · ".join(f"{n} {what}" for what, n in counts.items() if what != "reached")
    rail = sum(n for what, n in counts.items() if what != "reached")
    assert re.search(rf"\d\d?:?.* {re.escape(said)}" if said else "Today", today)
    whole = " · ".join(f"{n} {AWAITED.get(what, what)}" for what, n in counts.items())
    assert f"Late answers {whole or 'Nothing is late.'}" in page, "her page says of whom an answer is awaited, too"
    for whole in (today, page):
        assert not rail or f"Today {rail} {said} " in whole, "the rail"
    return counts


def the_sender_is_called(farida: DoorClient, code: str) -> None:
    for page in (page_text(farida.get(LATE)), page_text(farida.get("/"))):
        said = ("I called the sender" in page, "he sender reads this in Hamkori: call them too" in page)
        assert said == (True, True), "until it is said"
    answer = page_text(
        farida.post(f"/coordination/{code}/call/", {"operation": str(uuid4()), "answer": "sender"}, follow=True)
    )
    assert re.search(r"You called the sender today \d\d:\d\d", answer)
    assert counted_alike(farida) == {"to call now": 1}, "nobody there knows of it yet"
    assert "I called the sender" not in answer, "once"
    assert "call them too" not in answer + page_text(farida.get("/"))
    pass_time(minutes=1)


def first_to_call(farida: DoorClient) -> str:
    """What stands under "Call now", where an organisation owes two answers; each hour is said once."""
    row = farida.get("/").content.decode().partition("2\u00a0referrals")[2].partition("</li>")[0]
    hours = re.findall(r">(?:late since|answer by) [^<]+", row)
    assert 1 <= len(hours) == len({*hours})
    return page_text(farida.get("/")).partition("Call now")[2]


def test_the_coordinator_is_told_at_once_of_what_nobody_reads_in_time(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    open_yet = house.sent(case)
    assert (told(), asked("coordinator", house)) == (0, []), "its hours are not known"
    closes(house)
    second = house.case()
    house.agreed(second)
    house.sent(second, "normal")
    assert told() == 0, "what can wait tells nobody"
    third = house.case()
    house.agreed(third)
    sent = house.sent(third)
    assert told() == 1
    pass_time(minutes=1)
    records(house)
    zarina, farida = house.browser(), house.browser("coordinator")
    farida.post("/coordination/cso-kulob/phone/", {"operation": str(uuid4()), "phone": "+992 00 000 00 07"})
    for page in (f"/referrals/{sent.code}/", f"/cases/{third.code}/first/?step=sent&of={sent.code}"):
        assert TOLD.search(page_text(zarina.get(page))), page
        assert "the coordinator is told" not in page_text(zarina.get(page))
    assert not TOLD.search(page_text(zarina.get(f"/referrals/{open_yet.code}/"))), "nobody was told of this one"
    number = f"{sent.code[:4]} {sent.code[4:]}"
    today, page = page_text(farida.get("/")), page_text(farida.get(LATE))
    for said in (today.partition("Call now")[2], page):
        for word in (
            number,
            "Shelter Kulob",
            "00\u201111",
            "losed until",
            "sender: Cso Kulob, +992 00 000 00 07",
        ):
            assert word in said, word
        assert re.search(r"[Aa]nswer by \d\d:\d\d", said), "by when"
        for hidden in (third.code, "Woman, 18", "Khatlon", "Canary", f"{open_yet.code[:4]} {open_yet.code[4:]}"):
            assert hidden not in said, hidden
    assert counted_alike(farida) == {"to call now": 1}, "and it is no lateness"
    assert asked("coordinator", house) == [(sent.code, house.world.bodies["cso-kulob"])]
    for slug in ("caseworker-cso", "desk-shelter", "supervisor-cso", "auditor"):
        assert asked(slug, house) == [], slug
    said = {"operation": str(uuid4()), "answer": "not_reached"}
    answer = page_text(farida.post(f"/coordination/{sent.code}/call/", said, follow=True))
    assert "was not reached. Now call who sent it: Cso Kulob, +992" in answer.replace("\u00a0", " ")
    assert "In danger: 112 (not confirmed)." in answer
    pass_time(minutes=1)
    the_sender_is_called(farida, sent.code)
    said = {"operation": str(uuid4()), "answer": "reached"}
    answer = page_text(farida.post(f"/coordination/{sent.code}/call/", said, follow=True))
    assert re.search(r"You called today \d\d:\d\d: reached", answer)
    assert re.search(r"was reached\. Without an answer you call again at \d\d:\d\d\.", answer)
    assert counted_alike(farida) == {"reached": 1}, "the rail counts no call that was made"
    assert "Call: Shelter Kulob" not in page_text(farida.get("/"))
    pass_time(hours=3)
    assert counted_alike(farida) == {"to call now": 2}, "due: it comes back, beside one that nobody was told of"
    first = first_to_call(farida)
    assert number in first
    assert "sender: Cso Kulob" in first
    assert not TOLD.search(page_text(zarina.get(f"/referrals/{sent.code}/")))
    house.accepted(sent)
    assert number not in page_text(farida.get("/"))


def test_the_sender_says_that_they_called_and_asks_another_from_the_same_box(house: Senders) -> None:
    closes(house)
    case, other = house.case(), house.case()
    house.agreed(case)
    house.agreed(other)
    calm, sent = house.sent(other, "normal"), house.sent(case)
    another(house)
    pass_time(minutes=1)
    zarina, farida = house.browser(), house.browser("coordinator")
    late, today = (farida.get(at).content.decode() for at in (LATE, "/"))
    assert ("<b>answer by" in late, "<b>answer by" in today) == (True, True)
    assert not re.search("when late|t-late", late + today), "red is what is late"
    assert re.search(r'class="bold[^>]*>answer by', zarina.get("/cases/").content.decode())
    page = zarina.get(f"/referrals/{sent.code}/").content.decode()
    assert page.index(f'href="/referrals/{sent.code}/again/"') < page.index("What can be done now"), "in the red box"
    assert zarina.get(f"/referrals/{sent.code}/again/").status_code == 200
    assert zarina.get(f"/referrals/{calm.code}/again/").status_code == 409, "that one can wait"
    called = f"/referrals/{sent.code}/call/"
    assert zarina.post(called, {"operation": str(uuid4()), "answer": "perhaps"}).status_code == 400
    answer = zarina.post(called, {"operation": str(uuid4()), "answer": "not_reached"}, follow=True)
    assert "Saved: you called and reached nobody." in page_text(answer)
    ours = re.compile(r"(?:Caseworker|Supervisor) Cso called today \d\d:\d\d: not reached")
    assert ours.search(page_text(answer))
    assert re.search(r"A call was made .*Reached nobody", page_text(answer).partition("What happened")[2])
    for slug in ("caseworker-cso", "supervisor-cso"):
        first = page_text(house.browser(slug).get("/")).partition("Call now")[2]
        assert re.search(r"Nobody reached: .* called today \d\d:\d\d, answer by [^:]+:\d\d", first), (
            slug,
            "the row begins with it",
        )
    assert re.search(r"Cso Kulob called today \d\d:\d\d: not reached", page_text(farida.get(LATE)))
    pass_time(minutes=1)
    answer = page_text(zarina.post(called, {"operation": str(uuid4()), "answer": "coordinator"}, follow=True))
    assert "Saved: you reached the coordinator. Shelter Kulob knows nothing of it yet." in answer
    assert re.search(r"A call was made .*Reached the coordinator", answer.partition("What happened")[2])
    assert re.search(
        r"(?:Caseworker|Supervisor) Cso called the coordinator today \d\d:\d\d: reached",
        answer.partition("What happened")[0],
    )
    awaited = r"coordinator today \d\d:\d\d: reached\. .*If nothing comes by \w+ \d\d:\d\d, call the coordinator again"
    assert re.search(awaited, answer), "and until when"
    assert "only a call helps" not in answer
    assert re.search(r"Cso Kulob called the coordinator today \d\d:\d\d: reached", page_text(farida.get(LATE)))
    assert counted_alike(farida)["to call now"] == 1, "it stays hers to call about"
    # Red before: an old page wrote "not reached" over it, and Today said no more than that nobody was reached.
    pass_time(minutes=1)
    answer = page_text(zarina.post(called, {"operation": str(uuid4()), "answer": "not_reached"}, follow=True))
    reached = r"(?:Caseworker|Supervisor) Cso called the coordinator today \d\d:\d\d: reached"
    assert re.search(rf"Recorded before: {reached}\.", answer)
    for slug in ("caseworker-cso", "supervisor-cso"):
        assert re.search(rf"Nobody reached: .*{reached}", page_text(house.browser(slug).get("/"))), slug
    gulnora = house.browser("desk-shelter")
    assert gulnora.post(called, {"operation": str(uuid4()), "answer": "reached"}).status_code == 403
    assert "was called" not in page_text(gulnora.get(f"/referrals/{sent.code}/"))
    house.accepted(sent)
    assert zarina.post(called, {"operation": str(uuid4()), "answer": "reached"}).status_code == 409, "it was answered"


def test_a_desk_that_asked_a_question_is_not_said_to_read_nothing(house: Senders) -> None:
    """Red before: "Nobody reads this before" stood over the question that had just come from there."""
    closes(house)
    case = house.case()
    house.agreed(case)
    answer = house.browser().post(f"/cases/{case.code}/refer/", house.screen(case), follow=True)
    assert "Nobody there reads it in time." in page_text(answer)
    sent = next(one for one in referrals() if one.state_code == "sent")
    pass_time(minutes=1)
    number = f"{sent.code[:4]} {sent.code[4:]}"
    assert number in page_text(house.browser("coordinator").get(LATE))
    question(house, sent)
    assert "but the organisation is closed until" not in page_text(house.browser().get(f"/referrals/{sent.code}/"))
    assert number not in page_text(house.browser("coordinator").get(LATE))


@pytest.mark.parametrize("heard", ["said_no", "said_yes"])
def test_a_sender_who_is_not_reached_is_called_again_after_an_hour(house: Senders, heard: str) -> None:
    """Red before: she could say "I called the sender" alone, and the row asked again at once, without an hour."""
    closes(house)
    records(house)
    house.agreed(case := house.case())
    sent = house.sent(case)
    farida = house.browser("coordinator")

    def says(answer: str) -> str:
        at = f"/coordination/{sent.code}/call/"
        said = page_text(farida.post(at, {"operation": str(uuid4()), "answer": answer, "from": "today"}, follow=True))
        pass_time(minutes=1)
        return said

    assert "Sender not reached" in says(heard)
    said = says("no_sender")
    assert re.search(r"Saved: the sender was not reached\. Call them again at \d\d:\d\d\.", said)
    row = page_text(farida.get("/")).partition("Sender not reached: call again 1")[2]
    assert re.search(r"You called the sender (today|yesterday) \d\d:\d\d: not reached", row)
    assert re.search(r"call again at \d\d:\d\d", row)
    assert "I called the sender" in row, "whoever reaches them sooner says so"
    for at in ("/", LATE):
        assert "to call now" not in page_text(farida.get(at)), "the rail, too"
    for who in ("caseworker-cso", "supervisor-cso"):
        assert "called the sender" not in page_text(house.browser(who).get(f"/referrals/{sent.code}/")), who
    pass_time(minutes=60)
    assert "Call now 1 Call who sent it: Cso Kulob" in page_text(farida.get("/"))
    for at in ("/", LATE):
        assert "Today 1 1 to call now" in page_text(farida.get(at)), at
    says("sender")
    title = "Call now 1" if heard == "said_no" else "They said yes by telephone 1"
    assert title in page_text(farida.get("/")), "a no calms nothing"
