"""The numbers beside the places of the rail: one query, on every page of a signed-in person."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from hamkori import definer
from hamkori.access.actor import Actor
from hamkori.casework.case.rules.age import CHILD_BANDS
from hamkori.casework.referral.queries.received import takes
from hamkori.casework.work.queries.no_place import PLACE
from hamkori.casework.work.rules.worklist import CASE_CLOCKS, RECEIVER_CLOCKS, SENDER_CLOCKS
from hamkori.directory.rules.suit import kinds
from hamkori.refusal import NotVisible
from hamkori.vocabulary import codelist


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
    to_call: int
    """Urgent referrals about which somebody calls now, but for those for a place that is missing: they count there."""


@cache
def _taken() -> str:
    """Sex and age of a child -> the groups of the directory that are such a child."""
    groups = codelist("admission_group").codes
    found = {
        f"{sex} {band}": [group for group in groups if takes([group], sex, band)]
        for sex in codelist("sex").codes
        for band in sorted(CHILD_BANDS)
    }
    return json.dumps(found)


def counts(_actor: Actor) -> Counts:
    """Open cases, danger, what is late or stopped, what waits: of whoever the database knows to act, by their roles."""
    found = definer.read(
        "select at, open_cases, late_cases + late_clocks + late_sent + late_got, waiting, desk_waiting, desk_late,"
        " national_late, to_call, in_danger, without_place from my_counts(%s, %s, %s, %s, %s, %s)",
        list(CASE_CLOCKS["child"]),
        list(CASE_CLOCKS["consent"]),
        list(SENDER_CLOCKS),
        list(RECEIVER_CLOCKS),
        list(kinds([PLACE])),
        _taken(),
    )
    if not found:
        raise NotVisible  # the session ended while the page was made
    at, cases, late, waiting, desk, desk_late, national, to_call, danger, without = found[0]
    return Counts(
        now=at,
        open_cases=cases,
        late=late + desk_late + national,
        in_danger=danger,
        without_place=without,
        waiting=waiting,
        desk_waiting=desk,
        desk_late=desk_late,
        to_call=to_call,
    )
