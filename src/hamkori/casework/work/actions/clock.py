"""The clock's acts: remind, escalate, recompute, lapse, sweep. Late, twice or after a day's stop without harm.

Each act stands in its own savepoint, and each row is read by itself: one that fails does not hold up the others. A rung
is marked in the same transaction as its notices, and only one run can mark it. Of what somebody holds, the first costs
a run the worker's patience, each other one a moment: however many rows somebody holds, the run ends.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError, transaction

from hamkori import definer
from hamkori.access import door
from hamkori.access.actor import SYSTEM
from hamkori.access.context import now
from hamkori.action import Act, action
from hamkori.calendar import clocks as ticking
from hamkori.calendar.clocks import as_kept
from hamkori.calendar.queries import calendar
from hamkori.calendar.rules import Calendar
from hamkori.casework.case.machinery.notices import add
from hamkori.casework.case.models import Case, CaseClock
from hamkori.casework.case.rules import clocks
from hamkori.casework.case.rules.clock_table import CLOCKS
from hamkori.casework.case.rules.lifecycle import CASE
from hamkori.casework.case.rules.sides import Side
from hamkori.casework.referral.machinery import steps
from hamkori.casework.referral.machinery.telling import URGENT, tell
from hamkori.casework.referral.models import Referral, ReferralClock, ReferralWord
from hamkori.casework.referral.rules.lifecycle import LIVE, REFERRAL, conditions
from hamkori.casework.work.machinery import clock_failures
from hamkori.lifecycle import take as decide_step
from hamkori.people.actions.continuity import expire
from hamkori.refusal import NotNow, NotVisible

AT_A_TIME = 200
"""Rows of a kind in one run; the next run goes on with those that were tried least."""

MOMENT = "50ms"
"""How long a run waits for a row, once it has waited for one in vain."""

_tried: dict[str, Counter[UUID]] = {}
"""Of each kind how often this process has tried what still waits."""

Clock = ReferralClock | CaseClock


class StillHeld(Exception):
    """Somebody holds the request: nothing was done, and nothing of it stands in the ledger."""


def timed(row: Clock) -> ticking.Timed:
    """A stored clock as the rules read it."""
    rules = {rule.name: rule for rule in CLOCKS[row.row_code].rungs}
    rungs = tuple(
        ticking.Rung(rung["name"], datetime.fromisoformat(rung["at"]), rules[rung["name"]].notices)
        for rung in row.rungs
    )
    return ticking.Timed(row.clock_code, row.started_at, row.due_at, rungs, row.calendar_version)


def _done(row: Clock) -> dict[str, datetime]:
    return {name: datetime.fromisoformat(at) for name, at in row.done.items()}


def _mark(row: Clock, rung: str, next_at: datetime | None, following: dict[str, Any] | None = None) -> bool:
    stored = None if following is None else door.as_json(following)
    return bool(definer.value("clock_rung", row.pk, rung, next_at, stored))


def _tell(row: Clock, rung: ticking.Rung) -> None:
    """Tells of a rung once. A time that is agreed anew, or a word about it, begins anew: then people are told again."""
    period = f"_{row.period}" if row.period > 1 else ""
    if row.clock_code == "arrival":
        period = f"_{row.started_at:%y%m%d%H%M}"
    for notice in rung.notices:
        add(
            SYSTEM,
            key=notice.key,
            sides=notice.to,
            clock=row.clock_code,
            rung=f"{rung.name}{period}",
            urgent=notice.key in URGENT,
            mail=notice.key != "agreement",
            about=("referral", row.referral_id) if isinstance(row, ReferralClock) else ("case", row.case_id),
        )


def _act_on(act: Act, row: Clock, rung: ticking.Rung, cal: Calendar) -> None:
    """Marks the rung and tells; a result clock goes on into its next period after its last rung."""
    clock = timed(row)
    following = None
    if row.clock_code == "result" and rung.name == clock.rungs[-1].name:
        following = as_kept("result", "result", clocks.rungs("result", row.due_at, cal), period=row.period + 1)
    next_at = ticking.next_at(clock, act.at, {**_done(row), rung.name: act.at})
    if _mark(row, rung.name, next_at, following):
        _tell(row, rung)


@action("referral.remind", on="referral")
def remind(act: Act, referral: Referral, *, clock: ReferralClock, rung: ticking.Rung, cal: Calendar) -> None:
    """A rung before or at the target: the side that should act is reminded."""
    _act_on(act, clock, rung, cal)


@action("referral.escalate", on="referral")
def escalate(act: Act, referral: Referral, *, clock: ReferralClock, rung: ticking.Rung, cal: Calendar) -> None:
    """The target has passed: others are told, the coordinator among them."""
    _act_on(act, clock, rung, cal)


@action("referral.escalate", on="referral")
def say_it_ran_out(act: Act, referral: Referral, *, rung: str) -> None:
    """What the person agreed to has run out while they are helped: the named workers read nothing now, and hear why."""
    act.note(reason="consent_ended")
    add(
        act.actor,
        key="agreement_ended",
        sides=(Side.RECEIVER,),
        about=("referral", referral.pk),
        clock="consent",
        rung=rung,
    )


@action("case.remind", on="case")
def remind_case(act: Act, case: Case, *, clock: CaseClock, rung: ticking.Rung, cal: Calendar) -> None:
    """A rung of a case's own clock before its target."""
    _act_on(act, clock, rung, cal)


