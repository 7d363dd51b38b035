"""Rows of Today that a case brings by itself: danger, drafts, next steps, and its clocks."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.utils import timezone

from hamkori.casework.case.models import CaseAccess, CaseClock
from hamkori.casework.case.queries.place_told import PlaceTold, named, places_told
from hamkori.casework.case.rules import clocks as rules
from hamkori.casework.case.rules.lifecycle import WRITABLE
from hamkori.casework.referral.models import ReferralOrigin
from hamkori.casework.referral.rules.card import no_is_for
from hamkori.casework.screening.queries.screening import without_a_plan
from hamkori.casework.work.queries.beside import is_agreed, is_no, no_of
from hamkori.casework.work.queries.due import Due, first_of, is_unplanned, to_plan_by
from hamkori.casework.work.queries.helped import row_of_danger
from hamkori.casework.work.queries.later_place import from_later
from hamkori.casework.work.queries.looked_for import Looked, expected_by, whom_to_call
from hamkori.casework.work.queries.needed import asked_before, asks_first, unasked
from hamkori.casework.work.queries.no_place import WHOSE, later_places, was_for_a_place, whose_place
from hamkori.casework.work.queries.shelter_ended import called_at, is_closed, is_opened, note_waits, where_asked
from hamkori.casework.work.queries.two_places import said_last
from hamkori.casework.work.rules.worklist import (
    ADULT_FIRST,
    ASK_ALONE,
    CASE_CLOCKS,
    MISSING,
    NEEDED,
    NO_ADULT,
    SET_BY_ITSELF,
)

OPENED_AGAIN: Final = "opened_again"
"""A case that was opened again: what was agreed before is asked again."""


def in_danger(cases: Iterable[CaseAccess]) -> list[Due]:
    """Cases in which somebody is in danger and nobody was asked for help, or who was asked does not know: as their own
    and supervised ones. The mark of danger is in the clear, as the codes beside it. What was said of it stays locked.
    """
    return [
        replace(
            row_of_case(row, found[0], False, start=found[1]),
            no_place=(lacks := _needs(row) and lacks_place(row)),
            stays=lacks and _stays(row),
            # After a no to everything nobody can be asked for help before the person was.
            unagreed=found[0] == "danger.open" and row.kind_code != "supervisor" and bool(row.said_no),  # type: ignore[attr-defined]
        )
        for row in cases
        if (found := row_of_danger(row))[0]
    ]


def with_danger(rows: Iterable[Due], cases: Iterable[CaseAccess]) -> list[Due]:
    """The rows with the mark of danger where their case says it, also once all who help know: nothing else changes."""
    said = {row.case.code for row in cases if row.case.has_danger and row.case.state_code in WRITABLE}
    return [replace(row, in_danger=row.case in said or row.own_case in said) for row in rows]


def without_a_place(
    cases: Iterable[CaseAccess],
    ended: Iterable[ReferralOrigin],
    sent: Iterable[ReferralOrigin],
    bodies: Mapping[UUID, str],
    at: datetime,
    gone: Container[UUID],
) -> list[Due]:
    """Cases in which nobody has a place for the person for tonight, if no row of danger, of a stop or of who is missing
    (`gone`) says so. Whether the person stays where they are is asked beside a stop too, which knows nothing of it.

    A child is alone while no adult can be asked for consent: then nothing can be sent, and somebody calls. Where the
    person has not agreed that a place is asked for, or not any more, that is asked first.
    """
    asked = {pair.case_id for pair in ended if was_for_a_place(pair)}
    later = later_places(sent, at)
    return [
        replace(
            row_of_case(row, f"place.{_alone(row) or row.case.state_code}", False),
            no_place=True,
            stays=_stays(row),
            left=_left(row, bodies),
            left_closed=(gone_there := is_closed(row.left)),  # type: ignore[attr-defined]
            left_before=is_opened(row.left),  # type: ignore[attr-defined]
            **{"phone": called_at(row.left)} | from_later(later.get(row.case_id), bodies, at),  # type: ignore[attr-defined]
            note=note_waits(row.left),  # type: ignore[attr-defined]
            expected=next((one for one in told_of(row, bodies) if one.lost), None),
            risk=row.case.risk_code,
            unagreed=row.case.state_code == "open" and not _alone(row) and (_asks_child(row) or not is_agreed(row, at)),
            **no_of(row.said_last),  # type: ignore[attr-defined]
            peace=bool(row.place_in_peace) and not gone_there,  # type: ignore[attr-defined]
        )
        for row in cases
        if lacks_place(row) and not (_needs(row) or row.case_id in gone) and (row.case_id not in asked or _stays(row))
    ]


def missing(cases: Iterable[CaseAccess], looked: Mapping[UUID, Looked], bodies: Mapping[UUID, str]) -> list[Due]:
    """Cases of who is looked for where no row of a referral says so, of whoever works on them and supervises them: each
    row says too that a place is needed, in place of the row that asks for one.
    """
    return [
        replace(
            row_of_case(row, MISSING, False),
            no_place=(lacks := lacks_place(row)),
            awaits_place=bool(row.lacks) and not lacks,  # type: ignore[attr-defined]
            risk=row.case.risk_code,
            has_danger=row.case.has_danger,
            looked=_found_since(row, gone := looked[row.case_id], told := told_of(row, bodies)),
            expected=expected_by(gone, told, bodies) if gone.to != row.case.organisation_id else None,
            call=gone.call,
            there=gone.there,
            said_come=gone.said_come,
            service=gone.service,
            body=(whom := whom_to_call(gone, bodies))[0],
            phone=whom[1],
            closed=row.case.state_code == "closed",
        )
        for row in cases
        if row.case_id in looked
    ]


def _found_since(row: CaseAccess, gone: Looked, told: Iterable[PlaceTold]) -> Looked:
    """The same with the place of now, which is not where the person was expected."""
    gone = replace(gone, meant=whose_place(row.case, gone.meant, gone.to))
    whose, at = row.found_whose, row.found_at  # type: ignore[attr-defined]
    if whose not in WHOSE or at <= gone.at or lacks_place(row):
        return gone
    last = next((one for one in told if one.last), None)
    if last is None:
        said = said_last(row)
        return replace(gone, whose=whose_place(row.case, whose, said and said.body), place_at=at, place="")
    return replace(gone, whose=whose, place_at=last.at, place=last.name)


def told_of(row: CaseAccess, bodies: Mapping[UUID, str]) -> tuple[PlaceTold, ...]:
    """Who said yes on the telephone to a place for the person, the newest first, by name; not the own organisation."""
    told = named(places_told(row.told), bodies)  # type: ignore[attr-defined]
    return tuple(one for one in told if one.organisation != row.case.organisation_id)


def needs_a_doctor(cases: Iterable[CaseAccess], at: datetime) -> list[Due]:
    """Cases in which a doctor is needed now and nobody was asked: of whoever works on them and supervises them. Where
    the person has not agreed to it, that is asked first; after a no the row urges nobody.
    """
    lacks = [row for row in cases if row.no_doctor]  # type: ignore[attr-defined]
    return [
        replace(row_of_case(row, "doctor.alone", False), doctor=row.case.doctor_code)
        if _alone(row)
        else replace(
            row_of_case(row, "doctor", False),
            doctor=row.case.doctor_code,
            unagreed=not _until(row.doctor_until, at),  # type: ignore[attr-defined]
            refused=is_no(row.doctor_last) and no_is_for(row.case.doctor_code),  # type: ignore[attr-defined]
            no_of_self=is_no(row.doctor_last) and not no_is_for(row.case.doctor_code),  # type: ignore[attr-defined]
            peace=bool(row.doctor_in_peace),  # type: ignore[attr-defined]
        )
        for row in lacks
    ]


def _until(until: datetime | None, at: datetime) -> bool:
    return until is not None and at < until


def lacks_place(row: CaseAccess) -> bool:
    """Whether its case says so (queries/no_place.py)."""
    return bool(row.no_place)  # type: ignore[attr-defined]


def lacking_places(cases: Iterable[CaseAccess], bodies: Mapping[UUID, str]) -> dict[UUID, str]:
    """Those cases but where it is asked whether the person stays; of each the organisation whose help has ended, where
    it is asked where the person sleeps.
    """
    rows = [row for row in cases if lacks_place(row) and not _stays(row)]
    return {row.case_id: _left(row, bodies) for row in rows}


def _left(row: CaseAccess, bodies: Mapping[UUID, str]) -> str:
    return bodies.get(body, "") if (body := where_asked(row.left)) else ""  # type: ignore[attr-defined]


def _stays(row: CaseAccess) -> bool:
    return bool(row.stays)  # type: ignore[attr-defined]


def _alone(row: CaseAccess) -> str:
    return "alone" if row.case.is_child and _asks_for_consent(row) and not _said_no(row) else ""


def _asks_for_consent(row: CaseAccess) -> bool:
    return row.case.next_step_code == "ask_agreement"


def _said_no(row: CaseAccess) -> bool:
    """Whether the person said no to everything: nobody is told to ask them again."""
    return bool(row.said_no)  # type: ignore[attr-defined]


def _no_adult(row: CaseAccess) -> bool:
    """Whether a child said no to everything, and no adult who speaks for the child knows of that."""
    return row.case.is_child and _said_no(row) and not row.adult_knows  # type: ignore[attr-defined]


def _adult_first(row: CaseAccess) -> bool:
    """Whether no adult has answered for a child, and something else is planned: that is not replaced by asking. In the
    own case of whoever helps the sender has asked.
    """
    planned = row.case.next_step_on is not None and row.case.next_step_code not in SET_BY_ITSELF
    return _unanswered(row) and planned and not (_asks_for_consent(row) or _asks(row))


def _needs(row: CaseAccess) -> bool:
    return bool(row.in_need)  # type: ignore[attr-defined]


def _asks(row: CaseAccess) -> bool:
    return bool(row.asks)  # type: ignore[attr-defined]


def _drafts(cases: Iterable[CaseAccess]) -> list[Due]:
    """Registrations that were begun and wait to be finished. One with danger stands above as that."""
    rows = (row for row in cases if row.case.state_code == "draft" and row.kind_code == "lead")
    begun = [row for row in rows if not (_needs(row) or lacks_place(row))]
    return [row_of_case(row, "draft", False, on=timezone.localdate(at := row.case.begun_at), start=at) for row in begun]


def of_cases(cases: Sequence[CaseAccess], at: datetime) -> list[Due]:
    """Next steps of the cases the member leads or supervises, their clocks, and drafts."""
    by_id = {row.case_id: row for row in cases if row.case.state_code == "open"}
    today_on = timezone.localdate(at)
    unplanned = without_a_plan([row.case for row in by_id.values()], today_on)
    led = [row for row in by_id.values() if row.kind_code in ("lead", "supervisor")]
    found = [_step(row, today_on, planned=row.case_id not in unplanned) for row in led]
    # Where a step is planned, the question that was left open when the case was opened again stands beside it.
    found += [_opened(row, False, today_on) for row in led if _asks(row) and row.case.next_step_on]
    # Whatever else is planned, and however far that is: an adult is still missing.
    said = {row.case for row in found if row.what == NO_ADULT}
    lacks = [row for row in led if _no_adult(row) and row.case.code not in said]
    found += [row_of_case(row, NO_ADULT, False, on=today_on) for row in lacks]
    found += [row_of_case(row, ADULT_FIRST, False, on=today_on) for row in led if _adult_first(row)]
    for clock in CaseClock.objects.filter(case__in=list(by_id)):
        row = by_id[clock.case_id]
        if row.kind_code in CASE_CLOCKS.get(clock.clock_code, ()):
            late = rules.late(clock.due_at, at)
            of_clock = row_of_case(row, clock.clock_code, late, at=clock.due_at, start=clock.started_at)
            aged = clock.clock_code == "consent" and bool(row.aged)  # type: ignore[attr-defined]
            found.append(_aged(of_clock, row, today_on) if aged else of_clock)
    once = {row.case for row in found if row.alone_child}
    asked = {row.case for row in found if row.aged}  # the plan to ask is what this row says
    found = [
        row
        for row in found
        if row.what != "next_step"
        or row.late
        or not (row.case in once or (row.case in asked and row.step == "ask_agreement"))
    ]
    waits = {row.case.code for row in led if row.case.opened_at and timezone.localdate(row.case.opened_at) < today_on}
    # What is opened again, whoever supervises reads from the day after; that somebody rang in their name, at once.
    read = [row for row in found if row.what in CASE_CLOCKS or (row.what == OPENED_AGAIN and row.case in waits)]
    read += [row for row in found if (row.what, row.step) == ("next_step", ASK_ALONE)]
    shown = (row for row in found if row.late or row.peace or not row.supervised or row in read)
    return [*shown, *_unasked(led, at), *_drafts(cases)]


def _unasked(led: Iterable[CaseAccess], at: datetime) -> list[Due]:
    """Cases in which something is needed of which nobody was asked: of who leads them, and calm."""
    found = ((row, unasked(row)) for row in led if row.kind_code == "lead")
    return [
        replace(
            row_of_case(row, NEEDED, False),
            needs=needs,
            reason=asked_before(row, needs, at),
            doctor=row.case.doctor_code,
            unagreed=_asks_child(row) or asks_first(row, needs, doctor=_until(row.doctor_until, at)),  # type: ignore[attr-defined]
            alone_child=_unanswered(row),
        )
        for row, needs in found
        if needs
    ]


def _unanswered(row: CaseAccess) -> bool:
    """Whether nobody has answered for a child yet: then an adult does, whatever is asked for."""
    asked = row.answered_since or row.aged or _said_no(row) or row.case.from_referral  # type: ignore[attr-defined]
    return bool(row.case.is_child and not asked)


def _asks_child(row: CaseAccess) -> bool:
    """Whether all was agreed as an adult, of a child now: nothing new can be sent before the child was asked."""
    return bool(row.case.is_child and row.aged and not row.answered_since)  # type: ignore[attr-defined]


def _aged(due: Due, row: CaseAccess, today: date) -> Due:
    """Consent that was asked at another age. Of a child nothing new can be sent until it is asked again: that is urgent
    (of today, where the answers ended at once), and while no adult can be asked it stands for that planned step.
    """
    asks = row.case.is_child and not (row.answered_since or due.late or due.supervised)  # type: ignore[attr-defined]
    due = replace(due, on=today) if asks and row.case.age_settled_at is None else due
    return replace(due, aged=True, asks_child=asks, alone_child=asks and bool(_alone(row)))


def _step(row: CaseAccess, today_on: date, *, planned: bool) -> Due:
    """What is planned next. Of whom said no to everything nothing of it is late: the plan was made before that."""
    found = _planned(row, today_on, planned=planned)
    peace = found.late and bool(row.no_to_all)  # type: ignore[attr-defined]
    return replace(found, late=False, peace=True) if peace else found


def _planned(row: CaseAccess, today_on: date, *, planned: bool) -> Due:
    case = row.case
    if case.next_step_on is None:
        late = is_unplanned(case, today_on)
        on = to_plan_by(case) if late else today_on
        return _opened(row, late, on) if _asks(row) else row_of_case(row, "no_next_step", late, on=on)
    planned_as = "next_step" if planned else "no_next_step"
    if planned and _asks_for_consent(row) and _said_no(row):  # what was planned before the no asks nobody now
        planned_as = NO_ADULT if _no_adult(row) else "no_next_step"
    return row_of_case(row, planned_as, case.next_step_on < today_on, on=case.next_step_on)


def _opened(row: CaseAccess, late: bool, on: date) -> Due:
    return replace(row_of_case(row, OPENED_AGAIN, late, on=on), reason=row.asks)  # type: ignore[attr-defined]


def row_of_case(
    row: CaseAccess,
    what: str,
    late: bool,
    *,
    at: datetime | None = None,
    on: date | None = None,
    start: datetime | None = None,
) -> Due:
    case = row.case
    return Due(
        what=what,
        late=late,
        at=at,
        on=on,
        started_at=start,
        case=case.code,
        step=case.next_step_code,
        sex=case.sex_code,
        age_band=case.age_band_code,
        children=case.children_code,
        region=case.region_code,
        first=first_of(case),
        supervised=row.kind_code == "supervisor",
    )
