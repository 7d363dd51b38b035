"""Whether she is held to be a child, and since when: what the marks know of it stands over the columns of the case.

Agreements end earlier when her age is settled otherwise, and the columns that say so have no tag. So each change of it
raises a mark of its own, `child` or `adult`, whose number is the moment; the later of the two is what holds.

A mark is raised on commit, and whoever comes next waits for it at our lock of the case (vault/alone.py). Which number
it will have is written down before, so that what is undone leaves a number that no other change is given.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hamkori.casework.case.models import Case
from hamkori.casework.consent.models import ConsentRow
from hamkori.casework.consent.rules.consent import Age
from hamkori.vault import server

CHILD, ADULT, SETTLING = "child", "adult", "settling"
BEGIN = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
AHEAD = timedelta(minutes=1)
"""How far the database's clock may be ahead of ours, as it is for proofs."""


def kind_of(child: bool) -> str:
    """The kind of mark that says so."""
    return CHILD if child else ADULT


def changed(case: UUID) -> int:
    """When her age was last settled otherwise, in microseconds since 1970; 0: no mark knows of it."""
    marks = server.marks()
    return max(marks.least(CHILD, case), marks.least(ADULT, case))


def child(case: Case, asked: Iterable[ConsentRow], *, by_form: bool = False) -> bool:
    """Whether she is asked as a child: as the mark says, as `held`. Where none knows of a change, if the column says
    so, or if she was asked as one before (`asked`, the rows that stand) or is just now (`by_form`).
    """
    if number := changed(case.pk):
        return server.marks().least(CHILD, case.pk) == number
    return case.is_child or by_form or any(row.asked_as_child for row in asked)


def is_an_adult(case: Case) -> bool:
    """Whether a mark says that she is one, who may have been asked as a child before. False: none knows."""
    number = changed(case.pk)
    return bool(number) and server.marks().least(CHILD, case.pk) != number


def by_column(case: Case, asked: Iterable[ConsentRow]) -> bool:
    """Whether she is a child by the column alone: by no mark, and she was not asked as one before."""
    return case.is_child and not changed(case.pk) and not any(row.asked_as_child for row in asked)


def held(case: Case) -> tuple[Age, int]:
    """How she is held now, and the number of the mark that says so; 0: nobody has changed it, and the columns say it.

    To be asked under the lock of the case: who had it before may have changed her age.
    """
    number = changed(case.pk)
    if not number:
        return Age(case.is_child, case.age_settled_at), number
    return Age(server.marks().least(CHILD, case.pk) == number, BEGIN + number * MICROSECOND), number


def now_held(case: UUID, child: bool, settled_at: datetime | None, at: datetime) -> tuple[Age, int]:
    """Her age from this commit on, and the number of its mark. `settled_at`: as the database wrote it down just now.

    Under the lock of the case.
    """
    moment, marks = min(settled_at or at, at + AHEAD), server.marks()
    number = max((moment - BEGIN) // MICROSECOND, changed(case) + 1, marks.least(SETTLING, case) + 1)
    marks.raise_to(SETTLING, case, number)
    server.mark(kind_of(child), case, number)
    return Age(child, BEGIN + number * MICROSECOND), number


def asked_as_child(case: Case, at: datetime) -> tuple[Age, int] | None:
    """The same where a child is asked whose age no mark knows of: from then on one says so. None: one did before."""
    return now_held(case.pk, True, None, at) if case.is_child and not changed(case.pk) else None
