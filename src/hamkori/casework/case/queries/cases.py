"""One case as its reader may see it: the record, and what they may do with it.

Words are sealed and come from `actions.section`. A query that finds nothing for this reader raises NotVisible, whatever
the reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db.models import CharField, Exists, F, Func, OuterRef, QuerySet

from hamkori.access.actor import Actor
from hamkori.access.context import now
from hamkori.access.scope import visible
from hamkori.access.worded import worded
from hamkori.casework.case.models import Case, CaseAccess
from hamkori.casework.case.queries.sections import sections_of
from hamkori.casework.case.queries.shown import meant
from hamkori.casework.case.rules import closing
from hamkori.casework.case.rules.lifecycle import CASE
from hamkori.casework.case.rules.sides import Side
from hamkori.refusal import NotVisible
from hamkori.vocabulary import codes


def case(actor: Actor, code: str) -> Case:
    """The case of the page at this code. Malformed, unknown and somebody else's are alike: NotVisible.

    NotNow("page_of"): the page was drawn for another one.
    """
    found = of_code(actor, code)
    meant(actor, "case", found.pk)
    return found


def of_code(actor: Actor, code: str) -> Case:
    """The case of a code that somebody typed, whatever the page is of. NotVisible as above."""
    if not codes.is_code(code):
        raise NotVisible
    found = next(iter(_of_code(actor, code)), None)
    if found is None:
        raise NotVisible
    return found


@worded
def _of_code(actor: Actor, code: str) -> QuerySet[Case]:
    """With what the actor may do with it."""
    mine = {"my_sides": "case_sides", "my_sections": "my_sections", "my_writes": "my_writes"}
    there = Case.objects.exclude(state_code="erased")
    there = there.annotate(**{name: _of_case(function) for name, function in mine.items()})
    return visible(actor, "case.view", there).filter(code=code)


def reached(actor: Actor, case_id: UUID) -> Case | None:
    """The case of an id, if who asks reaches it now."""
    return visible(actor, "case.view", Case.objects.filter(pk=case_id)).first()


def begun_lately(actor: Actor) -> Case | None:
    """The newest draft that this member leads and began within a day: whoever begins another one is told of it."""
    if actor.membership_id is None:
        return None
    mine = CaseAccess.objects.filter(
        case=OuterRef("pk"), membership_id=actor.membership_id, kind_code="lead", ended_at=None, suspended_at=None
    )
    drafts = Case.objects.filter(Exists(mine), state_code="draft", begun_at__gt=now() - timedelta(days=1))
    return visible(actor, "case.view", drafts).order_by("-begun_at").first()


def _of_case(function: str) -> Func:
    return Func(F("pk"), function=function, output_field=ArrayField(CharField()))


@dataclass(frozen=True)
class Standing:
    """What the reader is in a case: its sides (L lead, S team, SV supervisor), the sections they read and write."""

    sides: frozenset[str]
    sections: tuple[str, ...]
    writes: frozenset[str]

    def may(self, step: str, state: str) -> bool:
        """Whether the lifecycle has this step for the reader now; its guards are not asked."""
        return any(row.name == step for row in CASE.possible(state, self.sides))

    @property
    def outcomes(self) -> tuple[str, ...]:
        """With which the reader may close the case."""
        return closing.offered(self.sides)

    @property
    def works(self) -> bool:
        """The reader is on the team, not only above it."""
        return Side.SENDER in self.sides


def standing(found: Case) -> Standing:
    """The reader's standing in a case that `case` has found."""
    return Standing(
        frozenset(found.my_sides),  # type: ignore[attr-defined]
        sections_of("case", found.pk, found.my_sections),  # type: ignore[attr-defined]
        frozenset(found.my_writes),  # type: ignore[attr-defined]
    )