@action("case.escalate", on="case")
def escalate_case(act: Act, case: Case, *, clock: CaseClock, rung: ticking.Rung, cal: Calendar) -> None:
    """The target of a case's own clock has passed."""
    _act_on(act, clock, rung, cal)


@action("referral.recompute", on="referral")
def recompute(act: Act, referral: Referral, *, clock: ReferralClock, moved: ticking.Timed) -> bool:
    """The calendar has changed: what is still to come of a request's clock moves with it."""
    return _keep(clock, moved, act.at)


@action("case.recompute", on="case")
def recompute_case(act: Act, case: Case, *, clock: CaseClock, moved: ticking.Timed) -> bool:
    """The calendar has changed: what is still to come of a case's clock moves with it."""
    return _keep(clock, moved, act.at)


def _keep(row: Clock, moved: ticking.Timed, at: datetime) -> bool:
    """Writes the recomputed times. A rung that is due already keeps its turn."""
    waits = row.next_at is not None and row.next_at <= at
    stored = as_kept(row.clock_code, row.row_code, moved, row.period)
    stored["next_at"] = row.next_at if waits else ticking.next_at(moved, at, _done(row))
    return door.asked("clock_recompute", row.pk, row.calendar_version, door.as_json(stored))


@action("referral.lapse", on="referral")
def lapse(act: Act, referral: Referral, *, reason: str) -> bool:
    """Ends a request by time; packet and seals are deleted. False: it was answered meanwhile, or it is not time."""
    row = decide_step(REFERRAL, referral.state_code, "lapse", Side.CLOCK, {})
    act.note(reason=reason)
    if not door.tick(REFERRAL, referral.pk, "lapse", {"reason_code": reason}):
        return False
    tell(act.actor, row, referral.pk, Side.CLOCK)
    return True


@action("referral.withdraw", on="referral")
def withdraw(act: Act, referral: Referral, *, side: str, how_said: str) -> None:
    """Ends a request by her word, which stood while somebody held it. `side`: who wrote it down. StillHeld."""
    row = decide_step(REFERRAL, referral.state_code, "withdraw", side, {"how_said": True})
    met = conditions(referral.state_code, side)
    act.note(reason=how_said)
    if not steps.word_take(referral.pk):
        raise StillHeld
    tell(act.actor, row, referral.pk, side, met)


@action("referral.discard", on="referral")
def discard_idle(act: Act, referral: Referral) -> bool:
    """A draft that lay idle is erased with its text."""
    decide_step(REFERRAL, referral.state_code, "discard", Side.CLOCK, {})
    return door.tick(REFERRAL, referral.pk, "discard", {})


@action("case.discard", on="case")
def erase_idle(act: Act, case: Case) -> bool:
    """A case draft that lay idle is erased: its wraps are destroyed."""
    decide_step(
        CASE, case.state_code, "discard", Side.CLOCK, {"no_screening": True}
    )  # the database asks: we may not read it
    return door.tick(CASE, case.pk, "discard", {})


