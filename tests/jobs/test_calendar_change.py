"""A change of the calendar moves the working clocks that run: once, never closer than four hours, written down."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from hamkori.access.context import now
from hamkori.audit.models import Ledger
from hamkori.calendar import clocks as ticking
from hamkori.calendar.models import CalendarDay
from hamkori.calendar.queries import calendar
from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.models import CaseClock
from hamkori.casework.case.rules import clocks
from hamkori.casework.consent.actions import consent
from hamkori.casework.referral.actions import send
from hamkori.casework.referral.models import Referral, ReferralClock
from hamkori.casework.work.actions import clock
from tests.cast import FACTS, SEALED, World, build, pass_time, pass_time_until
from tests.database import as_role, god

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return build()


def request_to_the_shelter(world: World, urgency: str) -> Referral:
    with world.as_("caseworker-cso") as zarina:
        case = cases.begin(zarina, codes=FACTS, sealed=SEALED)
        case = cases.register(zarina, case, version=case.version)
        asking = consent.Asking(language="tg", how_given="spoken", until_on=timezone.localdate() + timedelta(days=60))
        answer = consent.Answer("shelter_social", "help", "yes", frozenset({"contact"}))
        consent.record(zarina, case, answers=[answer], asking=asking)
        draft = send.write(
            zarina,
            case,
            service=world.services["HOME-02"],
            purpose="help",
            urgency=urgency,
            sections=["contact"],
            told_body=True,
        )
        return send.send(zarina, draft, version=draft.version)


def decreed(days: int, version: int, kind: str = "decree") -> None:
    """From tomorrow on nobody works for so many days."""
    with god():
        today = calendar().day(now())
        for ahead in range(1, days + 1):
            CalendarDay.objects.update_or_create(
                day=today + timedelta(days=ahead), defaults={"kind_code": kind, "version": version}
            )


def run() -> Counter[str]:
    with as_role("hk_clock"):
        counts = clock.tick()
    assert "failed" not in counts
    return counts


def clock_of(referral: Referral) -> ReferralClock:
    with god():
        return ReferralClock.objects.get(referral=referral.pk)


def written() -> list[tuple[str, str, object]]:
    with god():
        rows = Ledger.objects.filter(action_code__endswith=".recompute")
        return list(rows.values_list("action_code", "role_code", "object_id"))


def test_days_off_move_a_working_clock_once_and_the_card_with_it(world: World) -> None:
    referral = request_to_the_shelter(world, "normal")
    before = clock_of(referral)
    decreed(14, version=1)
    assert run()["recompute"] == 1
    after = clock_of(referral)
    wanted = clocks.answer_rungs(before.started_at, "normal", calendar())
    assert after.due_at == wanted.target > before.due_at + timedelta(days=10)
    assert [datetime.fromisoformat(rung["at"]) for rung in after.rungs] == [rung.at for rung in wanted.rungs]
    assert (after.calendar_version, after.started_at, after.done) == (1, before.started_at, {})
    assert after.next_at == wanted.rungs[0].at
    with god():
        card = Referral.objects.get(pk=referral.pk)
        assert (card.answer_due_at, card.version) == (after.due_at, referral.version), "nobody took a step"
        assert set(CaseClock.objects.values_list("calendar_version", flat=True)) == {1}
    assert written() == [("referral.recompute", "system", referral.pk)], "clocks that did not move have no row"
    assert "recompute" not in run(), "once for each version"
    assert written() == [("referral.recompute", "system", referral.pk)]


def test_hours_that_run_day_and_night_do_not_move(world: World) -> None:
    pass_time_until(0, 10)
    referral = request_to_the_shelter(world, "urgent")
    before = clock_of(referral)
    decreed(14, version=1)
    assert "recompute" not in run()
    after = clock_of(referral)
    assert (after.due_at, after.rungs, after.calendar_version) == (before.due_at, before.rungs, 1)
    assert written() == []
    pass_time(hours=1, minutes=1)
    assert run() == {"remind": 1}, "and its rungs are told as before"


def test_what_waits_for_the_morning_waits_for_the_next_working_one_where_that_is_decreed_free(world: World) -> None:
    """Reminder and "late" stay; only when it ends moves (ADR 163)."""
    pass_time_until(0, 20, 51)
    referral = request_to_the_shelter(world, "urgent")
    before = clock_of(referral)
    decreed(1, version=1)
    assert run() == {"recompute": 1}
    after = clock_of(referral)
    assert (after.due_at, after.rungs[:2]) == (before.due_at, before.rungs[:2])
    ends = [datetime.fromisoformat(one.rungs[2]["at"]) for one in (before, after)]
    assert ends[1] - ends[0] == timedelta(days=1)


def test_days_off_that_are_taken_back_leave_at_least_four_hours(world: World) -> None:
    decreed(14, version=1)
    referral = request_to_the_shelter(world, "normal")
    far = clock_of(referral)
    plain = clocks.answer_rungs(far.started_at, "normal", calendar().__class__())
    pass_time(days=(plain.target - far.started_at).days + 1)
    run()
    with god():
        CalendarDay.objects.all().delete()
        CalendarDay.objects.create(day=calendar().day(far.started_at), kind_code="working_saturday", version=2)
    at = now()
    assert plain.target < at < far.due_at, "by the plain week it would be late already"
    assert run()["recompute"] == 1
    near = clock_of(referral)
    least = at + ticking.LEAST_WARNING
    assert least <= near.due_at < least + timedelta(minutes=1)
    assert near.calendar_version == 2


def test_a_rung_that_is_due_keeps_its_turn(world: World) -> None:
    referral = request_to_the_shelter(world, "normal")
    reminder = datetime.fromisoformat(clock_of(referral).rungs[0]["at"])
    pass_time(seconds=int((reminder - now()).total_seconds()) + 60)
    decreed(7, version=1)
    assert run() == {"recompute": 1, "remind": 1}


def test_only_the_clocks_login_recomputes(world: World) -> None:
    referral = request_to_the_shelter(world, "normal")
    with connection.cursor() as cursor:
        cursor.execute("select has_function_privilege('hk_app', 'clock_recompute(uuid, integer, jsonb)', 'execute')")
        assert cursor.fetchone() == (False,)
    row = clock_of(referral)
    decreed(7, version=1)
    with as_role("hk_clock"):
        stale = ReferralClock.objects.get(pk=row.pk)
        stale.started_at -= timedelta(days=1)
        assert clock._keep(stale, clock.timed(stale), now()) is False, "a step has started it anew meanwhile"
