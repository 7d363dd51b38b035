"""The clocks running: when something is due, whom to remind and tell now, when it ends. Pure.

Times and the calendar come in as arguments; instants are aware, UTC out. A step starts a clock, which gives a
`Timed`: its target and its rungs. The rows are in `clock_table`.
See docs/design/clocks-and-notices.md#how-a-rung-is-acted-on.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from hamkori.calendar.clocks import Timed, run, working_days
from hamkori.calendar.rules import Calendar, close_of_next_day
from hamkori.casework.case.rules.clock_table import CLOCKS
from hamkori.vocabulary import codelist

STOP_WINDOW = timedelta(seconds=30)
UNACCEPT_WINDOW = timedelta(hours=24)
DRAFT_IDLE = timedelta(days=14)
QUESTIONS_AT_MOST = 3
MOVES_AT_MOST = 2
COMES_WITHIN = timedelta(hours=3)
"""So long after a time was agreed nobody is late, and so long "now" lasts. Ours, not law (ADR 95, ADR 101)."""
NOW = "now"
"""The code of an arrival at once: no part of a day, and of today only."""
PAUSED_AT_MOST = CLOCKS["consent"].rungs[-1].after.at_most
"""How long help that goes on waits for her next yes; then it lapses."""
# ---------------------------------------------------------------- the answer


def visible_at(sent_at: datetime, urgency_code: str, risk_level_code: str) -> datetime:
    """When the desk sees a request that was sent: at once if urgent or in danger, else after the stop window."""
    at_once = urgency_code == "urgent" or risk_level_code == "high"
    return sent_at if at_once else sent_at + STOP_WINDOW


def answer_rungs(seen_at: datetime, urgency_code: str, calendar: Calendar) -> Timed:
    """The answer clock from the moment of being visible. Unknown urgency: KeyError."""
    return run(CLOCKS[f"answer.{urgency_code}"], seen_at, calendar)


def answer_at_most(answer: Timed, calendar: Calendar) -> datetime:
    """Until when a yes counts, whatever the clock has done: the grace once over again, for a job that stood still; or
    as long as a yes by telephone lets it wait (ADR 157).

    A calendar that grows by more than that moves the lapse past it, and the last days hear of a lapse. Reckoned anew
    from the calendar, it would be the owner's of the database, who writes the calendar: also what it says at the send
    makes neither longer than such a clock may last.
    """
    told, lapse, row = answer.rung("told").at, answer.rung("lapse").at, CLOCKS[answer.clock]
    usual = min(lapse, answer.start + row.longest)
    by_telephone = min(close_of_next_day(calendar, usual), usual + working_days(1).at_most)
    return max(usual + min(lapse - told, row.rungs[-1].after.at_most), by_telephone)


# ---------------------------------------------------------------- after the answer


def parts_of_day() -> tuple[str, ...]:
    """The parts of a day, in order: "now" is none."""
    return tuple(code for code in codelist("part_of_day").codes if code != NOW)


def part_ends(arrival_on: date, arrival_part_code: str) -> datetime:
    """When the agreed part of day is over, as the clock on the wall says it. Unknown part, and "now": KeyError."""
    ends = codelist("part_of_day").entry(arrival_part_code).data["ends"]
    return datetime.combine(arrival_on, time.fromisoformat(str(ends)))


def parts_ahead(wall: datetime, *, now: bool = False) -> tuple[tuple[date, str], ...]:
    """The parts of today that are not over, as the clock on the wall says it, and those of tomorrow.

    `now`: help is needed today, so that "now" stands first, whatever the hour.
    """
    today = wall.date()
    coming = [(day, part) for day in (today, today + timedelta(days=1)) for part in parts_of_day()]
    first = [(today, NOW)] if now else []
    return (*first, *(one for one in coming if part_ends(*one) > wall))


def is_tonight(on: date, arrival_part_code: str, wall: datetime) -> bool:
    """Whether this is the last part of today and the one before it has begun: who says tonight means this one."""
    *_others, before, last = parts_of_day()
    return on == wall.date() and arrival_part_code == last and starts(before) <= f"{wall:%H:%M}"


def starts(arrival_part_code: str) -> str:
    """When this part of the day begins, as the clock on the wall says it; '' of the first one, and of "now"."""
    parts = parts_of_day()
    before = parts.index(arrival_part_code) - 1 if arrival_part_code in parts else -1
    return str(codelist("part_of_day").entry(parts[before]).data["ends"]) if before >= 0 else ""


def part_of(hour: time) -> str:
    """The part of the day in which this hour lies, as the clock on the wall says it; '' after the last one."""
    ends = ((code, str(codelist("part_of_day").entry(code).data["ends"])) for code in parts_of_day())
    return next((code for code, end in ends if f"{hour:%H:%M}" <= end), "")


def has_begun(on: date, arrival_part_code: str, wall: datetime) -> bool:
    """Whether the agreed part of this day has come: who arrives then arrives as agreed."""
    return on < wall.date() or (on == wall.date() and starts(arrival_part_code) <= f"{wall:%H:%M}")


def arrival_end(
    arrival_on: date, arrival_part_code: str, calendar: Calendar, agreed_at: datetime | None = None
) -> datetime:
    """When the agreed part of day is over, on the zone's wall clock; "now" COMES_WITHIN later. Unknown part: KeyError.

    Never sooner than COMES_WITHIN after it was agreed: a limit that lies in the past is none.
    """
    if arrival_part_code == NOW and agreed_at is not None:
        return (agreed_at + COMES_WITHIN).astimezone(UTC)
    ends = calendar.at(arrival_on, part_ends(arrival_on, arrival_part_code).time())
    if agreed_at is None or arrival_on < calendar.day(agreed_at):
        return ends
    return max(ends, (agreed_at + COMES_WITHIN).astimezone(UTC))


def can_be_agreed(arrival_on: date, arrival_part_code: str, calendar: Calendar, at: datetime) -> bool:
    """Whether this time does not lie in the past; "now" is of today only. Unknown part: KeyError."""
    if arrival_part_code == NOW:
        return arrival_on == calendar.day(at)
    return arrival_end(arrival_on, arrival_part_code, calendar) > at


def arrival_rungs(
    arrival_on: date,
    arrival_part_code: str,
    urgency_code: str,
    calendar: Calendar,
    agreed_at: datetime | None = None,
) -> Timed:
    """She was expected on a day and part of day. For urgent requests hours count, day and night."""
    row = CLOCKS["arrival.urgent" if urgency_code == "urgent" else "arrival"]
    return run(row, arrival_end(arrival_on, arrival_part_code, calendar, agreed_at), calendar)


def heard_rungs(heard_at: datetime, expected_until: datetime, calendar: Calendar, *, hurries: bool = False) -> Timed:
    """The sender has said what is known: the next rung is a working day from then; of who hurries some hours, day and
    night. It stays late since it was late.
    """
    row = CLOCKS["arrival.heard.urgent" if hurries else "arrival.heard"]
    return replace(run(row, heard_at, calendar), target=expected_until)


RESTING = ("came", "called", "did_not_come")
"""After these of what a sender may have heard the clock asks the sender nothing for a while."""


def rests(heard_code: str, next_at: datetime | None, now: datetime) -> bool:
    """Whether the sender has done what an arrival that is late asks, until the clock asks again."""
    return heard_code in RESTING and next_at is not None and now < next_at


def rungs(clock: str, since: datetime, calendar: Calendar) -> Timed:
    """A clock whose row bears its name, from the moment that starts it: miss, result, confirm, dispute, child.

    That of the result starts again at its target, for the next 30 days.
    """
    return run(CLOCKS[clock], since, calendar)


def consent_end(until_on: date, calendar: Calendar) -> datetime:
    """The instant at which an agreement ends: the end of its last day."""
    return calendar.at(until_on + timedelta(days=1), time(0))


def consent_rungs(until_on: date, calendar: Calendar) -> Timed:
    """Reminders before an agreement ends, its end, and the lapse of what it carried 30 days later."""
    return run(CLOCKS["consent"], consent_end(until_on, calendar), calendar)


# ---------------------------------------------------------------- guards that are times


def not_yet_visible(seen_at: datetime | None, now: datetime) -> bool:
    """Whether a request that was sent can still be stopped."""
    return seen_at is not None and now < seen_at


def within_24h(accepted_at: datetime | None, now: datetime) -> bool:
    """Whether an acceptance can still be given back."""
    return accepted_at is not None and now < accepted_at + UNACCEPT_WINDOW


def idle_since(now: datetime) -> datetime:
    """The clock discards the drafts that were last touched at this moment or before it."""
    return now - DRAFT_IDLE


def late(due_at: datetime | None, now: datetime) -> bool:
    """Whether a target has passed: at its very moment it has. None: no clock runs, so nothing is late."""
    return due_at is not None and due_at <= now