# ---------------------------------------------------------------- one run


def _each(counts: Counter[str], name: str, row: UUID | None, act: Callable[[], object]) -> None:
    try:
        if act() is not False:
            counts[name] += 1
    except (NotNow, NotVisible, ObjectDoesNotExist):
        counts["passed over"] += 1  # somebody was faster: it is no longer so
    except Exception as error:
        if clock_failures.keep(name, error, row) == clock_failures.HELD:
            _wait_no_longer()
        counts["failed"] += 1


def _wait_no_longer() -> None:
    definer.run("set_config", "lock_timeout", MOMENT, False)


def _referral(pk: UUID) -> Referral:
    return Referral.objects.only("pk", "state_code", "version").get(pk=pk)


def _case(pk: UUID) -> Case:
    return Case.objects.only("pk", "state_code", "version").get(pk=pk)


def _in_turn(kind: str, rows: Iterable[UUID]) -> list[UUID]:
    """As many as one run takes. What was tried in vain comes after all that was not: whoever holds many rows, or has
    spoilt them, keeps no other from its turn. Of the same number of tries those that come first.
    """
    before, waiting = _tried.get(kind, Counter[UUID]()), list(rows)
    taken = sorted(waiting, key=before.__getitem__)[:AT_A_TIME]
    _tried[kind] = Counter({pk: before[pk] for pk in waiting}) + Counter(taken)
    return taken


def _recomputed(counts: Counter[str], at: datetime, cal: Calendar) -> None:
    """Open clocks of another version of the calendar, once each; a ledger row for those whose times it moves."""
    for model in (CaseClock, ReferralClock):
        others = model.objects.exclude(calendar_version=cal.version).order_by("pk")
        for pk in _in_turn(f"recompute {model.__name__}", others.values_list("pk", flat=True)):
            _each(counts, "recompute", pk, partial(_recompute_one, model, pk, at, cal))


def _recompute_one(model: type[Clock], pk: UUID, at: datetime, cal: Calendar) -> bool:
    row: Clock = model.objects.get(pk=pk)
    old = timed(row)
    moved = ticking.recomputed(old, ticking.run(CLOCKS[row.row_code], row.started_at, cal), at)
    if moved == replace(old, calendar_version=cal.version):
        with transaction.atomic():
            _keep(row, moved, at)
        return False
    if isinstance(row, ReferralClock):
        return recompute(SYSTEM, _referral(row.referral_id), clock=row, moved=moved)
    return recompute_case(SYSTEM, _case(row.case_id), clock=row, moved=moved)


def _rungs(counts: Counter[str], at: datetime, cal: Calendar) -> None:
    for model in (ReferralClock, CaseClock):
        due = model.objects.filter(next_at__lte=at).order_by("next_at")
        for pk in _in_turn(model.__name__, due.values_list("pk", flat=True)):
            _each(counts, "look", pk, partial(_reach, counts, model, pk, at, cal))


def _reach(counts: Counter[str], model: type[Clock], pk: UUID, at: datetime, cal: Calendar) -> bool:
    """Acts on every rung that this clock has reached, each by itself. Looking is no act: never counted."""
    row: Clock = model.objects.get(pk=pk)
    reached = ticking.due_rungs(timed(row), at, _done(row))
    for rung in reached:
        name = "lapse" if rung.name == "lapse" else "remind" if rung.name.startswith("reminder") else "escalate"
        if isinstance(row, ReferralClock):
            _each(counts, name, pk, partial(_reach_referral, row, rung, cal))
        else:
            _each(counts, f"{name}_case", pk, partial(_reach_case, row, rung, cal))
    if not reached:
        _mark_looked(row, at)
    return False


def _reach_referral(row: ReferralClock, rung: ticking.Rung, cal: Calendar) -> object:
    referral = _referral(row.referral_id)
    if rung.name == "lapse":
        ends = definer.value("referral_expires", referral.pk)
        if ends is not None and ends > now():
            return (
                False  # a yes by telephone stands: it is looked at in each run, since that can be taken back (ADR 157)
            )
        return lapse(SYSTEM, referral, reason="no_answer")
    act = remind if rung.name.startswith("reminder") else escalate
    return act(SYSTEM, referral, clock=row, rung=rung, cal=cal)


