"""Rows of Today of a place for tonight that was found: whether the person got there, and still sleeps there."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from hamkori.casework.case.models import CaseAccess
from hamkori.casework.case.queries.place_told import PlaceTold
from hamkori.casework.referral.models import ReferralOrigin
from hamkori.casework.work.queries.due import Due
from hamkori.casework.work.queries.due_of_cases import lacks_place, row_of_case, told_of
from hamkori.casework.work.queries.no_place import is_place_asked, was_for_a_place, whose_place
from hamkori.casework.work.queries.still_there import REACHED, still_asked
from hamkori.casework.work.queries.two_places import given, ready, said_last
from hamkori.casework.work.rules.worklist import FOUND, STILL


def places_found(
    cases: Iterable[CaseAccess],
    sent: Iterable[ReferralOrigin],
    bodies: Mapping[UUID, str],
    at: datetime,
    looked: Container[UUID],
) -> list[Due]:
    """Cases in which a place for tonight was found, until somebody says whether the person got there, or the noon after
    that night: of whoever works on them and supervises them. Where a row says that there is none, none is asked about.
    Nor while another row says that they are to be called off. Of who is there, while another organisation expects them.
    """
    asked: dict[UUID, list[ReferralOrigin]] = {}
    for pair in sent:
        if was_for_a_place(pair):
            asked.setdefault(pair.case_id, []).append(pair)
    return [
        replace(
            row_of_case(row, FOUND, False),
            reason=whose_place(row.case, said.whose, said.body),
            heard=REACHED if said.is_there else FOUND,
            heard_at=expected.at if expected is not None else said.said_at,  # a slip that was put back moves no hour
            expected=expected,
            body=bodies.get(said.body, "") if said.is_there and said.body else "",
            ready=also,
        )
        for row in cases
        if not (lacks_place(row) or row.case_id in looked)
        and (said := said_last(row)) is not None
        and is_place_asked(row.case, said, map(given, pairs := asked.get(row.case_id, [])), at)
        for (expected, over), also in [(_asked_of(row, bodies), ready(pairs, said, bodies))]
        if not over and (also or not said.is_there)
    ]


def sleeping(cases: Iterable[CaseAccess], at: datetime, looked: Container[UUID]) -> list[Due]:
    """Cases of who slept where no organisation has accepted them, and of whom it is asked whether they still do. A
    supervisor reads it once nobody has answered for days.
    """
    return [
        replace(
            row_of_case(row, STILL, False, start=said.said_at),
            reason=whose_place(row.case, said.whose, said.body),
        )
        for row in cases
        if not (lacks_place(row) or row.case_id in looked)
        and (said := still_asked(row.case, row.still, at)) is not None  # type: ignore[attr-defined]
        and (row.kind_code != "supervisor" or said.is_for_supervisor(at))
    ]


def _asked_of(row: CaseAccess, bodies: Mapping[UUID, str]) -> tuple[PlaceTold | None, bool]:
    """Who said yes to the place that was found last, if that was on the telephone; and whether it is over."""
    one = next((one for one in told_of(row, bodies) if one.last), None)
    return one, one is not None and one.is_over(no_to_all=bool(row.no_to_all))  # type: ignore[attr-defined]
