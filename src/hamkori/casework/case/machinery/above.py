"""What stands on a case and is not known here: her answers, her requests, one day what she needs.

Each room above says once, when the app is ready, what a case asks of it before a step and what becomes of it with one
(`rooms`). What nobody answers is refused: a guard without an answer does not hold.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from datetime import datetime
from uuid import UUID

from hamkori import definer
from hamkori.action import Act
from hamkori.casework.case.models import Case
from hamkori.casework.case.rules.closing import WITHDREW
from hamkori.lifecycle import Context
from hamkori.refusal import NotNow


class Above:
    """What one room has on a case. By itself: nothing."""

    def answers(self, _case: Case) -> Context:
        """The guards of closing that are its own, by name."""
        return {}

    def was_asked(self, _case: UUID) -> bool:
        """Whether she was ever asked something by her age as it is held."""
        return False

    def said_otherwise(self, _case: Case) -> bool:
        """Whether somebody who may be told reads something else of the person than the case says now, the age apart."""
        return False

    def age_written(self, case: Case, at: datetime, *, changed: bool) -> None:
        """Her age band was written on the page of a case. `changed`: also by the column, which may say it too soon."""

    def age_settled(self, case: Case, at: datetime, *, child: bool, settled_at: datetime | None) -> None:
        """Her age is another from now on. `settled_at`: as the database wrote it down just now."""

    def closing(self, _act: Act, _case: Case) -> AbstractContextManager[None]:
        """Around the step that closes a case."""
        return nullcontext()

    def reopening(self, _act: Act, _case: Case) -> AbstractContextManager[None]:
        """Around the step that opens it again."""
        return nullcontext()


rooms: list[Above] = []
"""Low to high. What follows a step is done by the highest first."""


def answers(case: Case) -> Context:
    """The guards of closing that are theirs."""
    return {name: answer for room in rooms for name, answer in room.answers(case).items()}


@contextmanager
def closing(act: Act, case: Case, outcome: str) -> Iterator[None]:
    """Around the step that closes a case. NotNow("heard"): that the person wants no more help was brought by somebody
    else, and the person was not asked (ADR 0190).
    """
    if outcome == WITHDREW and definer.value("case_unheard", case.pk):
        raise NotNow("heard")
    with ExitStack() as around:
        for room in rooms:
            around.enter_context(room.closing(act, case))
        yield


@contextmanager
def reopening(act: Act, case: Case) -> Iterator[None]:
    """Around the step that opens it again."""
    with ExitStack() as around:
        for room in rooms:
            around.enter_context(room.reopening(act, case))
        yield
