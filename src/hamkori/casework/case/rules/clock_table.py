"""The clocks, row by row: targets, reminders, who is told, how it ends. `calendar.clocks` runs these rows.

See docs/design/clocks-and-notices.md#the-clocks.
Every number here is a shipped default, called "answer target" on screens, never law.
"""

from hamkori.calendar.clocks import (
    HALF,
    NEXT_DAY,
    NO_WAIT,
    ClockRow,
    RungRule,
    days,
    hours,
    hours_on_end,
    working_days,
    working_hours,
)
from hamkori.casework.case.rules.sides import Side
from hamkori.lifecycle import Notice


def _waiting(*sides: str) -> Notice:
    return Notice("waiting", sides)


_REMINDED = (_waiting(Side.DESK, Side.DESK_SUPERVISORS),)
_TOLD = (Notice("late", (Side.COORDINATOR,)), _waiting(Side.SENDER))
_NOT_COME = (Notice("now", (Side.SENDER, Side.SENDER_SUPERVISOR)), Notice("late", (Side.COORDINATOR,)))
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
                # Who opens in the morning has as long as the target, before what was sent at night is gone (ADR 163).
                RungRule("lapse", "start", hours(6), not_before=hours_on_end(2)),
            ),
            "lapse",
        ),
        ClockRow(
            "answer.within_a_day",
            hours(24),
            (
                RungRule("reminder", "start", hours(12), _REMINDED),
                RungRule("told", "start", hours(24), _TOLD),
                RungRule("lapse", "start", hours(48), not_before=NEXT_DAY),
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
                RungRule("reminder", "target", hours(1), (_waiting(Side.RECEIVER, Side.SENDER),)),
                RungRule("told", "target", hours(4), _NOT_COME),
            ),
            _A_PERSON_ACTS,
        ),
        ClockRow(
            "arrival",
            NO_WAIT,
            (
                RungRule("reminder", "target", working_hours(4), (_waiting(Side.RECEIVER, Side.SENDER),)),
                RungRule("told", "target", working_days(1), _NOT_COME),
            ),
            _A_PERSON_ACTS,
        ),
        # From the sender's word about the arrival: a working day in hours, so that it comes back at the same hour.
        ClockRow(
            "arrival.heard",
            NO_WAIT,
            (RungRule("told", "start", working_hours(9), (_waiting(Side.RECEIVER), *_NOT_COME)),),
            _A_PERSON_ACTS,
        ),
        # The same of who is in a hurry: as long as an urgent arrival may stay unknown (ADR 0116).
        ClockRow(
            "arrival.heard.urgent",
            NO_WAIT,
            (RungRule("told", "start", hours(4), (_waiting(Side.RECEIVER), *_NOT_COME)),),
            _A_PERSON_ACTS,
        ),
        ClockRow(
            "miss",
            working_days(3),
            (
                RungRule("reminder", "start", working_days(1), (_waiting(Side.RECEIVER),)),
                RungRule("told", "target", NO_WAIT, (_waiting(Side.SENDER, Side.RECEIVER_SUPERVISOR),)),
            ),
            _A_PERSON_ACTS,
        ),
        ClockRow(
            "result",
            days(30),
            (
                RungRule("reminder", "target", NO_WAIT, (_waiting(Side.RECEIVER),)),
                RungRule("told", "target", working_days(5), (_waiting(Side.RECEIVER_SUPERVISOR, Side.SENDER),)),
            ),
            "starts again every 30 days",
        ),
        ClockRow(
            "confirm",
            working_days(5),
            (
                RungRule("reminder", "target", NO_WAIT, (_waiting(Side.SENDER),)),
                RungRule("told", "target", working_days(5), (_waiting(Side.SENDER_SUPERVISOR),)),
            ),
            "counted as not confirmed",
        ),
        ClockRow(
            "dispute",
            working_days(5),
            (
                RungRule("reminder", "start", working_days(3), (_waiting(Side.RECEIVER),)),
                RungRule(
                    "told", "target", NO_WAIT, (_waiting(Side.RECEIVER_SUPERVISOR), Notice("late", (Side.COORDINATOR,)))
                ),
            ),
            "-",
        ),
        ClockRow(
            "child",
            hours(24),
            (
                RungRule("reminder", "start", hours(12), (_waiting(Side.LEAD),)),
                RungRule("told", "target", NO_WAIT, (_waiting(Side.LEAD, Side.SENDER_SUPERVISOR),)),
            ),
            "the step tell_child_protection",
        ),
        ClockRow(
            "hand_over",
            working_days(5),
            (
                RungRule("reminder", "start", working_days(3), (_waiting(Side.SENDER),)),
                RungRule("told", "target", NO_WAIT, (_waiting(Side.SENDER_SUPERVISOR),)),
            ),
            "-",
        ),
        ClockRow(
            "consent",
            NO_WAIT,
            (
                RungRule("reminder_14", "target", days(-14), (Notice("agreement", (Side.SENDER,)),)),
                RungRule("reminder_3", "target", days(-3), (Notice("agreement", (Side.SENDER,)),)),
                RungRule("end", "target", NO_WAIT, (Notice("agreement", (Side.SENDER,)),)),  # the receiver by referral
                RungRule("lapse", "target", days(30)),
            ),
            "waiting: lapse at the end; accepted, serving: paused, lapse after 30 days",
        ),
    )
}
