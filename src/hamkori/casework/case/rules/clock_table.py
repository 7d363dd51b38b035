"""The clocks, row by row: targets, reminders, who is told, how it ends. `clocks` runs these rows.

See docs/design/clocks-and-notices.md#the-clocks.
Every number here is a shipped default, called "answer target" on screens, never law.
"""

from dataclasses import dataclass
from datetime import timedelta

from hamkori.casework.case.rules.sides import COORDINATOR, DESK_SUPERVISORS, LEAD, RV, SV, D, R, S
from hamkori.lifecycle import Notice


@dataclass(frozen=True)
class Span:
    """An amount of time. `days` and `hours` run day and night; `working_days` end at the close of the n-th one.

    `half`: half of the working time up to the target.
    """

    amount: int
    unit: str

    @property
    def at_most(self) -> timedelta:
        """How long it may take on the wall, whatever the calendar says; days that are worked take far less."""
        amount = max(self.amount, 0)
        if self.unit in ("hours", "days"):
            return timedelta(**{self.unit: amount})
        free = {"half": 0, "working_hours": 14 * 24 + 3 * amount, "working_days": (14 + 3 * amount) * 24}
        return timedelta(hours=free[self.unit])


def hours(amount: int) -> Span:
    """Hours, day and night."""
    return Span(amount, "hours")


def days(amount: int) -> Span:
    """Days of 24 hours."""
    return Span(amount, "days")


def working_hours(amount: int) -> Span:
    """Hours of working time."""
    return Span(amount, "working_hours")


def working_days(amount: int) -> Span:
    """The close of the n-th working day after the start."""
    return Span(amount, "working_days")


HALF = Span(1, "half")
NO_WAIT = Span(0, "hours")


@dataclass(frozen=True)
class RungRule:
    """A rung: its name, what it counts from (`start` or `target`), after how long, and whom it tells with which key."""

    name: str
    base: str
    after: Span
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True)
class ClockRow:
    """A row of the table. The rungs stand in the order of time. `end`: what the last rung does, for people."""

    name: str
    target: Span
    rungs: tuple[RungRule, ...]
    end: str

    @property
    def longest(self) -> timedelta:
        """From its start to its last rung, whatever the calendar says."""
        return self.target.at_most + max(rung.after.at_most for rung in self.rungs)


def _waiting(*sides: str) -> Notice:
    return Notice("waiting", sides)


_REMINDED = (_waiting(D, DESK_SUPERVISORS),)
_TOLD = (Notice("late", (COORDINATOR,)), _waiting(S))
_NOT_COME = (Notice("now", (S, SV)), Notice("late", (COORDINATOR,)))
_A_PERSON_ACTS = "a person acts"

CLOCKS: dict[str, ClockRow] = {
    row.name: row
    for row in (
        ClockRow(
            "answer.urgent",
            hours(2),
            (
                RungRule("reminder", "start", hours(1), _REMINDED),
                RungRule("told", "start", hours(2), _TOLD),
                RungRule("lapse", "start", hours(6)),
            ),
            "lapse",
        ),
        ClockRow(
            "answer.within_a_day",
            hours(24),
            (
                RungRule("reminder", "start", hours(12), _REMINDED),
                RungRule("told", "start", hours(24), _TOLD),
                RungRule("lapse", "start", hours(48)),
            ),
            "lapse",
        ),
        ClockRow(
            "answer.normal",
            working_days(3),
            (
                RungRule("reminder", "start", HALF, _REMINDED),
                RungRule("told", "target", NO_WAIT, _TOLD),
                RungRule("lapse", "target", working_days(2)),
            ),
            "lapse",
        ),
        ClockRow(
            "arrival.urgent",
            NO_WAIT,
            (
                RungRule("reminder", "target", hours(1), (_waiting(R, S),)),
                RungRule("told", "target", hours(4), _NOT_COME),
            ),
            _A_PERSON_ACTS,
        ),
        ClockRow(
            "arrival",
            NO_WAIT,
            (
                RungRule("reminder", "target", working_hours(4), (_waiting(R, S),)),
                RungRule("told", "target", working_days(1), _NOT_COME),
            ),
            _A_PERSON_ACTS,
        ),
        ClockRow(
            "miss",
            working_days(3),
            (
                RungRule("reminder", "start", working_days(1), (_waiting(R),)),
                RungRule("told", "target", NO_WAIT, (_waiting(S, RV),)),
            ),
            _A_PERSON_ACTS,
        ),
        ClockRow(
            "result",
            days(30),
            (
                RungRule("reminder", "target", NO_WAIT, (_waiting(R),)),
                RungRule("told", "target", working_days(5), (_waiting(RV, S),)),
            ),
            "starts again every 30 days",
        ),
        ClockRow(
            "confirm",
            working_days(5),
            (
                RungRule("reminder", "target", NO_WAIT, (_waiting(S),)),
                RungRule("told", "target", working_days(5), (_waiting(SV),)),
            ),
            "counted as not confirmed",
        ),
        ClockRow(
            "dispute",
            working_days(5),
            (
                RungRule("reminder", "start", working_days(3), (_waiting(R),)),
                RungRule("told", "target", NO_WAIT, (_waiting(RV), Notice("late", (COORDINATOR,)))),
            ),
            "-",
        ),
        ClockRow(
            "child",
            hours(24),
            (
                RungRule("reminder", "start", hours(12), (_waiting(LEAD),)),
                RungRule("told", "target", NO_WAIT, (_waiting(LEAD, SV),)),
            ),
            "the step tell_child_protection",
        ),
        ClockRow(
            "hand_over",
            working_days(5),
            (
                RungRule("reminder", "start", working_days(3), (_waiting(S),)),
                RungRule("told", "target", NO_WAIT, (_waiting(SV),)),
            ),
            "-",
        ),
        ClockRow(
            "consent",
            NO_WAIT,
            (
                RungRule("reminder_14", "target", days(-14), (Notice("agreement", (S,)),)),
                RungRule("reminder_3", "target", days(-3), (Notice("agreement", (S,)),)),
                RungRule("end", "target", NO_WAIT, (Notice("agreement", (S, R)),)),
                RungRule("lapse", "target", days(30)),
            ),
            "waiting: lapse at the end; accepted, serving: paused, lapse after 30 days",
        ),
    )
}
