"""The coordinator's page: who is late and where help is missing, without any case; and nobody else's page."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import F
from django.utils import timezone

from hamkori.audit.models import Ledger
from hamkori.casework.case.models import Gap
from hamkori.casework.case.queries import coordination
from hamkori.casework.case.rules.comes_first import URGENT
from hamkori.casework.referral.actions import confirm
from hamkori.casework.referral.models import Referral, ReferralClock
from hamkori.directory.models import ServiceContact, ServiceHours
from hamkori.people.actions import desk_phone
from hamkori.web.templatetags.kit import grouped
from tests.cast import pass_time, pass_time_until
from tests.database import god
from tests.jobs.test_clock import run
from tests.web.senders import Senders, counted, page_text, records, version
from tests.web.test_the_way_on import another

pytestmark = pytest.mark.django_db
PAGE = "/coordination/late/"


def test_nothing_late_and_no_gap_is_said_calmly(house: Senders) -> None:
    page = house.browser("coordinator").get(PAGE)
    text = page_text(page)
    assert "Nothing is late." in text
    assert "&lt;" not in page.content.decode(), "a day is a day, and no markup is read"
    assert "Nothing expired without an answer in the last 30 days." in text
    assert "Nobody has recorded a missing service in this time." in text


def test_nobody_else_sees_it(house: Senders) -> None:
    for slug in ("caseworker-cso", "desk-shelter", "supervisor-cso", "shelter-worker", "auditor"):
        assert house.browser(slug).get(PAGE).status_code == 403, slug


def test_a_late_body_stands_there_with_its_telephone_and_no_case(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    referral = house.sent(case)
    with house.as_("desk-shelter") as gulnora:
        desk_phone.record(gulnora, phone="+992 00 000 00 01")
    assert referral.code not in house.browser("coordinator").get(PAGE).content.decode(), "not late yet"
    pass_time(hours=3)
    answer = house.browser("coordinator").get(PAGE)
    text = page_text(answer)
    for word in (
        "Shelter Kulob",
        "Referral desk: +992 00 000 00 01",
        "NGO shelter or crisis room",
        "a place to sleep, urgent",
        "1 to call now",
    ):
        assert word in text, word
    assert f"{referral.code[:4]} {referral.code[4:]}" in text
    for hidden in (case.code, f"{case.code[:4]} {case.code[4:]}", "Woman, 18", "Khatlon", "Canary"):
        assert hidden not in text, hidden
    assert house.browser("coordinator").get(f"/referrals/{referral.code}/").status_code == 404
    assert "tel:" not in answer.content.decode()
    with counted():
        house.browser("coordinator").get(PAGE)


def test_the_most_urgent_stands_first(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    calm = house.sent(case)
    with god():
        Referral.objects.filter(pk=calm.pk).update(urgency_code="normal")
    pass_time(hours=3)
    second = house.case()
    house.agreed(second)
    urgent = house.sent(second)
    pass_time(hours=3)
    coordinator = house.browser("coordinator")
    for page in (PAGE, "/"):
        shown = coordinator.get(page).content.decode()
        places = [shown.index(f"{one.code[:4]}\xa0{one.code[4:]}") for one in (urgent, calm)]
        assert places == sorted(places), page


def test_of_what_is_late_the_oldest_stands_first_and_a_line_says_so(house: Senders) -> None:
    """Red before: nothing said in which order the times stand."""
    sent = []
    for _number in range(2):
        case = house.case()
        house.agreed(case)
        sent.append(house.sent(case))
        with god():
            Referral.objects.filter(pk=sent[-1].pk).update(urgency_code="normal")
        pass_time(hours=3)
    shown = house.browser("coordinator").get("/").content.decode()
    assert "then the oldest" in shown.partition("Late</h2>")[2].partition("<ul")[0]
    places = [shown.index(f"{one.code[:4]}\xa0{one.code[4:]}") for one in sent]
    assert places == sorted(places)


def test_a_desk_without_a_number_and_a_line_of_the_demonstration_say_so(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    house.sent(case)
    pass_time(hours=3)
    coordinator, record = house.browser("coordinator"), "/coordination/shelter-kulob/phone/"
    page = coordinator.get(PAGE)
    assert "No number recorded" in page_text(page)
    row = page.content.decode().partition('<ul class="work">')[2].partition("</ul>")[0]
    assert f'<a class="btn quiet small" href="{record}">Record the number' in row, "where Today's row leads"
    today = coordinator.get("/").content.decode()
    assert f'<a class="btn quiet small" href="{record}?from=today">Record the number' in today, "and Today, at once"
    assert coordinator.post(record, {"operation": str(uuid4()), "phone": "ask Zarina"}).status_code == 400
    told = coordinator.post(record, {"operation": str(uuid4()), "phone": "+992 00 01"}, follow=True)
    assert "Saved." in page_text(told)
    assert "(recorded by the coordinator) Change the number" in page_text(told)
    assert "(recorded by the coordinator)" in page_text(house.browser("desk-shelter").get("/desk/"))
    with god():
        (row,) = Ledger.objects.filter(action_code="phone.record_for", decision_code="done")
        assert (row.object_kind_code, row.reason_code, row.scope_code) == ("organisation", "recorded", "national")
    for slug in ("caseworker-cso", "desk-shelter", "supervisor-cso", "auditor"):
        assert house.browser(slug).post(record, {"operation": str(uuid4()), "phone": "1"}).status_code == 403, slug
    with house.as_("desk-shelter") as gulnora:
        desk_phone.record(gulnora, phone="(demo) 00-11")
    text = page_text(house.browser("coordinator").get(PAGE))
    assert "Referral desk: 00\u201111, invented, cannot be called" in text
    assert "Change the number" not in text
    late = coordinator.post(record, {"operation": str(uuid4()), "phone": "+992 00 02"})
    assert late.status_code == 400, "the desk's own number stands"
    with house.as_("coordinator"), connection.cursor() as cursor:
        cursor.execute("update organisation_phone set phone = '666', by_coordinator = true")
        assert cursor.rowcount == 0


def test_where_a_desk_has_no_number_it_is_said_whom_else_to_try(house: Senders) -> None:
    """Red before: the worker was sent to the coordinator for a number, and the coordinator had none."""
    case = house.case()
    house.agreed(case, "legal", sections={"contact"})
    sent = house.sent(case, service="LEGAL-01")
    pass_time(hours=3)
    farida = house.browser("coordinator")

    def said() -> str:
        return page_text(farida.get(PAGE)).partition(grouped(sent.code).replace("\u00a0", " "))[2]

    assert "No other number is recorded, and nobody else open gives this help." in said()
    other = another(house, slug="cso-pamir", service_code="LEGAL-01")
    with god():
        ServiceContact.objects.create(service=other, phone="(demo) 00-12")
        ServiceContact.objects.create(service_id=house.world.services["LEGAL-01"], phone="+992 00 13")
    assert "Their office: +992 00 13. " in said(), "whose hours nobody knows is not said to be open"
    assert "No number of the referral desk; their office: +992 00 13" in page_text(farida.get("/")), "red before"
    with god():
        ServiceHours.objects.bulk_create(
            ServiceHours(service=other, day=day, opens=0, closes=1440) for day in range(1, 8)
        )
    text = said()
    assert "The same help, open now: Cso Pamir, 00\u201112 (invented)." in text
    for hidden in ("Woman, 18", "Khatlon", "Canary", "Tajik"):
        assert hidden not in text
    worker = page_text(house.browser().get(f"/referrals/{sent.code}/"))
    assert "No number of this referral desk is recorded. The coordinator can look for one." in worker


def test_who_called_is_said_without_a_name_and_the_coordinator_says_it_too(house: Senders) -> None:
    house.agreed(case := house.case())
    house.accepted(referral := house.sent(case))
    coordinator, address = house.browser("coordinator"), f"/coordination/{referral.code}/call/"
    answers = set()
    for nothing in (address, "/coordination/12345678/call/", "/coordination/12345674/call/", "/coordination/x/call/"):
        refused = coordinator.post(nothing, {"operation": str(uuid4()), "answer": "reached"})
        answers.add((refused.status_code, page_text(refused)))
    assert [status for status, _said in answers] == [404], "not late, or not there: the same answer"
    pass_time(days=2)
    assert "Did the person arrive?" in page_text(house.browser("caseworker-cso").get("/cases/"))
    with counted():
        page = coordinator.get(PAGE).content.decode()
    assert f'id="r{referral.code}"' in page
    assert f'href="{PAGE}#r{referral.code}"' in coordinator.get("/").content.decode()
    for slug in ("caseworker-cso", "supervisor-cso"):
        with house.as_(slug) as actor:
            confirm.hear(actor, Referral.objects.get(pk=referral.pk), version=version(referral), heard="called")
    text = page_text(coordinator.get(PAGE))
    assert "Cso Kulob: the team called today" in text
    assert "Cso Kulob: the supervisor called today" in text
    for hidden in ("Caseworker", "Supervisor Cso", case.code, "Canary"):
        assert hidden not in text.partition("Late answers")[2].partition("Where help was missing")[0], hidden
    assert "You called" not in text
    assert ("I called" in text, "Not reached Record the number" in text) == (False, True), "no number is recorded"
    with house.as_("desk-shelter") as gulnora:
        desk_phone.record(gulnora, phone="+992 00 01")
    assert "The person is with them The person is not with them They do not know yet" in page_text(
        coordinator.get(PAGE)
    )
    pressed = {"operation": str(uuid4()), "answer": "not_reached"}
    assert coordinator.post(address, {"operation": str(uuid4())}).status_code == 400
    answer = coordinator.post(address, pressed, follow=True)
    assert "Saved: Shelter Kulob was not reached." in page_text(answer)
    for said in (page_text(answer), page_text(coordinator.get("/"))):
        assert re.search(r"You called today \d\d:\d\d: not reached", said)
    assert "lead ico late" in answer.content.decode(), "nobody was reached: it stands where it stood"
    with god():
        (row,) = Ledger.objects.filter(action_code="referral.late", decision_code="done")
        assert (row.object_id, row.reason_code, row.scope_code) == (referral.pk, "not_reached", "national")
        kept = Referral.objects.get(pk=referral.pk)
    assert kept.version == version(referral) == 5, "nothing of the referral moves"
    answer = coordinator.post(address, {"operation": str(uuid4()), "answer": "reached"}, follow=True)
    assert re.search(r"You called today \d\d:\d\d: reached", page_text(answer))
    assert "lead ico late" not in answer.content.decode(), "somebody there was reached today: it steps back"
    assert not re.search("when late|t-late", coordinator.get("/").content.decode())
    with house.as_() as zarina:
        confirm.hear(zarina, Referral.objects.get(pk=referral.pk), version=version(referral), heard="did_not_come")
    text = page_text(coordinator.get(PAGE))
    assert "it has not said whether the person came" in text
    assert re.search(r"The sender, Cso Kulob, says today \d\d:\d\d: the person did not come", text)
    page = page_text(house.browser("caseworker-cso").get(f"/referrals/{referral.code}/"))
    assert "Did the person arrive?" not in page, "it was just answered"
    assert "Change what you said" in page
    assert "Did the person arrive?" not in page_text(house.browser("caseworker-cso").get("/cases/"))
    for slug in ("caseworker-cso", "desk-shelter", "supervisor-cso", "auditor"):
        assert house.browser(slug).post(address, {"operation": str(uuid4())}).status_code in (403, 404), slug
        with house.as_(slug), connection.cursor() as cursor:
            cursor.execute("select count(*), (select referral_to_call(%s)) from referrals_called()", [referral.code])
            assert cursor.fetchall() == [(0, None)], slug


def test_one_call_about_several_is_one_press_and_a_row_of_the_record_for_each(house: Senders) -> None:
    """Red before: one call to a desk with two referrals was said twice, and Today led to the page where it is said."""
    sent = []
    for _each in range(3):
        house.agreed(case := house.case())
        sent.append(house.sent(case))
    pass_time(hours=3)
    records(house)
    house.accepted(sent[2])  # answered since the page was read
    farida, codes = house.browser("coordinator"), [one.code for one in sent]
    today = farida.get("/").content.decode()
    assert "Say that you called" not in today, "it is said here"
    forms, first = re.findall(r'name="also" value="(\d+)"|/coordination/(\d+)/call/', today), ("", codes[0])
    assert sorted(forms) == sorted((first, ("", codes[1]), first, (codes[1], ""))), "of each, and that of both"
    assert page_text(farida.get("/")).count("They said yes They said no They will call back") == 2
    assert "You called about 2 referrals: Not reached" in page_text(farida.get(PAGE)), "what was heard is said of each"
    pressed = {"operation": str(uuid4()), "answer": "not_reached", "from": "today", "also": codes[1:]}
    answer = farida.post(f"/coordination/{codes[0]}/call/", pressed, follow=True)
    assert answer.redirect_chain[-1][0] == f"/#r{codes[0]}", "at the line that was pressed"
    assert "Noted for 2 referrals." in page_text(answer)
    last = grouped(codes[2]).replace("\u00a0", " ")
    assert re.search(rf"{last} was not noted: “Accepted” since \d\d:\d\d\.", page_text(answer)), "and why not"
    again = farida.post(f"/coordination/{codes[0]}/call/", pressed, follow=True)
    assert "This call is recorded already: today" in page_text(again)
    with god():
        rows = Ledger.objects.filter(action_code="referral.late", decision_code="done")
        assert sorted((one.object_id, one.reason_code) for one in rows) == sorted(
            (one.pk, "not_reached") for one in sent[:2]
        ), "once, though it was pressed twice"
    reached = {"operation": str(uuid4()), "answer": "reached", "also": codes[1]}
    text = page_text(farida.post(f"/coordination/{codes[0]}/call/", reached, follow=True))
    assert "was reached. Without an answer you call again at" in text
    assert "You called about" not in text, "whoever was reached is not called about again"
    stale = {"operation": str(uuid4()), "answer": "not_reached", "also": codes[1:]}
    text = page_text(farida.post(f"/coordination/{codes[0]}/call/", stale, follow=True))
    assert re.search(r"Recorded before: You called today \d\d:\d\d: reached\.", text), "the better news stays"
    assert len(re.findall(r"You called today \d\d:\d\d: reached", page_text(farida.get("/")))) == 2, "and on Today"
    # Red before: where the first was answered meanwhile nothing was noted for the others, and the address was blamed.
    house.accepted(sent[0])
    stale = {"operation": str(uuid4()), "answer": "reached", "also": codes[1:]}
    text = page_text(farida.post(f"/coordination/{codes[0]}/call/", stale, follow=True))
    assert len(re.findall("was not noted: “Accepted”", text)) == 2
    assert "Noted for 1 referral." in text
    house.accepted(sent[1])
    for also in (codes[1:], []):
        late = {"operation": str(uuid4()), "answer": "reached", "also": also}
        refused = farida.post(f"/coordination/{codes[0]}/call/", late, follow=True)
        first = grouped(codes[0]).replace("\u00a0", " ")
        assert f"The call was not recorded: {first}, Shelter Kulob, is “Accepted” by now" in page_text(refused)
    with god():
        assert Ledger.objects.filter(action_code="referral.late", decision_code="done").count() == 7


def test_of_what_a_sender_says_of_an_arrival_the_newest_word_stands_alone(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    referral = house.sent(case)
    house.accepted(referral)
    house.agreed(other := house.case())
    unknown = house.sent(other)
    house.accepted(unknown)
    pass_time(days=2)
    for heard in ("did_not_come", "came"):
        with house.as_() as zarina:
            confirm.hear(zarina, Referral.objects.get(pk=referral.pk), version=version(referral), heard=heard)
        pass_time(minutes=1)
    coordinator = house.browser("coordinator")
    text = page_text(coordinator.get(PAGE))
    assert re.search(r"The sender, Cso Kulob, says today \d\d:\d\d: the person came", text)
    assert "the person did not come" not in text
    with god():
        ReferralClock.objects.filter(referral=referral).update(due_at=F("due_at") - timedelta(hours=1))
    for page in (coordinator.get("/").content.decode(), coordinator.get(PAGE).content.decode()):
        # Red before: the older one, already said to have come, stood above the one of whom nobody knows anything.
        assert page.index(grouped(unknown.code)) < page.index(grouped(referral.code))
    pressed = {"operation": str(uuid4()), "answer": "reached"}
    text = page_text(coordinator.post(f"/coordination/{referral.code}/call/", pressed | {"from": "today"}, follow=True))
    assert re.search(r"You called today \d\d:\d\d: reached · The sender, Cso Kulob, says [^·]+: the person came", text)


def test_what_expired_has_its_number_a_telephone_and_a_button(house: Senders) -> None:
    pass_time_until(0, 10)
    case = house.case()
    house.agreed(case)
    referral = house.sent(case)
    for hours in (1, 1, 5):
        pass_time(hours=hours)
        run()
    coordinator = house.browser("coordinator")
    text = page_text(coordinator.get(PAGE))
    row = text.partition("Expired without an answer")[2].partition("Where help was missing")[0]
    for word in (
        "Shelter Kulob",
        f"{referral.code[:4]} {referral.code[4:]}",
        "no number recorded",
        "Record the number",
    ):
        assert word in row, word
    today = coordinator.get("/").content.decode()
    assert 'href="/coordination/late/#expired">What expired in the last 30 days' in today
    assert 'id="expired"' in coordinator.get(PAGE).content.decode()
    assert "What expired" not in page_text(house.browser("supervisor-cso").get("/"))
    with house.as_("desk-shelter") as gulnora:
        desk_phone.record(gulnora, phone="(demo) 00-11")
    said = {"operation": str(uuid4()), "answer": "reached"}
    answer = coordinator.post(f"/coordination/{referral.code}/call/", said, follow=True)
    text = page_text(answer)
    assert "Referral desk: 00\u201111, invented, cannot be called" in text
    assert "You called today" in text
    pass_time(days=31)
    said = {"operation": str(uuid4()), "answer": "reached"}
    assert coordinator.post(f"/coordination/{referral.code}/call/", said).status_code == 404


def test_small_numbers_of_gaps_stay_hidden(house: Senders) -> None:
    with god():
        for area, service, count in (("TJ-KT-01", "HOME-02", 4), ("TJ-KT-01", "LEGAL-01", 5)):
            for _ in range(count):
                Gap(
                    id=uuid4(),
                    organisation_id=house.world.bodies["cso-kulob"],
                    area_code=area,
                    service_code=service,
                    month_on=timezone.localdate().replace(day=1),
                ).save(force_insert=True)
    answer = house.browser("coordinator").get(PAGE)
    cells = page_text(answer)
    assert "NGO shelter or crisis room &lt;5" in cells
    assert "Information on rights and procedure 5" in cells
    assert " 9 " not in cells, "no sum from which the hidden number could be reckoned"
    assert " 4 " not in cells


def test_an_urgent_one_that_was_reached_is_red_again_when_due_or_after_an_hour() -> None:
    """Red before: tomorrow, whatever was asked for."""
    due = timezone.now()
    late, minute = owed_one("answer", due), timedelta(minutes=1)

    def reached(at: datetime) -> tuple[coordination.Call, ...]:
        return (coordination.Call(side=coordination.ME, answer="reached", at=at),)

    until = coordination.quiet_until
    assert until(owed_one(coordination.CLOSED_THERE, due + minute), reached(due), due) == due + minute, "not due yet"
    assert until(late, reached(due - minute), due + minute) is None, "due now, whoever was reached before"
    assert until(late, reached(due), due + timedelta(minutes=59)) == due + timedelta(minutes=60)
    assert until(late, reached(due), due + timedelta(minutes=60)) is None
    theirs = (coordination.Call(side="S", answer="said_yes", at=due),)
    assert until(late, theirs, due) == due + timedelta(minutes=60), "its sender reached them"
    assert until(owed_one("arrival", due), theirs, due) is None, "of an arrival the sender says what it knows"
    nobody = (coordination.Call(side="S", answer="not_reached", at=due),)
    assert until(late, nobody + theirs, due) is None, "its newest call"
    assert until(late, nobody + reached(due), due) == due + timedelta(minutes=60)
    assert until(replace(late, urgency_code="normal"), theirs, due) is None, "what can wait is the coordinator's own"


def owed_one(clock: str, due: datetime) -> coordination.Owed:
    return coordination.Owed(
        code="",
        to=uuid4(),
        service_code="",
        urgency_code=URGENT,
        clock=clock,
        due=due,
        sender=None,
        opens=None,
    )
