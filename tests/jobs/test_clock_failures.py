"""An act of the clock that fails holds up no other, is tried again, and is seen by whoever runs the server."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

import pytest
from django.db import DatabaseError, connection, transaction

from hamkori.calendar.rules import Calendar
from hamkori.casework.referral.models import Referral, ReferralClock
from hamkori.casework.work.actions import clock
from hamkori.casework.work.models import ClockFailure
from hamkori.jobs import worker
from hamkori.notices.models import Notice
from tests.cast import World, pass_time
from tests.database import as_role, god
from tests.jobs.test_clock import urgent_request

pytestmark = pytest.mark.django_db


class Two(NamedTuple):
    """Two requests whose reminder is due: the first one's can not be written."""

    spoilt: Referral
    sound: Referral


@pytest.fixture
def two(small_world: World) -> Two:
    made = Two(urgent_request(small_world), urgent_request(small_world))
    pass_time(hours=1, minutes=1)
    as_owner(f"alter table notice add constraint spoilt check (about_id <> '{made.spoilt.pk}') not valid")
    return made


def as_owner(statement: str) -> None:
    with god(), connection.cursor() as cursor:
        cursor.execute(statement)


def run() -> Counter[str]:
    with as_role("hk_clock"):
        return clock.tick()


def kept() -> list[tuple[str, str, int]]:
    with god():
        return list(ClockFailure.objects.order_by("act_code").values_list("act_code", "fault_code", "failures"))


def reminded(referral: Referral) -> bool:
    with god():
        return Notice.objects.filter(about_id=referral.pk, key_code="waiting").exists()


def test_the_other_act_is_done_and_the_failing_one_is_kept_with_its_number(two: Two) -> None:
    assert run() == {"failed": 1, "remind": 1}
    assert (reminded(two.spoilt), reminded(two.sound)) == (False, True)
    assert kept() == [("remind", "23514", 1)], "the act, and SQL's own code of what went wrong"
    assert run() == {"failed": 1}
    assert kept() == [("remind", "23514", 2)]


def test_it_is_tried_again_until_it_can_be_done(two: Two) -> None:
    run()
    as_owner("alter table notice drop constraint spoilt")
    assert run() == {"remind": 1}
    assert reminded(two.spoilt)
    assert run() == {}
    assert kept() == [("remind", "23514", 1)], "it is still said that it failed"


def test_what_fails_again_after_a_quiet_hour_is_a_new_trouble(two: Two) -> None:
    run()
    run()
    with god():
        row = ClockFailure.objects.get()
        assert row.first_at < row.last_at
        ClockFailure.objects.update(first_at=row.first_at - timedelta(days=3), last_at=row.last_at - timedelta(hours=1))
    run()
    with god():
        again = ClockFailure.objects.get()
    assert again.failures == 1
    assert again.first_at == again.last_at > row.last_at


def test_a_stored_clock_that_nobody_can_read_stops_itself_only(two: Two) -> None:
    as_owner("alter table notice drop constraint spoilt")
    with god():
        broken = ReferralClock.objects.get(referral=two.spoilt.pk)
        broken.rungs = [{"name": "a rung of no table", "at": broken.started_at.isoformat()}]
        broken.save()
    assert run() == {"failed": 1, "remind": 1}
    assert reminded(two.sound)
    assert kept() == [("look", "KeyError", 1)]


@pytest.mark.parametrize("when", ["due_at = 'infinity'", "next_at = '-infinity'", "started_at = '-infinity'"])
def test_a_date_that_is_none_stops_its_own_clock_only_and_is_named(
    two: Two, when: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The owner's own row. Red on 3464221: the rows of a run were read in one query, and the whole run broke off."""
    as_owner("alter table notice drop constraint spoilt")
    with god():
        spoilt = ReferralClock.objects.get(referral=two.spoilt.pk)
    as_owner(f"update referral_clock set {when} where id = '{spoilt.pk}'")
    assert run() == {"failed": 1, "remind": 1}
    assert reminded(two.sound)
    assert kept() == [("look", "DataError", 1)]
    with god():
        assert ClockFailure.objects.get().row_id == spoilt.pk
    assert f"the clock's act failed: look, DataError, row {spoilt.pk}" in caplog.text


def test_what_cannot_be_done_keeps_nothing_behind_it_from_its_turn(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    """Red on 3464221: a run took those that had waited longest, and as many that fail took each run."""
    monkeypatch.setattr(clock, "AT_A_TIME", 1)
    as_owner(f"update referral_clock set next_at = next_at - interval '1 minute' where referral_id = '{two.spoilt.pk}'")
    assert run() == {"failed": 1}
    assert run() == {"remind": 1}, "what was not tried yet comes first"
    assert run() == {"failed": 1}
    assert kept() == [("remind", "23514", 2)]


def test_the_log_says_where_and_repeats_nothing_of_the_row(two: Two, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, "hamkori.clock"):
        run()
    (record,) = [one for one in caplog.records if one.name == "hamkori.clock"]
    told = logging.Formatter().format(record)
    assert "the clock's act failed: remind, 23514" in told
    assert "in _tell" in told, "the place"
    assert "Failing row contains" not in told
    assert str(two.spoilt.pk) not in told


def test_what_fails_in_each_turn_does_not_fill_the_log(two: Two, caplog: pytest.LogCaptureFixture) -> None:
    """Red on d339dde: each row that failed wrote its whole place into the log every ten seconds."""
    with caplog.at_level(logging.ERROR, "hamkori.clock"):
        for _ in range(9):
            run()
    told = [one.getMessage() for one in caplog.records if one.name == "hamkori.clock"]
    assert [f" {times} times" in one for times, one in zip((1, 2, 4, 8), told, strict=True)] == [True] * 4
    assert kept() == [("remind", "23514", 9)], "status goes on counting"


def test_a_run_that_breaks_off_is_kept_too_and_stays_a_fault(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    def torn() -> Calendar:
        raise ValueError("a calendar that cannot be read")

    monkeypatch.setattr(clock, "calendar", torn)
    with as_role("hk_clock"), pytest.raises(ValueError, match="cannot be read"):
        clock.tick()
    assert kept() == [("tick", "ValueError", 1)]


@pytest.mark.parametrize("job", [clock.tick, clock.sweep])
def test_a_worker_that_is_no_longer_known_fails_at_no_act(
    two: Two, job: Callable[[], object], caplog: pytest.LogCaptureFixture
) -> None:
    """Forgotten between two acts. Red on 93d30de: the log named the place in our code, and that nothing was kept."""
    as_owner("delete from worker_known")
    with as_role("hk_clock"), pytest.raises(DatabaseError) as broken, transaction.atomic():
        job()
    assert worker.refused(broken.value) == ("the worker", worker.UNKNOWN)
    assert [one.getMessage() for one in caplog.records if one.name == "hamkori.clock"] == []
    assert kept() == []


def test_nobody_but_the_clock_says_so(two: Two) -> None:
    run()
    statements = ("delete from clock_failure", "update clock_failure set failures = 0", "select id from clock_failure")
    for role, refused in (
        ("hk_clock", statements),
        ("hk_app", (*statements, "select clock_failed('lapse', 'x', null)")),
    ):
        for statement in refused:
            with pytest.raises(Exception, match="permission denied"), as_role(role), connection.cursor() as cursor:
                cursor.execute(statement)
    assert kept() == [("remind", "23514", 1)]
