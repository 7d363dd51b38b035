"""Her word when a case is opened again: what she agreed to before is asked again, and what she refused stays refused.

It is a version of its own kind: nothing that she said. Whoever opens the case writes it and no other (walls 22).
"""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from hamkori import definer
from hamkori.access import door
from hamkori.access.context import machine_time
from hamkori.action import Act
from hamkori.casework.case.machinery import take
from hamkori.casework.case.models import Case
from hamkori.casework.consent.machinery import resting
from hamkori.casework.consent.machinery.her_versions import (
    copied,
    excluded_of,
    whatever_stands,
    whom_she_may_not_want,
    with_police_refused,
)
from hamkori.casework.consent.models import Consent, ConsentRow
from hamkori.casework.consent.queries import taken
from hamkori.casework.consent.queries.age import child
from hamkori.casework.consent.queries.consent import AGREES
from hamkori.casework.consent.queries.said import CLOSED, COLUMNS, OPENED, UNKNOWN, Word
from hamkori.vault.server import alone_at, mark, marks, trust


def closed(case: UUID) -> None:
    """Until somebody opens this case again nothing leaves it, whatever its row says. Under its lock."""
    mark(CLOSED, case, max(marks().least(CLOSED, case), marks().least(OPENED, case)) + 1)


def opened(case: UUID) -> None:
    """It was opened as often as it was closed."""
    if times := marks().least(CLOSED, case):
        mark(OPENED, case, times)


def ask_again(act: Act, case: Case) -> None:
    """Under the lock of the closed case, before the step that opens it. Nothing where she was never asked.

    Of a version that is not believed nothing is known: as when everything is taken back from it (ADR 0066).
    """
    alone_at(case.pk)
    definer.run("case_lock_closed", case.pk)
    take.read_again(case)
    former, sure = whatever_stands(case)
    if former is None and sure:
        return
    assert act.actor.membership_id
    stands = former.number if former is not None else 0
    taken.numbers_go_on(case.pk)
    # What stands may be far ahead; what leaves no yes harms nobody who puts it in later.
    version = Consent(
        case=case,
        number=trust().number_past("consent", case.pk, stands),
        step_code="ask_again",
        asked_as_child=child(case, former.rows if former is not None else ()),
        at=act.at,
        membership_id=act.actor.membership_id,
    )
    rows, without = tuple(_lasting(version, former)), excluded_of(former)
    if not sure:
        rows, without = tuple(with_police_refused(version, rows)), whom_she_may_not_want(act, case)
        mark(UNKNOWN, case.pk, version.number)
    word = Word(version, rows, without)
    _kept(word)
    act.note(consent_id=version.pk)
    resting.renew(case, word, act.at)


def _lasting(version: Consent, former: Word | None) -> Iterator[ConsentRow]:
    """Each row: a yes is as never asked, and ended at this moment; a no, and what was taken back, stay as they are.

    A child's no to the police, beside an adult's yes, is a no.
    """
    for row in former.rows if former is not None else ():
        if row.answer_code not in AGREES:
            yield copied(version, row, row.answer_code, list(row.sections))
        elif row.kind_code == "police" and row.child_answer_code == "says_no":
            yield copied(version, row, "no", [])
        else:
            until = min(row.until, version.at, machine_time(version.at)) if row.until is not None else None
            yield ConsentRow(
                consent=version,
                kind_code=row.kind_code,
                purpose_code=row.purpose_code,
                answer_code="not_asked",
                until=until,
                asked_as_child=version.asked_as_child,
            )


def _kept(word: Word) -> None:
    """As any version: built whole, tagged and then saved; here by the database, which looks at what it holds."""
    version = word.version
    rows = [{name: getattr(row, name) for name in COLUMNS} for row in word.rows]
    version.tag = trust().tag(word.fact)
    said = (version.case_id, version.pk, version.number, version.asked_as_child, version.at, version.tag)
    definer.run("consent_ask_again", *said, door.as_json(rows), sorted(word.excluded))
    mark("consent", version.case_id, version.number)
