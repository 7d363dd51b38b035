"""The numbers beside the places of the rail: one query, on every page of a signed-in person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from hamkori import definer
from hamkori.access.actor import Actor
from hamkori.casework.referral.queries.doubt import groups_of_children
from hamkori.casework.work.queries.no_place import PLACE
from hamkori.casework.work.rules.worklist import CASE_CLOCKS, RECEIVER_CLOCKS, SENDER_CLOCKS
from hamkori.directory.rules.suit import kinds
from hamkori.refusal import NotVisible


@dataclass(frozen=True, kw_only=True)
class Counts:
    """What the rail shows: one query for every page."""

    now: datetime
    open_cases: int
    late: int
    in_danger: int
    without_place: int
    waiting: int
    desk_waiting: int
    desk_late: int
    who_left: int
    to_confirm: int
    """Ages: the sender says a child, and the own case an adult."""
    to_call: int
    """Referrals about which somebody calls now, but for urgent ones for a place that is missing: they count there."""


def counts(_actor: Actor) -> Counts:
    """Open cases, danger, what is late or stopped, what waits: of whoever the database knows to act, by their roles."""
    found = definer.read(
        "select at, open_cases, late_cases + late_clocks + late_sent + late_got, waiting, desk_waiting, desk_late,"
        " national_late, to_call, in_danger, without_place, who_left, to_confirm"
        " from my_counts(%s, %s, %s, %s, %s, %s)",
        list(CASE_CLOCKS["child"]),
        list(CASE_CLOCKS["consent"]),
        list(SENDER_CLOCKS),
        list(RECEIVER_CLOCKS),
        list(kinds([PLACE])),
        groups_of_children(),
    )
    if not found:
        raise NotVisible  # the session ended while the page was made
    at, cases, late, waiting, desk, desk_late, national, to_call, danger, without, left, ages = found[0]
    return Counts(
        now=at,
        open_cases=cases,
        late=late + desk_late + national,
        in_danger=danger,
        without_place=without,
        waiting=waiting,
        desk_waiting=desk,
        desk_late=desk_late,
        who_left=left,
        to_confirm=ages,
        to_call=to_call,
    )
