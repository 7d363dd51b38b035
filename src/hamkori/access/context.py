"""The database's context: a token for this transaction, and what it resolves to."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import connection
from django.db.models import DateTimeField, Func

from hamkori.access.actor import Actor
from hamkori.vocabulary.letters import in_letters_of

IDLE = timedelta(minutes=15)
ABSOLUTE = timedelta(hours=8)


def set_token(token_hex: str) -> None:
    """Puts the token into this transaction. Always called, also with '': a leftover must never act."""
    with connection.cursor() as cursor:
        cursor.execute("select set_config('hk.token', %s, true)", [token_hex])


def token_hash(token_hex: str) -> bytes:
    return hashlib.sha256(token_hex.encode()).digest()


def issue(token_hex: str, membership_id: UUID, level: str, prove: Callable[..., tuple[int, bytes]]) -> UUID:
    """Makes the session row for a token; the proof shows that the web process asks, not an injected statement."""
    row = (uuid4(), token_hash(token_hex), membership_id, level, _seconds(IDLE), _seconds(ABSOLUTE))
    at, proof = prove("issue", *row)
    with connection.cursor() as cursor:
        cursor.execute("select issue(%s, %s, %s, %s, %s, %s, %s, %s)", [*row, at, proof])
    return row[0]


def _seconds(span: timedelta) -> int:
    return int(span.total_seconds())


def new_token() -> str:
    """A token for tests and the world builder; the web derives its own from the cookie."""
    return secrets.token_hex(32)


def current_actor(keys: Any = None) -> Actor | None:
    """The actor of this transaction's token, or None: one query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select user_id, membership_id, organisation_id, compartment_code, roles, function_code, language_code,"
            " person_name, session_id, supervisor_id, stepped_up_at from whoami()"
        )
        row = cursor.fetchone()
    if row is None:
        return None
    user, membership, org, compartment, roles, function, language, name, session, supervisor, stepped = row
    return Actor(
        user_id=user,
        membership_id=membership,
        organisation_id=org,
        compartment=compartment,
        roles=frozenset(roles),
        function=function,
        language=language,
        name=in_letters_of(language, name),
        session_id=session,
        supervisor_id=supervisor,
        stepped_up_at=stepped,
        keys=keys,
    )


def now() -> datetime:
    """The world's time, as policies and the ledger see it."""
    with connection.cursor() as cursor:
        cursor.execute("select hk_now()")
        row = cursor.fetchone()
    assert row is not None
    moment: datetime = row[0]
    return moment


class HkNow(Func):
    """The world's time inside a query."""

    function = "hk_now"
    output_field = DateTimeField()
    arity = 0
