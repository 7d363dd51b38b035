"""Who sleeps at the own organisation, as its own case says it: taken in at the door, without a referral (ADR 256)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from hamkori.casework.case.models import CaseAccess
from hamkori.casework.case.rules.lifecycle import WRITABLE
from hamkori.casework.referral.queries.goes_on import PLACES
from hamkori.casework.work.queries.due import Due
from hamkori.casework.work.queries.due_of_cases import lacks_place, row_of_case
from hamkori.casework.work.queries.here_now import is_there
from hamkori.casework.work.queries.no_place import PLACE
from hamkori.casework.work.queries.still_there import REACHED, sleeps_at
from hamkori.casework.work.rules.worklist import SLEEPS_HERE
from hamkori.directory.beds import beds_of

if TYPE_CHECKING:
    from collections.abc import Mapping


def here(cases: Iterable[CaseAccess], rows: Iterable[Due]) -> list[Due]:
    """The rows with one for each of them, of whoever works on the case, until it says that they leave or is closed. Who
    is being helped by a referral too stands in the row of that help, which names the place where it is for another
    kind. One query, where there is somebody.
    """
    rows = [*rows]
    mine = {row.case.code: row for row in cases if _sleeps(row)}
    if not mine:
        return rows
    beds = beds_of(next(iter(mine.values())).case.organisation_id) or PLACES
    helped = {row.own_case or row.case for row in rows if is_there(row)}
    found = [
        replace(row, also=(*row.also, beds[0]))
        if is_there(row) and (row.own_case or row.case) in mine and not {row.service, *row.also} & {*PLACES}
        else row
        for row in rows
    ]
    return [*found, *(_row(row, beds[0]) for code, row in mine.items() if code not in helped)]


def _row(row: CaseAccess, bed: str) -> Due:
    said: Mapping[str, Any] = row.still  # type: ignore[attr-defined]
    at, found_at = (datetime.fromisoformat(said[name]) for name in ("at", "found"))
    return replace(
        row_of_case(row, SLEEPS_HERE, False, start=at),
        own_case=row.case.code,
        service=bed,
        helped_at=found_at if said["before"] == REACHED else at,
    )


def _sleeps(row: CaseAccess) -> bool:
    """Whether it was said last that the person is there, and no other row says that they are not."""
    said, case = row.still, row.case  # type: ignore[attr-defined]
    if row.kind_code == "supervisor" or case.state_code not in WRITABLE or sleeps_at(said) != case.organisation_id:
        return False
    since = (datetime.fromisoformat(said[name]) for name in ("served", "came") if said[name])
    elsewhere = any(at > datetime.fromisoformat(said["at"]) for at in since)
    return not (elsewhere or PLACE in case.need_tonight_codes or lacks_place(row) or row.looked)  # type: ignore[attr-defined]
