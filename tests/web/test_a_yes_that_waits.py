"""A yes by telephone lets a referral wait until the desk had a working day to write it down (ADR 157).

Red before: said yes at 18:20, expired at 00:17: hour and place were deleted, and the desk read nothing in the morning.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from hamkori.calendar.models import CalendarDay
from hamkori.calendar.queries import calendar
from hamkori.calendar.rules import close_of_next_day
from hamkori.casework.case.models import Case
from hamkori.casework.referral.actions import confirm
from hamkori.casework.referral.models import Referral
from hamkori.casework.referral.queries.closed_there import expiry
from tests.cast import pass_time, pass_time_until, wall_clock
from tests.database import god
from tests.jobs.test_clock import run
from tests.web.senders import Senders, page_text, state
from tests.web.test_a_yes_for_another_age import put_right
from tests.web.test_agreed_by_telephone import LINE, arrange, written
from tests.web.test_received import look
from tests.web.test_said_on_the_telephone import press

pytestmark = pytest.mark.django_db


MONDAY, TUESDAY, FRIDAY = 0, 1, 4
USUAL = (TUESDAY, 10, 0)
"""When what was sent on Monday evening expires where nobody said yes: once they had two working hours (ADR 163)."""


def asked(house: Senders, urgency: str = "urgent", day: int = MONDAY, hour: int = 18) -> tuple[Case, Referral]:
    """Sent on that evening; three minutes later somebody calls them."""
    pass_time_until(day, hour, 17)
    case = house.case({"need_tonight_codes": ["safe_place"]})
    house.agreed(case)
    sent = house.sent(case, urgency)
    pass_time(minutes=3)
    return case, sent


def says(house: Senders, sent: Referral, answer: str) -> None:
    """The worker writes down what they said on the telephone; also days later, without a browser that was left."""
    with house.as_() as zarina:
        confirm.call(zarina, Referral.objects.get(pk=sent.pk), answer=answer)
    pass_time(minutes=1)


def nights(hours: int = 7) -> None:
    """The clock runs each hour."""
    for _hour in range(hours):
        pass_time(hours=1)
        run()


def read(house: Senders, sent: Referral, slug: str) -> datetime:
    """When it expires, as they read it."""
    with house.as_(slug):
        return expiry([sent.pk])[sent.pk].astimezone(wall_clock().tzinfo)


def wall(at: datetime) -> tuple[int, int, int]:
    return at.weekday(), at.hour, at.minute


def test_what_was_agreed_in_the_evening_is_there_in_the_morning(house: Senders) -> None:
    _case, sent = asked(house)
    assert wall(read(house, sent, "caseworker-cso")) == USUAL
    says(house, sent, "said_yes")
    assert arrange(house, sent).status_code == 303
    for slug in ("caseworker-cso", "supervisor-cso", "desk-shelter"):
        assert wall(read(house, sent, slug)) == (TUESDAY, 17, 0), slug
    nights()
    assert state(sent) == "sent"
    assert written(sent)[0] == 1
    pass_time_until(TUESDAY, 8, 10)
    run()
    assert LINE["hour"] in page_text(house.browser().get(f"/referrals/{sent.code}/?open=meeting"))
    desk = page_text(look(house, sent, "desk-shelter"))
    assert "Because of this yes the referral waits for you until today 17:00." in desk
    with_them = page_text(house.browser("desk-shelter").get(f"/referrals/{sent.code}/?open=meeting"))
    assert LINE["hour"] in with_them
    assert "without an answer it expires: today 17:00" in page_text(house.browser("desk-shelter").get("/desk/"))
    house.accepted(sent, part="now")
    assert state(sent) == "accepted"
    assert written(sent)[0] == 1, "hour and place are kept"


def test_a_yes_that_nobody_writes_down_on_that_day_ends_as_the_day_does(house: Senders) -> None:
    _case, sent = asked(house)
    says(house, sent, "said_yes")
    nights(2)
    pass_time_until(TUESDAY, 16, 50)
    run()
    assert state(sent) == "sent"
    pass_time(minutes=15)
    run()
    assert state(sent) == "lapsed"
    assert written(sent) == (0, 0)


def test_a_yes_that_is_taken_back_after_the_usual_time_ends_at_the_next_run(house: Senders) -> None:
    _case, sent = asked(house)
    says(house, sent, "said_yes")
    nights()
    pass_time_until(TUESDAY, 11)
    run()
    says(house, sent, "said_no")
    assert state(sent) == "sent", "nothing moves before the clock runs"
    run()
    assert state(sent) == "lapsed"


def test_a_no_before_its_time_lets_it_end_in_its_time(house: Senders) -> None:
    _case, sent = asked(house)
    says(house, sent, "said_yes")
    says(house, sent, "said_no")
    assert wall(read(house, sent, "caseworker-cso")) == USUAL
    nights()
    pass_time_until(TUESDAY, 9, 58)
    run()
    assert state(sent) == "sent"
    pass_time(minutes=3)
    run()
    assert state(sent) == "lapsed"


def test_a_yes_on_friday_evening_does_not_wait_longer_however_often_it_is_said(house: Senders) -> None:
    _case, sent = asked(house, day=FRIDAY)
    says(house, sent, "said_yes")
    assert wall(read(house, sent, "caseworker-cso")) == (MONDAY, 17, 0)
    nights()
    pass_time_until(MONDAY, 9)
    run()
    says(house, sent, "said_yes")
    assert wall(read(house, sent, "caseworker-cso")) == (TUESDAY, 17, 0), "said before its usual time: a day for it"
    pass_time_until(TUESDAY, 9)
    run()
    says(house, sent, "said_yes")
    assert wall(read(house, sent, "caseworker-cso")) == (TUESDAY, 17, 0), "a yes after it puts it off no more"
    pass_time_until(TUESDAY, 17, 1)
    run()
    assert state(sent) == "lapsed"


def test_an_ordinary_one_keeps_its_own_time_where_that_is_later(house: Senders) -> None:
    """Sent on Monday morning: late on Thursday, and it expires on Monday at 17:00."""
    _case, sent = asked(house, "normal", hour=9)
    before = read(house, sent, "caseworker-cso")
    assert wall(before) == (MONDAY, 17, 0)
    says(house, sent, "said_yes")
    assert read(house, sent, "caseworker-cso") == before
    pass_time_until(FRIDAY, 9)
    pass_time_until(MONDAY, 16)
    says(house, sent, "said_yes")
    assert wall(read(house, sent, "caseworker-cso")) == (TUESDAY, 17, 0)
    run()
    pass_time(hours=2)
    run()
    assert state(sent) == "sent"
    pass_time_until(TUESDAY, 8, 30)
    house.accepted(sent)
    assert state(sent) == "accepted", "also by the permit, which says until when a yes counts"


def test_a_yes_for_another_age_lets_nothing_wait(house: Senders) -> None:
    case, sent = asked(house)
    says(house, sent, "said_yes")
    put_right(house, case, "a9_17")
    assert wall(read(house, sent, "caseworker-cso")) == USUAL


def test_what_the_person_says_ends_it_whatever_was_said_by_telephone(house: Senders) -> None:
    case, sent = asked(house)
    says(house, sent, "said_yes")
    nights(2)
    house.agreed(case, answer="no")
    run()
    assert state(sent) in ("withdrawn", "ended")


def test_when_consent_runs_out_it_ends(house: Senders) -> None:
    _case, sent = asked(house)
    says(house, sent, "said_yes")
    with god(), connection.cursor() as cursor:
        cursor.execute("update consent_row set until = hk_now() + interval '2 hours'")
    nights(3)
    assert state(sent) == "lapsed"


def test_a_coordinators_yes_counts_too_and_nobody_else_reads_it(house: Senders) -> None:
    _case, sent = asked(house)
    nights(2)
    press(house.browser("coordinator"), f"/coordination/{sent.code}/call/", "said_yes")
    assert wall(read(house, sent, "caseworker-cso")) == (TUESDAY, 17, 0)
    for slug in ("shelter-worker", "coordinator", "auditor"):
        with house.as_(slug), connection.cursor() as cursor:
            cursor.execute("select referral_expires_at(%s)", [sent.pk])
            assert cursor.fetchone() == (None,), slug


@pytest.fixture
def days() -> Iterator[None]:
    """Working Saturdays, and days off that follow each other."""
    kinds = {date(2027, 1, 2): "working_saturday", date(2027, 1, 4): "holiday", date(2027, 1, 5): "transferred"}
    kinds |= {date(2027, 3, 20): "working_saturday", date(2027, 3, 22): "decree"}
    with god():
        for day, kind in kinds.items():
            CalendarDay.objects.create(day=day, kind_code=kind, source="test", version=1)
        yield


def test_the_database_and_the_rules_close_the_next_day_alike(small_world: object, days: None) -> None:
    begin = datetime(2026, 12, 28, tzinfo=UTC)
    with connection.cursor() as cursor:
        known = calendar()
        for step in range(400):
            said = begin + timedelta(hours=7, minutes=13) * step
            cursor.execute("select close_of_next_day(%s)", [said])
            assert cursor.fetchone() == (close_of_next_day(known, said),), said
