"""Who may join a team, who may leave it, and who acts as its supervisor. Pure: ids are opaque strings.

See docs/design/teams.md.
"""

from collections.abc import Iterable
from dataclasses import dataclass

LEAD = "lead"
MEMBER = "member"
SUPERVISOR = "supervisor"

CASE_ROLES = frozenset({"case_worker", "hotline_operator"})
NO_CASE_ROLES = frozenset({"administrator", "auditor", "custodian"})
"""Whoever holds one of these anywhere joins no team, in no body."""


@dataclass(frozen=True)
class TeamRow:
    """One row of "who can see this case". Live: not ended, not suspended."""

    membership: str
    kind: str
    live: bool = True


@dataclass(frozen=True)
class Candidate:
    """What is asked about a colleague who shall join. `roles` of this membership, `roles_anywhere` of the person."""

    membership: str
    body: str
    roles: frozenset[str]
    roles_anywhere: frozenset[str]
    has_key: bool
    blocked: bool


def may_join(candidate: Candidate, body: str, rows: Iterable[TeamRow]) -> bool:
    """Same body, a case role, a key, no block, no excluding role, and not on the team already."""
    on_team = {row.membership for row in working(rows)}
    return (
        candidate.body == body
        and bool(candidate.roles & CASE_ROLES)
        and not candidate.roles_anywhere & NO_CASE_ROLES
        and candidate.has_key
        and not candidate.blocked
        and candidate.membership not in on_team
    )


def working(rows: Iterable[TeamRow]) -> tuple[TeamRow, ...]:
    """The live rows of people who work on the case; a supervisor's row is none."""
    return tuple(row for row in rows if row.live and row.kind in (LEAD, MEMBER))


def may_go(membership: str, rows: Iterable[TeamRow]) -> bool:
    """The guard `last_member`: somebody stays, and a lead stays."""
    return any(row.kind == LEAD and row.membership != membership for row in working(rows))


def worker_may_go(membership: str, workers: Iterable[str]) -> bool:
    """The same for the named workers of a receiver: one stays."""
    return bool(set(workers) - {membership})


def lead_missing(rows: Iterable[TeamRow]) -> bool:
    """Whether nobody leads the case any more."""
    return not any(row.kind == LEAD for row in working(rows))


def may_lead(membership: str, acting: str) -> bool:
    """A supervisor names a new lead, never herself."""
    return membership != acting


def another_person(acting: str, rows: Iterable[TeamRow]) -> bool:
    """The guard `not_self`: who agrees as supervisor is not the lead."""
    return not any(row.kind == LEAD and row.membership == acting for row in working(rows))


def acts_as_supervisor(membership: str, rows: Iterable[TeamRow]) -> bool:
    """A live supervisor; or, where the case has none, a team member who is not the lead."""
    rows = tuple(rows)
    supervisors = {row.membership for row in rows if row.live and row.kind == SUPERVISOR}
    if supervisors:
        return membership in supervisors
    return any(row.membership == membership and row.kind == MEMBER for row in working(rows))


def last_desk_ok(membership: str, officers: Iterable[str]) -> bool:
    """The guard `last_desk`: another desk officer stays."""
    return bool(set(officers) - {membership})
