"""What was asked at night is still there when the desk opens (ADR 163).

Red before: sent urgently at 20:51, expired at 02:51; what was sent was deleted, and the worker did the night's work
again in the morning.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from hamkori.access.context import now
from hamkori.access.door import as_json
from hamkori.calendar.clocks import as_kept
from hamkori.calendar.models import CalendarDay
from hamkori.calendar.queries import calendar
from hamkori.casework.case.models import Case
from hamkori.casework.case.rules.clocks import answer_rungs
from hamkori.casework.referral.actions import send
from hamkori.casework.referral.models import PacketSeal, Referral
from hamkori.directory.models import Service, ServiceHours
from tests.cast import pass_time, pass_time_until, wall_clock
from tests.database import god
from tests.jobs.test_clock import run, told
from tests.web.senders import Senders, page_text, records, state
from tests.web.test_a_yes_that_waits import FRIDAY, MONDAY, TUESDAY, read, says, wall

pytestmark = pytest.mark.django_db
OFFICE = range(1, 6)


def hours(house: Senders, days: Iterable[int] = OFFICE) -> None:
    """Its desk is there on these days, as the directory says."""
    with god():
        for day in days:
            ServiceHours.objects.create(
                service_id=house.world.services["HOME-02"], day=day, opens=8 * 60, closes=17 * 60
            )


def another(house: Senders) -> None:
    """A second organisation has places."""
    with god():
        Service.objects.create(
            organisation_id=house.world.bodies["legal-aid"],
            service_code="HOME-02",
            region_code="TJ-KT",
            changed_at=timezone.now(),
            language_codes=["tg"],
        )


def sent_at(house: Senders, day: int, hour: int, minute: int = 0, urgency: str = "urgent") -> tuple[Case, Referral]:
    pass_time_until(day, hour, minute)
    house.agreed(case := house.case())
    return case, house.sent(case, urgency)


def ends(house: Senders, sent: Referral) -> tuple[int, int, int]:
    return wall(read(house, sent, "caseworker-cso"))


def locked(sent: Referral) -> bool:
    with god():
        return PacketSeal.objects.filter(referral=sent.pk).exists()


def hourly(count: int) -> None:
    for _hour in range(count):
        pass_time(hours=1)
        run()


def after(case: Case, sent: Referral) -> tuple[str, str]:
    """The page of the referral, and that on which the sender stands after sending."""
    return f"/referrals/{sent.code}/", f"/cases/{case.code}/first/?step=sent&of={sent.code}"


def test_an_urgent_one_of_the_night_is_answered_in_the_morning(house: Senders) -> None:
    hours(house)
    another(house)
    case, sent = sent_at(house, MONDAY, 20, 51)
    assert ends(house, sent) == (TUESDAY, 10, 0)
    for page in after(case, sent):
        said = page_text(house.browser().get(page))
        assert "Due today 22:51, but the organisation is closed until tomorrow 08:00: only a call helps." in said
        assert "If nobody answers by today 22:51, the referral is late: it stays on your Today" in said
        assert "The referral waits for their answer until tomorrow 10:00. Then it expires, and what you sent is" in said
        assert (
            said.index("only a call helps") < said.index("What came of the call?") < said.index("If nobody answers by")
        )
        assert "before they open" not in said
    hourly(2)
    assert "late" in told("coordinator", house.world), "late when it was late before"
    assert "Shelter Kulob" in page_text(house.browser("coordinator").get("/coordination/late/"))
    hourly(5)  # 03:51
    assert state(sent) == "sent"
    assert locked(sent)
    today = page_text(house.browser().get("/"))
    assert "No answer yet" in today
    assert "Ask another organisation" in today
    late = page_text(house.browser().get(after(case, sent)[0]))
    assert "No answer yet. The coordinator has been told. You may also ask another organisation now." in late
    assert (
        "They are closed until today 08:00: nobody there reads it before. The referral waits for their answer" in late
    )
    assert "answer until today 10:00. Then it expires, and what you sent is deleted." in late
    pass_time_until(TUESDAY, 8, 5)
    run()
    desk = house.browser("desk-shelter")
    assert "without an answer it expires: today 10:00" in page_text(desk.get("/desk/"))
    page = page_text(desk.get(f"/referrals/{sent.code}/"))
    assert "Answer now. It expires today 10:00." in page
    house.accepted(sent, part="now")
    assert state(sent) == "accepted"
    assert locked(sent), "what was sent is there, and is read"


def red_box(page: str) -> tuple[str, str]:
    """Of the red box what is open, and what is folded under "If nobody answers, or in danger"."""
    box = page.partition('<div class="note late"')[2]
    open_now, _fold, folded = box.partition("If nobody answers, or in danger")
    return open_now, folded.partition("</details>")[0]


def test_the_red_box_of_the_night_is_short(house: Senders, settings: Any) -> None:
    """Red before: up to ten lines and six buttons, between which the number stood."""
    settings.HAMKORI_COORDINATOR = "+992 00 000 00 77"
    hours(house)
    another(house)
    records(house)
    case, sent = sent_at(house, MONDAY, 20, 51)
    shown = [house.browser().get(page).content.decode() for page in after(case, sent)]
    for page in shown:
        open_now, folded = red_box(page)
        assert "00\u201111" in open_now, "whom to call"
        answers = re.findall(r'name="answer" value="(\w+)"', open_now)
        assert answers == ["said_yes", "said_no", "calls_back", "not_reached", "coordinator"], "the desk's, and apart"
        for word in ("00 77", "In danger", "The coordinator has been told", "If nobody answers by"):
            assert word not in open_now, word
            assert word in folded.replace("\xa0", " "), word
    says(house, sent, "not_reached")
    for address in after(case, sent):
        open_now, folded = red_box(house.browser().get(address).content.decode())
        assert "00 77" in open_now, "nobody answered there: the coordinator stands open"
        assert "00 77" not in folded


def test_the_answers_have_one_order_also_where_nobody_else_is_listed(house: Senders, settings: Any) -> None:
    """Red before: "Reached the coordinator" stood first there, in the place of "They said yes", and the no in a fold;
    and after a call the case named the number of the desk, where Today names the coordinator's.
    """
    settings.HAMKORI_COORDINATOR = "+992 00 000 00 77"
    hours(house)
    records(house)
    case, sent = sent_at(house, MONDAY, 20, 51)
    answers, desk = re.compile(r'name="answer" value="(\w+)"'), ["said_yes", "said_no", "calls_back", "not_reached"]
    page, here = after(case, sent)
    assert answers.findall(house.browser().get(page).content.decode()) == [*desk, "coordinator"]
    of_today = answers.findall(house.browser().get("/").content.decode())
    assert of_today == ["said_yes", "said_no", "not_reached", "calls_back"], "the last is folded (ADR 242)"
    assert answers.findall(house.browser().get(here).content.decode()) == [*desk, "coordinator"]
    file = f"/cases/{case.code}/"
    for number, calls in (("00\u201111", ""), ("00 77", "not_reached")):
        if calls:
            says(house, sent, calls)
        for at in ("/", file):
            shown = page_text(house.browser().get(at)).replace("\xa0", " ")
            above, _service, below = shown.partition("NGO shelter" if at == file else "No place for tonight yet")
            box = above[-160:] + below[:300]
            assert number in box, (at, calls, box)
    given = answers.findall(house.browser().get(page).content.decode())
    assert given == ["put_back", *desk, "coordinator"], "Undo stands beside the call that was made"


def test_after_a_no_by_telephone_the_way_on_is_filled_and_the_bed_is_named(house: Senders) -> None:
    """Red before: the page after sending offered "Called again" and a doctor, and of the bed it said nothing."""
    hours(house)
    pass_time_until(MONDAY, 20, 51)
    case = house.case({"need_tonight_codes": ["safe_place"]})
    house.agreed(case)
    sent = house.sent(case)
    says(house, sent, "said_no")
    here = after(case, sent)[1]
    alone = page_text(house.browser().get(here))
    assert "Nobody else is listed: call the coordinator." in alone
    assert "Call again by" not in alone, "they said no"
    assert "No place for tonight yet A place was found" in alone
    another(house)
    both = house.browser().get(here)
    assert "Nobody else is listed" not in page_text(both)
    filled = re.findall(r'<a class="btn small"[^>]*>(.*?)</a>', both.content.decode(), re.DOTALL)
    assert [one for one in filled if "Ask another organisation" in one], "filled"
    assert f'href="/cases/{case.code}/?found=1#tonight"' in both.content.decode()


def test_what_nobody_answers_in_the_morning_ends_then(house: Senders) -> None:
    _case, sent = sent_at(house, MONDAY, 20, 51)
    hourly(13)
    assert state(sent) == "sent", "09:51"
    pass_time(minutes=10)
    run()
    assert state(sent) == "lapsed"
    assert not locked(sent)
    assert "expired" in page_text(house.browser().get("/"))


def test_in_the_working_day_it_ends_as_before(house: Senders) -> None:
    _case, sent = sent_at(house, MONDAY, 10)
    assert ends(house, sent) == (MONDAY, 16, 0)
    _case, sent = sent_at(house, MONDAY, 16, 30)
    assert ends(house, sent) == (TUESDAY, 10, 0), "half an hour was no time to answer"


def test_on_friday_evening_monday_has_its_time(house: Senders) -> None:
    hours(house)
    _case, urgent = sent_at(house, FRIDAY, 20, 51)
    house.agreed(case := house.case())
    in_a_day = house.sent(case, "within_a_day")
    assert ends(house, urgent) == (MONDAY, 10, 0)
    assert ends(house, in_a_day) == (MONDAY, 17, 0)
    pass_time(minutes=1)
    said = page_text(house.browser().get(after(case, in_a_day)[0]))
    assert re.search(r"Due [\w ]+ 20:51, but the organisation is closed until [\w ]+ 08:00\.", said)
    assert re.search(r"waits for their answer until [\w ]+ 17:00\. Then it expires", said)
    hourly(58)
    assert {state(urgent), state(in_a_day)} == {"sent"}
    pass_time_until(MONDAY, 9, 50)
    run()
    house.accepted(urgent, part="now")
    assert state(urgent) == "accepted"
    pass_time_until(MONDAY, 16, 50)
    run()
    house.accepted(in_a_day)
    assert state(in_a_day) == "accepted", "also by the permit, which says until when a yes counts"


def test_a_holiday_is_no_morning(house: Senders) -> None:
    pass_time_until(FRIDAY, 18)
    with god():
        monday = wall_clock().date() + timedelta(days=3)
        CalendarDay.objects.create(day=monday, kind_code="holiday", source="test", version=1)
    _case, sent = sent_at(house, FRIDAY, 20, 51)
    assert ends(house, sent) == (TUESDAY, 10, 0)
    pass_time_until(MONDAY, 12)
    run()
    assert state(sent) == "sent"
    pass_time_until(TUESDAY, 8, 5)
    run()
    house.accepted(sent, part="now")
    assert state(sent) == "accepted"


def test_where_they_open_later_still_it_is_said_as_before(house: Senders) -> None:
    hours(house, days=(4,))
    case, sent = sent_at(house, MONDAY, 20, 51)
    assert ends(house, sent) == (TUESDAY, 10, 0)
    there = re.compile(r"It expires (\w+) 10:00, before they open \([\w ]+ 08:00\), and what you sent is deleted\.")
    again = "Unless somebody reaches them by telephone, nobody reads it: ask again when they open."
    for page in after(case, sent):
        said = page_text(house.browser().get(page))
        assert there.search(said)
        assert again in said
    hourly(5)
    late = page_text(house.browser().get(after(case, sent)[0]))
    assert "No answer yet." in late
    assert there.search(late)
    assert again in late


def test_what_ends_it_in_the_night_ends_it_as_before(house: Senders) -> None:
    case, sent = sent_at(house, MONDAY, 20, 51)
    hourly(3)
    house.agreed(case, answer="no")
    run()
    assert state(sent) == "withdrawn"
    case, sent = sent_at(house, MONDAY, 20, 51)
    hourly(7)
    with house.as_() as zarina:
        send.recall(zarina, Referral.objects.get(pk=sent.pk), version=sent.version, reason="mistake")
    assert state(sent) == "recalled"
    case, sent = sent_at(house, MONDAY, 20, 51)
    with god(), connection.cursor() as cursor:
        cursor.execute("update consent_row set until = hk_now() + interval '2 hours'")
    hourly(3)
    assert state(sent) == "lapsed", "without consent nothing waits for the morning"
    assert not locked(sent)


def test_a_yes_by_telephone_counts_where_it_waits_longer(house: Senders) -> None:
    _case, sent = sent_at(house, MONDAY, 20, 51)
    pass_time(minutes=5)
    says(house, sent, "said_yes")
    assert ends(house, sent) == (TUESDAY, 17, 0)
    says(house, sent, "said_no")
    assert ends(house, sent) == (TUESDAY, 10, 0)


def test_no_statement_of_a_senders_puts_off_who_is_told(house: Senders) -> None:
    """Red before: the database knew how late the last rung may be, and took as late a one for each."""
    with god(), connection.cursor() as cursor:
        start, is_sound = now(), "select clock_is_sound(%s::jsonb)"
        made: dict[str, Any] = as_kept("answer", "answer.urgent", answer_rungs(start, "urgent", calendar()))
        cursor.execute(is_sound, [as_json(made)])
        for number, hours_on in ((0, 4), (1, 5), (2, 24 * 16)):
            rungs = [dict(rung) for rung in made["rungs"]]
            rungs[number]["at"] = start + timedelta(hours=hours_on)
            with pytest.raises(DatabaseError, match="no clock"), transaction.atomic():
                cursor.execute(is_sound, [as_json({**made, "rungs": rungs, "next_at": rungs[0]["at"]})])
