"""A person's own sessions, as they may be known again: since when, how lately used, in what, for whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hamkori import definer
from hamkori.vault.proof import as_meant


@dataclass(frozen=True)
class Own:
    """One open session. `device`: a code of `hamkori.vocabulary.devices`, '' for one that no browser has begun."""

    id: UUID
    membership_id: UUID
    device: str
    since: datetime
    used_at: datetime
    is_this: bool


def mine() -> list[Own]:
    """Those of the acting person that are open, this one first, then the lately used. Nobody acts: none."""
    with as_meant():
        found = definer.rows("my_sessions", columns="session_id membership_id device_code issued_at used_at is_this")
    return [Own(*row) for row in found]


def describe(device: str) -> None:
    """The session that was begun just now is one of this kind of browser."""
    with as_meant():
        definer.run("session_describe", device)


def is_first() -> bool:
    """Whether the acting person has never had a session before this one."""
    with as_meant():
        return bool(definer.value("session_is_first"))
