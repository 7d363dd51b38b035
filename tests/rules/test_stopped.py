"""When a referral has stopped without help, what stands above what on Today, and what a desk's telephone may be."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from hamkori.calendar.rules import Calendar
from hamkori.casework.case.rules import clocks
from hamkori.casework.case.rules.age import CHILD_BANDS
from hamkori.casework.referral.rules.card import in_hurry
from hamkori.casework.referral.rules.stopped import MISSED, STOPPED, stop
from hamkori.casework.work.rules.worklist import GRAVITY, gravity, hurry
from hamkori.people.rules.desk_phone import LONGEST, bare, fault, is_invented, kept

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
NINE = NOON - timedelta(hours=3)
WEEK = Calendar.of({}, "Asia/Dushanbe", 1)


def told(state: str, **more: Any) -> Any:
    nothing = {"ended_at": None, "missed_at": None, "heard_code": "", "heard_at": None}
    return SimpleNamespace(state_code=state, **{**nothing, **more})


@pytest.mark.parametrize("state", STOPPED)
def test_an_ending_without_help_has_stopped_it_from_then_on(state: str) -> None:
    assert stop(told(state, ended_at=NOON)) == (state, NOON)
    assert stop(told(state)) is None


def test_did_not_come_is_no_ending_and_stops_it_whoever_said_so() -> None:
    assert stop(told("accepted", missed_at=NOON)) == (MISSED, NOON)
    assert stop(told("accepted", heard_code="did_not_come", heard_at=NINE)) == (MISSED, NINE)
    assert stop(told("accepted", heard_code="called", heard_at=NINE)) is None
    assert stop(told("serving", missed_at=NOON)) is None, "the person came after all"


def test_danger_stands_above_everything_then_who_may_be_missing_and_drafts_at_the_end() -> None:
    order = [
        "danger.draft",
        "sent.arrival",
        "sent.answer",
        "stopped.declined",
        "stopped.lapsed",
        "consent",
        "next_step",
    ]
    assert [gravity(what) for what in order] == list(range(len(order)))
    assert gravity("next_step") < gravity("next_step", "signs") < gravity("draft")
    assert gravity("next_step", "meet") == len(GRAVITY)
    assert (
        gravity("national.late", "urgent")
        == gravity("sent.arrival")
        < gravity("national.late", "normal")
        == gravity("national.late")
        < gravity("national.late", "urgent", spoken=True)
        < len(GRAVITY)
    )


def test_of_those_who_wait_for_help_the_urgent_stand_first_then_those_at_risk() -> None:
    assert [hurry("got.arrival", *how) for how in (("urgent", ""), ("normal", "high"), ("normal", ""))] == [0, 1, 2]
    assert hurry("got.result", "urgent", "high") == 2, "who is helped already waits for nobody"


def test_a_desks_telephone_is_figures_and_no_case() -> None:
    assert [fault(one) for one in ("", "(demo) 00-11", "+992 00 01")] == ["", "", ""]
    assert is_invented("(demo) 00-11")
    assert not is_invented("+992 00 01")
    assert (bare("(demo) 00-11"), bare("+992 00 01")) == ("00-11", "+992 00 01")
    assert (fault("1" * (LONGEST + 1)), fault("ask Zarina"), fault("12")) == ("longer", "figures", "figures")
    assert fault("4827 3162") == "case", "a number of a case is none of a telephone"


def test_whatever_is_recorded_in_the_demonstration_is_marked_as_invented() -> None:
    assert [kept(one, in_demo=True) for one in ("+992 00 01", "(demo) 00-11", "")] == [
        "(demo) +992 00 01",
        "(demo) 00-11",
        "",
    ]
    assert kept("+992 00 01", in_demo=False) == "+992 00 01"
    assert is_invented("(demo) +992 00 01")
    assert bare("(demo) +992 00 01") == "+992 00 01"
    said = ("(demo) +992 00 01", "(demo) ask Zarina", "(demo) 4827 3162", f"(demo) {'1' * LONGEST}")
    assert [fault(one) for one in said] == ["", "figures", "case", "longer"], "the mark makes no number of what is none"


def test_what_is_left_of_today_and_all_of_tomorrow_can_be_agreed() -> None:
    today = date(2026, 11, 25)
    late = clocks.part_ends(today, "afternoon")
    ahead = clocks.parts_ahead(late)
    assert (today, "afternoon") not in ahead
    assert {day for day, _part in ahead} == {today, today + timedelta(days=1)}
    assert all(clocks.part_ends(day, part) > late for day, part in ahead)


def test_who_is_urgent_a_child_or_at_risk_is_not_lost_from_sight_for_a_day() -> None:
    adult, child = "18-29", CHILD_BANDS[0]
    hurries = [
        ("urgent", "ordinary", adult),
        ("normal", "raised", adult),
        ("normal", "high", ""),
        ("normal", "", child),
    ]
    assert all(in_hurry(*one) for one in hurries)
    assert not any(in_hurry(*one) for one in (("within_a_day", "ordinary", adult), ("normal", "not_asked", "")))


def test_what_was_heard_rests_until_the_clock_asks_again_and_stays_late() -> None:
    timed = clocks.heard_rungs(NOON, NINE, WEEK)
    assert timed.target == NINE
    soon = clocks.heard_rungs(NOON, NINE, WEEK, hurries=True)
    assert (soon.target, soon.rung("told").at) == (NINE, NOON + timedelta(hours=4)), "day and night (ADR 116)"
    assert soon.rung("told").at < timed.rung("told").at
    assert clocks.rests("called", NOON, NINE)
    assert not clocks.rests("called", NINE, NOON)
    assert clocks.rests("did_not_come", NOON, NINE)
    assert not clocks.rests("", NOON, NINE)
    assert not clocks.rests("came", None, NINE)
