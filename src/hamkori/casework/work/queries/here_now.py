"""Whoever is being helped now, each in one row of Today: what is due stands in it (ADR 0143, 0146)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from hamkori.access.actor import Actor
from hamkori.casework.case.models import Case, CaseAccess
from hamkori.casework.case.queries.told_there import is_told_there, told_there
from hamkori.casework.referral.models import ReferralAccess
from hamkori.casework.referral.queries.closed_there import sender_reads_from
from hamkori.casework.referral.queries.left_unseen import gone
from hamkori.casework.work.queries.due import Due, is_near
from hamkori.casework.work.rules.worklist import (
    ASKS_ON,
    BROUGHT,
    CHILD,
    HELPED,
    LEFT,
    SLEEPS_HERE,
    SLEEPS_ON,
    THERE,
    UNPLANNED,
    WANTED,
)
from hamkori.definer import HkNow

TO_TELL: Final = timedelta(hours=24)
"""Our aim: child protection is told of a child within it."""


def once(rows: list[Due], at: datetime) -> list[Due]:
    """The rows with one for each who is helped. That the own case has no next step is said in the row of the help;
    where that is late, the row of the case says it, and the help stands in that. The question whether help goes on says
    it, too, and is as late as the case is; so does the row of who sleeps here without a referral.
    """
    rows = _by_person(rows, at)
    lacks = {row.case: row for row in rows if row.what == UNPLANNED and not (row.supervised or row.peace)}
    helped = {row.own_case: row for row in rows if row.what == HELPED and row.own_case in lacks}
    asks = {row.case for row in rows if row.what == ASKS_ON}
    sleeps = {row.case for row in rows if row.what == SLEEPS_HERE}
    found: list[Due] = []
    for row in rows:
        if row.what == UNPLANNED and row.case in asks:
            continue  # planning it is one of both answers
        if row.what == ASKS_ON and (case := lacks.get(row.case)) is not None and case.late:
            row = replace(row, late=True, at=case.at, on=case.on)
        if row.case in sleeps and row.case in lacks:
            if row is lacks[row.case]:
                continue
            row = _unplanned(row, lacks[row.case])
        help_, case = helped.get(row.case), lacks.get(row.own_case) if row.what == HELPED else None
        if row is lacks.get(row.case) and help_ is not None:
            if not row.late:
                continue
            if not help_.late:
                row = _with_help(row, help_)
        elif case is not None:
            if case.late and not row.late and helped[row.own_case] is row:
                continue
            row = replace(row, unplanned=not case.late)
        found.append(row)
    return [replace(row, came_today=True) if _is_today(row.helped_at, at) else row for row in found]


def _unplanned(row: Due, case: Due) -> Due:
    """The row of who sleeps here, which says that the own case has no next step."""
    if row.what != SLEEPS_HERE:
        return row
    return replace(row, late=case.late, on=case.on if case.late else None, unplanned=not case.late)


def _is_today(helped_at: datetime | None, at: datetime) -> bool:
    return helped_at is not None and timezone.localdate(helped_at) == timezone.localdate(at)


def _by_person(rows: list[Due], at: datetime) -> list[Due]:
    """Who is helped by two referrals at once, with one own case, stands in one row: of what is due, else of the older;
    it names the other help too.
    """
    helped = [row for row in rows if row.what == HELPED and row.own_case and not row.supervised]
    helped.sort(key=lambda row: (not (row.late or is_near(row, at)), row.helped_at or at))
    first: dict[str, Due] = {}
    also: dict[str, tuple[str, ...]] = {}
    gone = set()
    for row in helped:
        one = first.setdefault(row.own_case, row)
        if one is not row and not (row.late or is_near(row, at)):
            gone.add(row.referral)
            also[one.referral] = (*also.get(one.referral, ()), row.service)
    kept = (row for row in rows if not (row.what == HELPED and row.referral in gone))
    return [
        replace(row, also=also[row.referral]) if row.what == HELPED and row.referral in also else row for row in kept
    ]


def is_there(row: Due) -> bool:
    """Whether the row is of somebody who is being helped, late or not: of them all there is one list (ADR 146)."""
    if row.supervised:
        return False
    return row.what in (HELPED, ASKS_ON, THERE, SLEEPS_HERE, SLEEPS_ON) or (
        row.what == UNPLANNED and row.result_at is not None
    )


def _with_help(row: Due, help_: Due) -> Due:
    row = replace(row, children=help_.children, ages=help_.ages)
    return replace(row, service=help_.service, helped_at=help_.helped_at, result_at=help_.at, helped_by=help_.referral)


def of_children(
    cases: Iterable[CaseAccess], rows: Iterable[Due], at: datetime, bodies: Mapping[UUID, str]
) -> list[Due]:
    """The rows, and those of `_children_to_tell`. What the other side says they told is not late (ADR 183)."""
    said = {row.case.code: told_there(row.told_there, bodies) for row in cases}  # type: ignore[attr-defined]
    rows = [*rows, *_children_to_tell(cases, rows, at)]
    there = {code: told for code, told in said.items() if told is not None}
    return [
        replace(row, late=False, told_there=there[row.case])
        if row.what in ("child", CHILD) and row.case in there
        else row
        for row in rows
    ]


def _children_to_tell(cases: Iterable[CaseAccess], rows: Iterable[Due], at: datetime) -> list[Due]:
    """Own cases of children of whom nobody has said that child protection was told. No clock runs in these: whoever
    leads one reads it from the first moment on until it is said, and after our aim it is late, as everything of which
    the time is over. `rows`: of which clocks say it. `my_counts` in walls/60_pages.sql counts the same.
    """
    said = {row.case for row in rows if row.what == "child"}
    found = []
    for row in cases:
        case = row.case
        if row.kind_code != "lead" or not is_untold(case) or case.code in said:
            continue
        aim = aim_of(case)
        found.append(
            Due(
                what=CHILD,
                late=aim <= at,
                at=aim,
                on=timezone.localdate(aim),
                started_at=case.opened_at,
                case=case.code,
                sex=case.sex_code,
                age_band=case.age_band_code,
                children=case.children_code,
                region=case.region_code,
            )
        )
    return found


def whether_on(cases: Iterable[CaseAccess]) -> list[Due]:
    """Own cases of whom the person's word ended what was agreed while they were helped, of whoever works on them: until
    the next step is chosen it is asked whether that goes on, and until the case is closed they are there. Of a case
    that was closed before that, until somebody says that help has ended (ADR 0158).
    """
    return [
        Due(
            what=ASKS_ON if row.on_unsaid else THERE,  # type: ignore[attr-defined]
            late=False,
            started_at=row.on_at,  # type: ignore[attr-defined]
            case=row.case.code,
            ended=code,
            service=row.on_service,  # type: ignore[attr-defined]
            reason=BROUGHT if row.on_brought else WANTED if row.on_wanted else "",  # type: ignore[attr-defined]
            helped_at=row.on_since,  # type: ignore[attr-defined]
            sex=row.case.sex_code,
            age_band=row.case.age_band_code,
            children=row.case.children_code,
            closed=row.case.state_code == "closed",
        )
        for row in cases
        if (code := row.on_code) and row.kind_code != "supervisor"  # type: ignore[attr-defined]
    ]


def who_left(actor: Actor, received: Iterable[ReferralAccess], bodies: Mapping[UUID, str], at: datetime) -> list[Due]:
    """Who slept here and could not be reached, of whoever received them: until they have read that the person is safe,
    or it is confirmed and nothing rests on a word of theirs (ADR 0158, 0175), also where it was put right and they are
    looked for (ADR 0174).
    """
    found = [
        (row, left)
        for row in received
        if row.kind_code == "worker" and row.referral.state_code in ("finished", "confirmed")
        if (left := gone(row.gone)) is not None and left.read is None and not left.aside  # type: ignore[attr-defined]
    ]
    uncalled = [(row, left) for row, left in found if left.called is None and left.safe is None]
    senders = {row.referral.from_organisation_id for row, _left in uncalled}
    reads = {one: sender_reads_from(actor, one, at) for one in senders}
    return [
        replace(
            row_of_ended(row, LEFT, bodies),
            started_at=left.safe or left.at,
            gone=left,
            reads_from=reads.get(row.referral.from_organisation_id) if (row, left) in uncalled else None,
            referral_id=row.referral_id,
            sender_phone=row.sender_phone or "",  # type: ignore[attr-defined]
        )
        for row, left in found
    ]


def row_of_ended(row: ReferralAccess, what: str, bodies: Mapping[UUID, str]) -> Due:
    """A row of help that has ended, to those who gave it: whom it was for, by what stands in the open."""
    return Due(
        what=what,
        late=False,
        referral=row.referral.code,
        service=row.referral.service_code,
        body=bodies.get(row.referral.from_organisation_id, ""),
        sex=row.left_sex or "",  # type: ignore[attr-defined]
        age_band=row.left_age_band or "",  # type: ignore[attr-defined]
        children=row.left_children or "",  # type: ignore[attr-defined]
        own_case=row.own_case or "",  # type: ignore[attr-defined]
    )


def is_untold(case: Case) -> bool:
    """Whether it is the own case of a child, and child protection was not told."""
    return case.state_code == "open" and case.from_referral and case.is_child and case.told_child_protection_at is None


def aim_of(case: Case) -> datetime:
    """By when child protection is told of such a child."""
    return (case.opened_at or case.begun_at) + TO_TELL


def told_late() -> Q:
    """Of an access row: whether it is of whoever leads such a case, that time is over, and the sender says nothing."""
    of_child = Q(case__state_code="open", case__from_referral=True, case__is_child=True)
    return (
        of_child
        & Q(kind_code="lead", case__told_child_protection_at=None, case__opened_at__lte=HkNow() - TO_TELL)
        & ~is_told_there()
    )