def _reach_case(row: CaseClock, rung: ticking.Rung, cal: Calendar) -> object:
    act = remind_case if rung.name.startswith("reminder") else escalate_case
    return act(SYSTEM, _case(row.case_id), clock=row, rung=rung, cal=cal)


def _mark_looked(row: Clock, at: datetime) -> None:
    """Nothing to do yet (a skipped reminder, a lapse that waits): look again when the rules say."""
    with transaction.atomic():
        definer.run("clock_look", row.pk, ticking.next_at(timed(row), at, _done(row)))


def _said(counts: Counter[str]) -> None:
    """Requests against which her word stands, and parts that she took back. What is held waits for the next run."""
    _each(counts, "narrow", None, partial(door.asked, "packets_narrow"))
    words = ReferralWord.objects.filter(referral__state_code__in=LIVE).order_by("at", "pk")
    for pk in _in_turn("word", words.values_list("pk", flat=True)):
        _each(counts, "withdraw", pk, partial(_carry_out, pk))


def _carry_out(pk: UUID) -> bool:
    word = ReferralWord.objects.only("referral_id", "side_code", "how_said_code").get(pk=pk)
    try:
        withdraw(SYSTEM, _referral(word.referral_id), side=word.side_code, how_said=word.how_said_code)
    except StillHeld:
        return False
    return True


def tick() -> Counter[str]:
    """One run of the clock as hk_clock; what was done, by name. Run it as often as you like."""
    counts: Counter[str] = Counter()
    with clock_failures.kept("tick"), _patient():
        at, cal = now(), calendar()
        _said(counts)
        _recomputed(counts, at, cal)
        _rungs(counts, at, cal)
        for pk in _in_turn("unagreed", (one for (one,) in definer.rows("referrals_unagreed", columns="referral_id"))):
            _each(counts, "lapse", pk, lambda pk=pk: lapse(SYSTEM, _referral(pk), reason="consent_ended"))  # type: ignore[misc]
        ran_out: dict[UUID, str] = dict(definer.rows("referrals_ran_out", columns="referral_id rung"))
        for pk in _in_turn("ran out", ran_out):
            _each(counts, "escalate", pk, lambda pk=pk: say_it_ran_out(SYSTEM, _referral(pk), rung=ran_out[pk]))  # type: ignore[misc]
        for pk in _in_turn("expire", (one for (one,) in definer.rows("two_person_due", columns="two_person_due"))):
            _each(counts, "expire", pk, partial(expire, SYSTEM, question=pk))
        idle = clocks.idle_since(at)
        drafts = Referral.objects.filter(state_code="draft", written_at__lte=idle)
        for pk in _in_turn("discard", drafts.values_list("pk", flat=True)):
            _each(counts, "discard", pk, lambda pk=pk: discard_idle(SYSTEM, _referral(pk)))  # type: ignore[misc]
        begun = Case.objects.filter(state_code="draft", begun_at__lte=idle)
        for pk in _in_turn("erase", begun.values_list("pk", flat=True)):
            _each(counts, "erase", pk, lambda pk=pk: erase_idle(SYSTEM, _case(pk)))  # type: ignore[misc]
    return counts


def sweep() -> dict[str, int]:
    """What a job repairs and reckons once in a while: packets left over after an ending, usual answer times.

    And what has been kept long enough: versions of a part that were not kept, typing that was not saved.
    """
    with clock_failures.kept("sweep"):
        ((packets, times, aside, typed),) = definer.read(
            "select packets_sweep(), service_usual_time(), set_aside_forget(), typed_forget()"
        )
    return {"packets": packets, "usual_times": times, "set_aside": aside, "typed": typed}


@contextmanager
def _patient() -> Iterator[None]:
    """The next run waits for locks as its connection was told at its begin."""
    try:
        yield
    finally:
        with suppress(DatabaseError):
            definer.write("reset lock_timeout")
