"""Who acts: one person, in one body, in one session. Frozen, and no record of the database."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """The acting membership of a signed-in person.

    `keys` is the open person key while the vault is open in this request, else None: it is never shown.
    `content` stands for what was typed, and is shown no more than that.
    `shown` is what the page is of on which they act (casework/case/queries/shown.py); None: of nothing, or no page.
    `ends_at`: when this session is over by itself, by what we locked away of it.
    `system` acts for the clock and the command line, and is no person.
    """

    user_id: UUID | None
    membership_id: UUID | None
    organisation_id: UUID | None
    compartment: str = ""
    roles: frozenset[str] = frozenset()
    function: str = ""
    language: str = "en"
    name: str = ""
    session_id: UUID | None = None
    supervisor_id: UUID | None = None
    stepped_up_at: datetime | None = None
    ends_at: datetime | None = field(default=None, compare=False)
    keys: Any = field(default=None, repr=False, compare=False)
    system: bool = False
    operation: UUID | None = None
    content: bytes = field(default=b"", repr=False, compare=False)
    shown: Any = field(default=None, repr=False, compare=False)

    def doing(self, operation: UUID | None, content: bytes | None = None) -> Actor:
        """The same actor asking for one write: sent twice under this id, it is done once.

        `content`: a digest of all that the form says. Kept for the writes that one press makes one after the other.
        """
        return replace(self, operation=operation, content=self.content if content is None else content)

    @property
    def vault_open(self) -> bool:
        return self.keys is not None


SYSTEM = Actor(user_id=None, membership_id=None, organisation_id=None, system=True)
