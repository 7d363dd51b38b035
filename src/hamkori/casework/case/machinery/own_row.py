"""A member's own row, as we vouched for it: what they open, seal on or send is asked of it, and of no column beside.

Whoever owns the database widens a row, or puts that of somebody who was released back with its seals: who was released
finds the thing again, and its codes, and nothing of it opens.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar
from uuid import UUID

from hamkori.access.actor import Actor
from hamkori.casework.case.models import CaseAccess
from hamkori.casework.case.queries.team import my_access
from hamkori.casework.case.rules.sections import SECTIONS
from hamkori.refusal import NotAllowed, NotVisible
from hamkori.vault import tags
from hamkori.vault.server import trust
from hamkori.vault.tags import Fact


class Vouched(Protocol):
    """A row that has a tag of ours."""

    @property
    def tag(self) -> bytes | bytearray | memoryview: ...


Row = TypeVar("Row", bound=Vouched)


def on_team(actor: Actor, case: UUID) -> CaseAccess:
    """The actor's row in a case, believed. NotVisible: none. Untrusted: nobody let them in so, or it has ended."""
    user = user_of(actor)
    return believed(
        lambda: my_access(case, actor.membership_id),
        lambda row: tags.team(row.pk, case, membership_of(actor), user, row.kind_code, row.sections, row.writes),
    )


def require_held(actor: Actor, case: UUID, section: str, permission: str = "section.open") -> None:
    """The section is in the actor's row, as tagged, to read or, for another permission, to write. NotAllowed if not.

    Beside the database's own wall.
    """
    if section not in SECTIONS:
        raise NotVisible
    row = on_team(actor, case)
    if section not in (row.sections if permission == "section.open" else row.writes):
        raise NotAllowed(permission)


def membership_of(actor: Actor) -> UUID:
    assert actor.membership_id
    return actor.membership_id


def user_of(actor: Actor) -> UUID:
    assert actor.user_id
    return actor.user_id


def believed(read: Callable[[], Row | None], fact: Callable[[Row], Fact]) -> Row:
    """Read once more where something newer is known: a release of a moment ago is no alarm."""
    found: list[Row] = []

    def of_now() -> tuple[Fact, bytes]:
        row = read()
        if row is None:
            raise NotVisible
        found[:] = [row]
        return fact(row), bytes(row.tag)

    trust().sure(of_now)
    return found[0]
