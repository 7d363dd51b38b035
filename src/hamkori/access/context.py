"""The database's context: a token for this transaction, and what it resolves to."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from django.conf import settings

from hamkori import definer
from hamkori.access.actor import Actor
from hamkori.vocabulary.letters import in_letters_of

IDLE = timedelta(minutes=15)
ABSOLUTE = timedelta(hours=8)

WORKER_REFUSED = "HK413"
"""The database's code for a worker that does not show the secret that it knows."""


_shown: list[Callable[[], str]] = []


def show(what: Callable[[], str]) -> None:
    """With each token goes what only the pages' keyring gives: without it the database takes the token for nobody's."""
    _shown[:] = [what]


def set_token(token_hex: str) -> None:
    """Puts the token into this transaction. Always called, also with '': a leftover must never act."""
    shown = _shown[0]() if token_hex and _shown else ""
    definer.read("select set_config('hk.token', %s, true), set_config('hk.pages', %s, true)", token_hex, shown)


def token_hash(token_hex: str) -> bytes:
    return hashlib.sha256(token_hex.encode()).digest()


def issue(token_hex: str, membership_id: UUID, level: str, prove: Callable[..., tuple[int, bytes]]) -> UUID:
    """Makes the session row for a token; the proof shows that the web process asks, not an injected statement."""
    row = (uuid4(), token_hash(token_hex), membership_id, level, _seconds(IDLE), _seconds(ABSOLUTE))
    definer.run("issue", *row, *prove("issue", *row))
    return row[0]


def _seconds(span: timedelta) -> int:
    return int(span.total_seconds())


def new_token() -> str:
    """A token for tests and the world builder; the web derives its own from the cookie."""
    return secrets.token_hex(32)


class Seen(NamedTuple):
    """A row of `whoami()`: who acts, as the database says it. Whether it may be believed: people/sign_in.py.

    First the post and then the organisation, each with its tag, in the order of people/facts.py.
    """

    membership_id: UUID
    serial: int
    user_id: UUID
    organisation_id: UUID
    name: str
    function: str
    roles: Sequence[str]
    supervisor_id: UUID | None
    tag: bytes
    org_version: int
    org_slug: str
    org_name_en: str
    org_name_tg: str
    org_name_ru: str
    org_name_fr: str
    org_kind: str
    compartment: str
    org_has_desk: bool
    org_tag: bytes
    language: str
    session_id: UUID
    issued_at: datetime
    stepped_up_at: datetime | None
    expires_at: datetime

    def actor(self, keys: Any = None) -> Actor:
        """The same as whoever asks for something."""
        return Actor(
            user_id=self.user_id,
            membership_id=self.membership_id,
            organisation_id=self.organisation_id,
            compartment=self.compartment,
            roles=frozenset(self.roles),
            function=self.function,
            language=self.language,
            name=in_letters_of(self.language, self.name),
            session_id=self.session_id,
            supervisor_id=self.supervisor_id,
            stepped_up_at=self.stepped_up_at,
            keys=keys,
        )


def whoami() -> Seen | None:
    """What this transaction's token resolves to: one query."""
    row = definer.row(
        "whoami",
        columns="membership_id serial user_id organisation_id person_name function_code roles supervisor_id tag"
        " org_version org_slug org_name_en org_name_tg org_name_ru org_name_fr org_kind compartment_code org_has_desk"
        " org_tag language_code session_id issued_at stepped_up_at expires_at",
    )
    return Seen(*row) if row else None


def current_actor(keys: Any = None) -> Actor | None:
    """The actor of this transaction's token as the database says it, or None. Pages ask `people.sign_in.recognised`."""
    seen = whoami()
    return seen.actor(keys) if seen else None


def now() -> datetime:
    """The world's time, as policies and the ledger see it."""
    moment: datetime = definer.value("hk_now")
    return moment


def machine_time(at: datetime) -> datetime:
    """By which agreements end: in the real world the machine's clock, since the database's is its owner's."""
    return datetime.now(UTC) if settings.PRODUCTION else at
