"""How the builder acts: as people, in real sessions with open vaults, at the world's time; and as the clock.

Everything the invented world holds is made by calling actions. Only bodies and services, which nobody can found on
a screen yet, and the world's clock are written by the owner.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

import psycopg
from django.db import transaction
from psycopg import sql

from hamkori import definer
from hamkori.access.actor import Actor
from hamkori.access.context import current_actor, new_token, set_token
from hamkori.people import sign_in
from hamkori.site.demo.secret import passphrase_for
from hamkori.vault.bytes import OpenKey
from hamkori.vault.keyring import Keyring


@dataclass(frozen=True)
class Session:
    """A person at work while the world is built."""

    token: str
    key: OpenKey


class Hands:
    """Acts as anybody of the cast, each act one transaction with an operation id of its own; knows what was made.

    What one room has made another finds by kind and name: `known("services", "hospital", "HEALTH-01")`.
    """

    def __init__(self, ring: Keyring, owner: psycopg.Connection) -> None:
        self.ring = ring
        self.owner = owner
        self._made: dict[tuple[str, ...], UUID] = {}
        self._sessions: dict[UUID, Session] = {}
        self._keys: dict[str, OpenKey] = {}

    def remember(self, kind: str, *name: str, made: UUID) -> UUID:
        """From now on it is known under this name."""
        self._made[kind, *name] = made
        return made

    def known(self, kind: str, *name: str) -> UUID:
        """The id of what has been made under this name. LookupError: nobody has made it yet."""
        try:
            return self._made[kind, *name]
        except KeyError:
            raise LookupError(f"nobody has made {' '.join(name)} of the {kind} yet") from None

    def counts(self) -> Counter[str]:
        """How many of each kind were made."""
        return Counter(kind for kind, *_name in self._made)

    def insert(self, table: str, **fields: object) -> UUID:
        """A row as the owner, of what no screen makes. A value may be SQL."""
        made = uuid4()
        row = {"id": made, **fields}
        values = [value if isinstance(value, sql.Composable) else sql.Placeholder(name) for name, value in row.items()]
        statement = sql.SQL("insert into {} ({}) values ({})").format(
            sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, row)), sql.SQL(", ").join(values)
        )
        self.owner.execute(statement, row)
        return made

    @contextmanager
    def by(self, email: str) -> Iterator[Actor]:
        """Be this member of the cast, in their body."""
        with self.as_(email, self.known("members", email)) as actor:
            yield actor

    @contextmanager
    def as_(self, email: str, membership: UUID) -> Iterator[Actor]:
        """Be this person in this body; the first time their passphrase is stretched."""
        with transaction.atomic():
            session = self._sessions.get(membership) or self._sign_in(email, membership)
            set_token(session.token)
            actor = current_actor()
            if actor is None:
                raise RuntimeError(f"nobody acts for {membership}")
            yield replace(actor, keys=session.key).doing(uuid4())
            set_token("")

    def _sign_in(self, email: str, membership: UUID) -> Session:
        if email not in self._keys:
            with sign_in.acting(self.ring, email, passphrase_for(email), membership) as actor:
                self._keys[email] = actor.keys
        token = new_token()
        sign_in.begin(self.ring, token, membership)
        self._sessions[membership] = Session(token, self._keys[email])
        return self._sessions[membership]

    def leave(self) -> None:
        """Ends every session that was begun."""
        for session in self._sessions.values():
            with transaction.atomic():
                set_token(session.token)
                definer.run("session_end")
                set_token("")


class WorldClock:
    """Moves the world's time, as its owner."""

    def __init__(self, owner: psycopg.Connection) -> None:
        self.owner = owner

    def at(self, moment: datetime) -> None:
        """From now on the world is at `moment`; it goes on from there."""
        self.owner.execute('update world set "offset" = %s', [moment - datetime.now(UTC)])

    def now(self) -> None:
        """The world is where everybody is."""
        self.owner.execute("update world set \"offset\" = interval '0'")


class Ticker:
    """The clock's process (hk_clock), asked to run once whenever the builder says so."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "django", "demo_ticking"],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self) -> dict[str, int]:
        """One run; what it did, by name."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("tick\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the process that keeps the time limits has ended")
        counts: dict[str, int] = json.loads(line)
        if counts.get("failed"):
            raise RuntimeError("an automatic step failed; the lines above say which")
        return counts

    def close(self) -> None:
        """It runs no more."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=20)
