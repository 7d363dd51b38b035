"""Who may join a team, and who may leave it. Pure: ids are only compared. See docs/design/teams.md.

The database asks the same again (`casework/walls`): `tests/casework/test_guards_of_teams.py` holds the two together.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from hamkori.people.rules import clash

LEAD = "lead"
MEMBER = "member"
SUPERVISOR = "supervisor"

CASE_ROLES = frozenset({"case_worker", "hotline_operator"})
HELPING_ROLES = frozenset({"case_worker"})
"""Who is named to help with a request that was received."""

TELL_AGAIN = timedelta(hours=12)
"""For so long a lead worker whom a supervisor has told of a case is not told again."""


def told_lately(told_at: datetime | None, at: datetime) -> bool:
    """Whether the team was told of the case a short while ago."""
    return told_at is not None and told_at > at - TELL_AGAIN


@dataclass(frozen=True)
class TeamRow:
    """One row of "who can see this case" that has not ended. While it is suspended nothing is seen by it."""

    membership: object
    kind: str
    suspended: bool = False


@dataclass(frozen=True)
class Candidate:
    """A colleague at work who shall join. `roles` of this post; `roles_anywhere`: of any, as far as who asks knows."""

    membership: object
    body: object
    roles: frozenset[str]
    roles_anywhere: frozenset[str]
    has_key: bool


def may_join(candidate: Candidate, body: object, rows: Iterable[TeamRow]) -> bool:
    """Same body, a case role, a key, no excluding role, and no row of the team already: a suspended one stays so."""
    return _may_know_her(candidate, body, CASE_ROLES) and all(
        row.kind == SUPERVISOR or row.membership != candidate.membership for row in rows
    )


def may_help(candidate: Candidate, body: object, workers: Iterable[object]) -> bool:
    """The same at the receiver of a request, for a worker who is not named already."""
    return _may_know_her(candidate, body, HELPING_ROLES) and candidate.membership not in set(workers)


def _may_know_her(candidate: Candidate, body: object, roles: frozenset[str]) -> bool:
    return (
        candidate.body == body
        and bool(candidate.roles & roles)
        and not clash(candidate.roles | candidate.roles_anywhere)
        and candidate.has_key
    )


def may_go(membership: object, rows: Iterable[TeamRow]) -> bool:
    """The guard `last_member` of a case: the only lead stays until there is another one, everybody else may go."""
    leads = [row for row in rows if row.kind == LEAD]
    hers = any(row.membership == membership for row in leads)
    return not hers or any(row.membership != membership and not row.suspended for row in leads)


def somebody_stays(workers: Iterable[object], leaves: Iterable[object]) -> bool:
    """The same for the named workers of a receiver: one of those at work stays."""
    return bool(set(workers) - set(leaves))
