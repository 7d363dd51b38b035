"""Who works on a case, by the names of their posts: no other name stands where somebody chooses a colleague."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery

from hamkori import definer
from hamkori.access.actor import Actor
from hamkori.access.worded import worded
from hamkori.casework.case.models import Case, CaseAccess, CaseStep
from hamkori.casework.case.queries.sections import sections_of
from hamkori.casework.case.rules.team import TELL_AGAIN, Candidate, TeamRow, may_join
from hamkori.people.queries import Colleague as Member
from hamkori.people.queries import by_name, colleagues, names


@dataclass(frozen=True, kw_only=True)
class Colleague:
    """Somebody with a row in the case: why they see it, and which sections. `name` '': nobody vouched for the post."""

    membership_id: UUID
    name: str
    function: str
    kind: str
    sections: tuple[str, ...]
    since: datetime


def my_access(case: UUID, membership: UUID | None) -> CaseAccess | None:
    """The acting membership's own live row in a case, as the database says it."""
    return next(iter(_access(case, membership)), None)


@worded
def _access(case: UUID, membership: UUID | None) -> QuerySet[CaseAccess]:
    live = CaseAccess.objects.filter(case=case, membership=membership, ended_at=None, suspended_at=None)
    return live.order_by("pk")[:1]


def people(found: Case) -> tuple[Colleague, ...]:
    """Who has a row in the case: the lead first."""
    rows = by_name(
        "select membership_id, kind_code, sections, since from case_people(%s) where suspended_at is null", [found.pk]
    )
    return tuple(
        Colleague(
            membership_id=membership,
            name=one.name if one else "",
            function=one.function if one else "",
            kind=kind,
            sections=sections_of("post", membership, sections),
            since=since,
        )
        for (membership, kind, sections, since), one in rows
    )


class Leader(NamedTuple):
    """Who leads a case: the post, its name ('' if nobody vouched for it), and whether nobody else is on the team."""

    post: UUID
    name: str
    alone: bool


def leads(case_ids: list[UUID]) -> dict[UUID, str]:
    """Who leads each of these cases, by name, as far as somebody vouched for the post: for a supervisor. One query."""
    return {case: one.name for case, one in leaders(case_ids).items()}


def leaders(case_ids: list[UUID]) -> dict[UUID, Leader]:
    """Who leads each of these cases. One query."""
    rows = by_name(
        "select p.membership_id, one, not exists (select from case_people(one) m where m.kind_code = 'member' and"
        " m.suspended_at is null) from unnest(%s::uuid[]) one, case_people(one) p"
        " where p.kind_code = 'lead' and p.suspended_at is null",
        [case_ids],
    )
    return {case: Leader(post, one.name if one else "", alone) for (post, case, alone), one in rows}


def led_by(case_ids: list[UUID], membership: UUID) -> list[UUID]:
    """Of these cases those that this post leads. One query."""
    rows = definer.read(
        "select one from unnest(%s::uuid[]) one, case_people(one) p"
        " where p.kind_code = 'lead' and p.suspended_at is null and p.membership_id = %s",
        case_ids,
        membership,
    )
    return [case for (case,) in rows]


@dataclass(frozen=True)
class Told:
    """That the team was told of a case: when, and by whom ('' if nobody vouched for the post)."""

    at: datetime
    name: str


def told_lead(case_id: UUID, at: datetime) -> Told | None:
    """When a supervisor has told the team a short while ago. None: nobody has."""
    newest = (
        CaseStep.objects.filter(case=case_id, step_code="tell_lead", at__gt=at - TELL_AGAIN).order_by("-at").first()
    )
    if newest is None or newest.membership_id is None:
        return None
    return Told(newest.at, names([newest.membership_id]).get(newest.membership_id, ""))


def told_at(of: str = "case_id") -> Subquery:
    """Of a case's key: when its lead worker was told last."""
    rows = CaseStep.objects.filter(case=OuterRef(of), step_code="tell_lead").order_by("-at")
    return Subquery(rows.values("at")[:1])


def holders(case_id: UUID) -> dict[str, list[str]]:
    """Section -> names of the team who hold it: who could send what one cannot open oneself."""
    rows = by_name(
        "select membership_id, sections from case_people(%s) where kind_code <> 'supervisor' and suspended_at is null",
        [case_id],
    )
    found: dict[str, list[str]] = {}
    for (_membership, sections), one in rows:
        if one is None:
            continue
        for section in sections_of("case", case_id, sections):
            found.setdefault(section, []).append(one.name)
    return found


def rows(case_id: UUID) -> tuple[TeamRow, ...]:
    """The rows of a case as the database shows them to its people, suspended ones too. Empty for a stranger."""
    found = definer.read("select membership_id, kind_code, suspended_at is not null from case_people(%s)", case_id)
    return tuple(TeamRow(*row) for row in found)


def could_join(actor: Actor, found: Case) -> list[Member]:
    """The colleagues who may be added to the case now, by name: whom a page offers, and whom the step takes."""
    team = rows(found.pk)
    return [one for one in colleagues(actor) if may_join(candidate(actor, one), found.organisation_id, team)]


def candidate(actor: Actor, one: Member) -> Candidate:
    """A colleague as the rules ask about them. Of their posts in other bodies only the database knows."""
    return Candidate(one.membership_id, actor.organisation_id, one.roles, one.roles, one.has_key)
