"""The clocks, row by row: targets, reminders, who is told, how it ends. `calendar.clocks` runs these rows.

See docs/design/clocks-and-notices.md#the-clocks.
Every number here is a shipped default, called "answer target" on screens, never law.
"""

from hamkori.calendar.clocks import HALF, NO_WAIT, ClockRow, RungRule, days, hours, working_days, working_hours
from hamkori.casework.case.rules.sides import COORDINATOR, DESK_SUPERVISORS, LEAD, RV, SV, D, R, S
from hamkori.lifecycle import Notice


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
