"""When something is due, who hears of it, and that silence escalates by itself and never unfairly."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hamkori.calendar import clocks as ticking
from hamkori.calendar.clocks import ClockRow, RungRule, Span, Timed, as_kept, due_rungs, next_at, recomputed
from hamkori.calendar.rules import Calendar
from hamkori.casework.case.rules import clocks
from hamkori.casework.case.rules.clock_table import CLOCKS
from hamkori.vocabulary import codelist

PLAIN = Calendar()
URGENCIES = ("urgent", "within_a_day", "normal")
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
instants = st.timedeltas(timedelta(0), timedelta(days=545)).map(lambda after: FIRST + after)
calendars = st.builds(
    Calendar.of,
    st.dictionaries(
        st.dates(date(2026, 1, 1), date(2027, 9, 1)),
        st.sampled_from(["holiday", "transferred", "working_saturday"]),
        max_size=20,
    ),
    st.sampled_from(["Asia/Dushanbe", "Europe/Berlin"]),
    st.integers(0, 9),
)


def at(year: int, month: int, day: int, hour: int, minute: int) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=ZoneInfo("Asia/Dushanbe"))


def rung_times(clock: Timed) -> dict[str, datetime]:
    return {rung.name: rung.at for rung in clock.rungs}


def lapse_at(seen_at: datetime, urgency: str, days: dict[date, str]) -> datetime:
    return clocks.answer_rungs(seen_at, urgency, Calendar.of(days)).rung("lapse").at


def test_a_normal_request_can_be_stopped_for_30_seconds_and_an_urgent_one_cannot() -> None:
    sent = at(2026, 11, 25, 10, 0)
    assert clocks.visible_at(sent, "normal", "ordinary") == sent + timedelta(seconds=30)
    assert clocks.visible_at(sent, "within_a_day", "raised") == sent + timedelta(seconds=30)
    assert clocks.visible_at(sent, "urgent", "ordinary") == sent
    assert clocks.visible_at(sent, "normal", "high") == sent
    assert clocks.not_yet_visible(sent + timedelta(seconds=30), sent + timedelta(seconds=29))
    assert not clocks.not_yet_visible(sent + timedelta(seconds=30), sent + timedelta(seconds=30))


def test_urgent_runs_through_the_night_and_ends_when_the_morning_had_its_hours() -> None:
    """Red before: it ended on Sunday at 05:00, and the desk read nothing on Monday (ADR 163)."""
    saturday = at(2026, 11, 28, 23, 0)
    clock = clocks.answer_rungs(saturday, "urgent", PLAIN)
    assert clock.target == at(2026, 11, 29, 1, 0)
    assert rung_times(clock) == {
        "reminder": at(2026, 11, 29, 0, 0),
        "told": at(2026, 11, 29, 1, 0),
        "lapse": at(2026, 11, 30, 10, 0),
    }


def test_within_a_day_is_24_hours_whatever_the_week() -> None:
    friday = at(2026, 11, 27, 16, 0)
    clock = clocks.answer_rungs(friday, "within_a_day", PLAIN)
    assert clock.target == at(2026, 11, 28, 16, 0)
    assert rung_times(clock) == {
        "reminder": at(2026, 11, 28, 4, 0),
        "told": at(2026, 11, 28, 16, 0),
        "lapse": at(2026, 11, 30, 17, 0),
    }


def at_most(seen_at: datetime, urgency: str, calendar: Calendar) -> datetime:
    return clocks.answer_at_most(clocks.answer_rungs(seen_at, urgency, calendar), calendar)


def test_a_yes_counts_for_the_grace_once_over_again_at_most() -> None:
    friday = at(2026, 11, 27, 16, 0)
    assert at_most(friday, "within_a_day", PLAIN) == at(2026, 12, 2, 17, 0)
    assert at_most(friday, "urgent", PLAIN) == at(2026, 12, 1, 17, 0), "so long a yes by telephone lets it wait"


def test_days_off_that_come_after_the_send_move_the_lapse_and_not_until_when_a_yes_counts() -> None:
    """As many as the grace are room enough; of more the last ones are lost: SECURITY.md says so."""
    sent = at(2026, 11, 25, 13, 0)
    ends = at_most(sent, "normal", PLAIN)
    grown = {date(2026, 11, 30): "holiday", date(2026, 12, 1): "holiday"}
    assert lapse_at(sent, "normal", grown) == ends == at(2026, 12, 4, 17, 0)
    assert lapse_at(sent, "normal", {**grown, date(2026, 12, 2): "holiday"}) > ends
    in_a_day = at_most(sent, "within_a_day", Calendar.of(grown))
    grown |= {date(2026, 11, 26): "holiday", date(2026, 11, 27): "holiday"}
    assert in_a_day >= lapse_at(sent, "within_a_day", grown)


def test_nor_do_days_off_that_there_were_at_the_send_make_it_longer_than_such_a_clock_lasts() -> None:
    sent, grace = at(2026, 11, 25, 13, 0), timedelta(days=20)
    free = {(sent + timedelta(days=ahead)).date(): "holiday" for ahead in range(300)}
    timed = clocks.answer_rungs(sent, "normal", Calendar.of(free))
    assert timed.rung("lapse").at > sent + timedelta(days=300)
    assert clocks.answer_at_most(timed, Calendar.of(free)) <= sent + clocks.CLOCKS["answer.normal"].longest + grace
    assert {row.name: row.longest for row in clocks.CLOCKS.values() if row.name.startswith("answer")} == {
        "answer.urgent": timedelta(days=15, hours=2),
        "answer.within_a_day": timedelta(days=17),
        "answer.normal": timedelta(days=43),
    }


def test_normal_is_the_close_of_the_third_working_day() -> None:
    # Wednesday 13:00: 4 + 9 + 9 + 9 = 31 working hours until Monday 17:00; half of them end on Friday at 10:30.
    clock = clocks.answer_rungs(at(2026, 11, 25, 13, 0), "normal", PLAIN)
    assert clock.target == at(2026, 11, 30, 17, 0)
    assert rung_times(clock) == {
        "reminder": at(2026, 11, 27, 10, 30),
        "told": at(2026, 11, 30, 17, 0),
        "lapse": at(2026, 12, 2, 17, 0),
    }


def test_an_unknown_urgency_is_a_fault() -> None:
    with pytest.raises(KeyError):
        clocks.answer_rungs(at(2026, 11, 25, 13, 0), "soon", PLAIN)
    with pytest.raises(KeyError):
        clocks.answer_rungs(at(2026, 11, 25, 13, 0), "urgent", PLAIN).rung("party")


def test_the_numbers_are_those_of_the_vocabulary() -> None:
    start = at(2026, 11, 25, 13, 0)
    for entry in codelist("urgency"):
        clock = clocks.answer_rungs(start, entry.code, PLAIN)
        if entry.data["counts"] == "elapsed":
            for rung in ("reminder", "told", "lapse"):
                data = entry.data[rung]
                assert isinstance(data, dict)
                assert clock.rung(rung).at == start + timedelta(**data)
            least = {"urgent": {"working_hours_on_end": 2}, "within_a_day": {"close_of_working_day_after": 1}}
            assert entry.data["lapse_not_before"] == least[entry.code]
            target = entry.data["target"]
            assert isinstance(target, dict)
            assert clock.target == start + timedelta(**target)
        visible = clocks.visible_at(start, entry.code, "ordinary") - start
        assert visible.total_seconds() == entry.data["visible_after_s"]
    assert {name.partition(".")[0] for name in CLOCKS} == set(codelist("clock").codes)
    numbers = {name: codelist("clock").entry(name).data for name in ("miss", "confirm", "dispute", "hand_over")}
    assert [data["target"] for data in numbers.values()] == [{"working_days": row} for row in (3, 5, 5, 5)]
    assert [CLOCKS[name].target.amount for name in numbers] == [3, 5, 5, 5]
    assert codelist("clock").entry("result").data["target"] == {"days": CLOCKS["result"].target.amount, "repeats": True}


def test_she_was_expected_in_the_afternoon_and_has_not_come() -> None:
    friday = date(2026, 11, 27)
    assert clocks.arrival_end(friday, "morning", PLAIN) == at(2026, 11, 27, 12, 0)
    normal = clocks.arrival_rungs(friday, "morning", "normal", PLAIN)
    assert rung_times(normal) == {"reminder": at(2026, 11, 27, 16, 0), "told": at(2026, 11, 30, 17, 0)}
    evening = clocks.arrival_rungs(friday, "evening", "within_a_day", PLAIN)
    assert rung_times(evening) == {"reminder": at(2026, 11, 30, 12, 0), "told": at(2026, 11, 30, 17, 0)}
    urgent = clocks.arrival_rungs(friday, "afternoon", "urgent", PLAIN)
    assert rung_times(urgent) == {"reminder": at(2026, 11, 27, 18, 0), "told": at(2026, 11, 27, 21, 0)}
    told = {(notice.key, side) for notice in urgent.rung("told").notices for side in notice.to}
    assert told == {("now", "S"), ("now", "SV"), ("late", "N")}


def test_the_clocks_after_the_answer() -> None:
    wednesday = at(2026, 11, 25, 13, 0)
    assert rung_times(clocks.rungs("miss", wednesday, PLAIN)) == {
        "reminder": at(2026, 11, 26, 17, 0),
        "told": at(2026, 11, 30, 17, 0),
    }
    assert clocks.rungs("result", wednesday, PLAIN).target == at(2026, 12, 25, 13, 0)
    second = clocks.rungs("result", clocks.rungs("result", wednesday, PLAIN).target, PLAIN)
    assert clocks.rungs("result", second.target, PLAIN).target == at(2027, 2, 23, 13, 0)
    assert clocks.rungs("result", wednesday, PLAIN).rung("told").at == at(2027, 1, 1, 17, 0)
    confirm = clocks.rungs("confirm", wednesday, PLAIN)
    assert confirm.target == at(2026, 12, 2, 17, 0)
    assert rung_times(confirm) == {"reminder": at(2026, 12, 2, 17, 0), "told": at(2026, 12, 9, 17, 0)}
    for clock in (clocks.rungs("dispute", wednesday, PLAIN), ticking.run(CLOCKS["hand_over"], wednesday, PLAIN)):
        assert rung_times(clock) == {"reminder": at(2026, 11, 30, 17, 0), "told": at(2026, 12, 2, 17, 0)}
    child = clocks.rungs("child", wednesday, PLAIN)
    assert rung_times(child) == {"reminder": at(2026, 11, 26, 1, 0), "told": at(2026, 11, 26, 13, 0)}


def test_an_agreement_lives_through_its_last_day() -> None:
    clock = clocks.consent_rungs(date(2026, 12, 31), PLAIN)
    assert clock.target == at(2027, 1, 1, 0, 0)
    assert rung_times(clock) == {
        "reminder_14": at(2026, 12, 18, 0, 0),
        "reminder_3": at(2026, 12, 29, 0, 0),
        "end": at(2027, 1, 1, 0, 0),
        "lapse": at(2027, 1, 31, 0, 0),
    }


def every_clock(start: datetime, calendar: Calendar) -> list[Timed]:
    return [ticking.run(row, start, calendar) for row in CLOCKS.values()]


@given(instants, calendars)
def test_rungs_stand_in_the_order_of_time(start: datetime, calendar: Calendar) -> None:
    for clock in every_clock(start, calendar):
        times = [rung.at for rung in clock.rungs]
        assert times == sorted(times), clock
        assert clock.target >= start
        assert clock.calendar_version == calendar.version
    for urgency in URGENCIES:
        clock = clocks.answer_rungs(start, urgency, calendar)
        assert start < clock.rungs[0].at < clock.target <= clock.rungs[1].at < clock.rungs[2].at


@given(instants, st.timedeltas(timedelta(0), timedelta(days=20)), calendars)
def test_who_sends_later_is_never_due_earlier(start: datetime, later: timedelta, calendar: Calendar) -> None:
    for before, after in zip(every_clock(start, calendar), every_clock(start + later, calendar), strict=True):
        assert after.target >= before.target
        for early, late in zip(before.rungs, after.rungs, strict=True):
            assert late.at >= early.at


START = at(2026, 11, 25, 10, 0)
URGENT = clocks.answer_rungs(START, "urgent", PLAIN)


def test_what_the_database_keeps_of_a_clock() -> None:
    made = clocks.rungs("confirm", at(2026, 3, 2, 10, 0), PLAIN)
    kept = as_kept("confirm", "confirm", made, 2)
    assert kept == {
        "clock_code": "confirm",
        "row_code": "confirm",
        "started_at": made.start,
        "due_at": made.target,
        "next_at": made.rungs[0].at,
        "rungs": [{"name": rung.name, "at": rung.at} for rung in made.rungs],
        "period": 2,
        "calendar_version": made.calendar_version,
    }


def names(clock: Timed, hours: float, done: dict[str, datetime]) -> list[str]:
    return [rung.name for rung in due_rungs(clock, START + timedelta(hours=hours), done)]


def test_each_rung_happens_once_however_often_the_job_runs() -> None:
    done: dict[str, datetime] = {}
    happened = []
    for minutes in range(0, 8 * 60, 5):
        now = START + timedelta(minutes=minutes)
        for rung in due_rungs(URGENT, now, done):
            happened.append((rung.name, minutes))
            done[rung.name] = now
    assert happened == [("reminder", 60), ("told", 120), ("lapse", 360)]


def test_after_a_stop_nobody_is_reminded_of_what_is_past_and_people_can_still_act() -> None:
    # The job stood still for ten hours: the lapse was due, but nobody has been told.
    assert names(URGENT, 10, {}) == ["told"]
    told = {"told": START + timedelta(hours=10)}
    assert names(URGENT, 10.1, told) == []
    assert names(URGENT, 11.9, told) == []
    # Half of the grace of four hours later it ends.
    assert names(URGENT, 12, told) == ["lapse"]


def test_a_short_stop_only_delays() -> None:
    assert names(URGENT, 1.5, {}) == ["reminder"]
    assert names(URGENT, 2.5, {}) == ["told"]
    assert names(URGENT, 2.5, {"told": START}) == []
    assert names(URGENT, 0.5, {}) == []


def test_a_reminder_that_falls_on_its_target_is_sent() -> None:
    confirm = clocks.rungs("confirm", START, PLAIN)
    assert [rung.name for rung in due_rungs(confirm, confirm.target, {})] == ["reminder"]
    assert [rung.name for rung in due_rungs(confirm, confirm.rung("told").at, {})] == ["told"]


def test_consent_that_ended_during_a_stop_says_so_once_and_lapses_after_half_the_grace() -> None:
    consent = clocks.consent_rungs(date(2026, 12, 31), PLAIN)
    much_later = consent.rung("lapse").at + timedelta(days=5)
    assert [rung.name for rung in due_rungs(consent, much_later, {})] == ["end"]
    done = {"end": much_later}
    assert due_rungs(consent, much_later + timedelta(days=14), done) == ()
    assert [rung.name for rung in due_rungs(consent, much_later + timedelta(days=15), done)] == ["lapse"]


def test_the_job_knows_when_to_look_again() -> None:
    assert next_at(URGENT, START, {}) == START + timedelta(hours=1)
    assert next_at(URGENT, START + timedelta(hours=3), {"told": START}) == START + timedelta(hours=6)
    # After a stop: half the grace after people were told.
    told_late = START + timedelta(hours=10)
    assert next_at(URGENT, told_late, {"told": told_late}) == told_late + timedelta(hours=2)
    assert next_at(URGENT, told_late, {"told": START, "lapse": told_late}) is None
    child = clocks.rungs("child", START, PLAIN)
    assert next_at(child, START + timedelta(hours=25), {}) is None


def test_a_new_holiday_moves_what_is_open_and_a_lost_one_leaves_four_hours() -> None:
    holiday = Calendar.of({date(2026, 11, 30): "holiday"}, version=2)
    sent = at(2026, 11, 25, 13, 0)
    before, after = (clocks.answer_rungs(sent, "normal", calendar) for calendar in (PLAIN, holiday))
    now = at(2026, 11, 28, 9, 0)
    moved = recomputed(before, after, now)
    assert moved.target == at(2026, 12, 1, 17, 0)
    assert moved.rung("reminder").at == before.rung("reminder").at, "what is past stays"
    assert moved.rung("lapse").at == at(2026, 12, 3, 17, 0)
    assert moved.calendar_version == 2
    # The holiday is taken back on Monday at 15:00: the old target would be in two hours; four remain.
    back = recomputed(after, before, at(2026, 11, 30, 15, 0))
    assert back.target == at(2026, 11, 30, 19, 0)
    assert back.rung("told").at == at(2026, 11, 30, 19, 0)


@given(instants, st.integers(0, 200), calendars, calendars, st.sampled_from(URGENCIES))
def test_a_change_of_the_calendar_never_takes_time_away_at_the_last_moment(
    start: datetime, hours: int, old_days: Calendar, new_days: Calendar, urgency: str
) -> None:
    old, new = (clocks.answer_rungs(start, urgency, calendar) for calendar in (old_days, new_days))
    now = start + timedelta(hours=hours)
    moved = recomputed(old, new, now)
    times = [rung.at for rung in moved.rungs]
    assert times == sorted(times)
    for before, fresh, after in zip(old.rungs, new.rungs, moved.rungs, strict=True):
        if before.at <= now:
            assert after.at == before.at
        elif after.at < before.at:
            assert after.at >= now + timedelta(hours=4)
        else:
            assert after.at == max(before.at, fresh.at) or after.at == before.at


def test_guards_that_are_times() -> None:
    accepted = at(2026, 11, 25, 10, 0)
    assert clocks.within_24h(accepted, at(2026, 11, 26, 9, 59))
    assert not clocks.within_24h(accepted, at(2026, 11, 26, 10, 0))
    assert accepted <= clocks.idle_since(at(2026, 12, 9, 10, 0)), "a draft of then is discarded"
    assert accepted > clocks.idle_since(at(2026, 12, 9, 9, 59))
    assert not clocks.late(URGENT.target, URGENT.target - timedelta(seconds=1))
    assert clocks.late(URGENT.target, URGENT.target)
    assert not clocks.late(None, URGENT.target)


# --- months -----------------------------------------------------------------------------------------------------------


def in_months(start: datetime, amount: int, calendar: Calendar = PLAIN) -> Timed:
    row = ClockRow("follow_up", Span(amount, "months"), (RungRule("told", "target", Span(1, "months")),), "-")
    return ticking.run(row, start, calendar)


@pytest.mark.parametrize(
    ("start", "amount", "closes"),
    [
        (at(2028, 1, 31, 9, 0), 1, at(2028, 2, 29, 17, 0)),
        (at(2027, 1, 31, 23, 0), 1, at(2027, 3, 1, 17, 0)),  # 28 February is a Sunday
        (at(2025, 11, 30, 9, 0), 3, at(2026, 3, 2, 17, 0)),  # and so is that of 2026, a Saturday
        (at(2023, 11, 30, 9, 0), 3, at(2024, 2, 29, 17, 0)),
        (at(2026, 11, 25, 20, 0), 12, at(2027, 11, 25, 17, 0)),
        (at(2026, 12, 1, 9, 0), 1, at(2027, 1, 1, 17, 0)),
    ],
)
def test_months_are_cut_to_their_last_day_and_end_at_a_working_close(
    start: datetime, amount: int, closes: datetime
) -> None:
    assert in_months(start, amount).target == closes


@given(instants, calendars, st.integers(1, 24))
def test_months_last_as_long_as_their_bound_says_at_most(start: datetime, calendar: Calendar, amount: int) -> None:
    clock = in_months(start, amount, calendar)
    assert calendar.works(calendar.day(clock.target))
    assert start + timedelta(days=28 * amount - 1) < clock.target <= start + Span(amount, "months").at_most
    assert clock.target < clock.rungs[0].at


# --- rows of every room -----------------------------------------------------------------------------------------------


def test_rows_of_all_rooms_are_known_and_no_name_stands_twice() -> None:
    assert set(CLOCKS.values()) <= set(ticking.all_rows())
    with pytest.raises(ValueError, match=r"two rooms have the clocks \['child'\]"):
        ticking.register({"child": CLOCKS["child"]})
