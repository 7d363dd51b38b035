"""How far the signs of a case are, in codes: what was answered is sealed and comes from `actions.screening`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from hamkori.access.actor import Actor
from hamkori.access.scope import may
from hamkori.casework.case.models import Case, Screening
from hamkori.casework.case.queries.answers import CaseFacts
from hamkori.casework.case.queries.cases import standing
from hamkori.casework.case.rules.lifecycle import WRITABLE
from hamkori.refusal import NotAllowed


@dataclass(frozen=True)
class Progress:
    """Whether there is a draft, whether one was completed, and what the reader may do with them."""

    draft_at: datetime | None
    completed_at: datetime | None
    writes: bool

    @property
    def has_draft(self) -> bool:
        return self.draft_at is not None

    @property
    def is_completed(self) -> bool:
        return self.completed_at is not None


def progress(found: Case) -> Progress:
    """Of a case that `cases.case` found. NotAllowed for a colleague of the team who does not hold the section."""
    stands = standing(found)
    if "screening" not in stands.sections:
        raise NotAllowed("section.open")
    rows = list(
        Screening.objects.filter(case=found, state_code__in=("draft", "completed"))
        .only("state_code", "written_at", "completed_at")
        .order_by("written_at")
    )
    draft = next((row for row in reversed(rows) if row.state_code == "draft"), None)
    completed = next((row for row in reversed(rows) if row.state_code == "completed"), None)
    return Progress(
        draft_at=draft.written_at if draft else None,
        completed_at=completed.completed_at if completed else None,
        writes="screening" in stands.writes and stands.works and found.state_code in WRITABLE,
    )


def may_decide(actor: Actor, found: Case) -> bool:
    """Whether the page offers the decision to this reader."""
    return found.state_code == "open" and may(actor, "screening.decide", found)


@dataclass(frozen=True)
class DecideStand:
    """Where the worker's decision stands, and whether it can be taken now."""

    ready: bool
    completed: bool


def before_deciding(actor: Actor, found: Case) -> DecideStand:
    """NotAllowed unless who asks leads the case."""
    if not may(actor, "screening.decide", found):
        raise NotAllowed("screening.decide")
    facts = CaseFacts(found)
    return DecideStand(ready=facts.holds("screening_done"), completed="completed" in facts.screenings)


def without_a_plan(found: Iterable[Case], today: date) -> set[UUID]:
    """Of these the cases whose planned step was the signs, and the signs are finished: another one is to be chosen."""
    planned = [
        one.pk
        for one in found
        if one.state_code == "open" and one.next_step_code == "signs" and one.next_step_on and one.next_step_on <= today
    ]
    if not planned:
        return set()
    states: dict[UUID, set[str]] = {}
    for pk, state in Screening.objects.filter(case__in=planned).values_list("case_id", "state_code"):
        states.setdefault(pk, set()).add(state)
    return {pk for pk, held in states.items() if "completed" in held and "draft" not in held}
