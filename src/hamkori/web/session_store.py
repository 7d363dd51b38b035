"""Django's sessions, of no use to who reads the table: the key is hashed, the data locked under the keyring.

A session names who signed in and, for a minute, holds a half-open sign-in or the secret of a new authenticator.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.base_session import AbstractBaseSession
from django.contrib.sessions.models import Session
from django.utils import timezone

from hamkori.vault.bytes import Sealed
from hamkori.vault.server import keyring

KEY_LENGTH = 40  # the column's; 160 bits of the hash


class SessionStore(DatabaseStore):
    """The session whose key the browser knows."""

    def load(self) -> dict[str, Any]:
        """Its data; a row that does not open under its own name is no session."""
        row = Session.objects.filter(session_key=_stored(self.session_key), expire_date__gt=timezone.now()).first()
        if row is None:
            self._session_key = None
            return {}
        try:
            text = keyring().unlock_kept(_name(row.session_key), bytes.fromhex(row.session_data))
        except (Sealed, ValueError):
            self._session_key = None
            return {}
        data: dict[str, Any] = json.loads(text)
        return data

    def exists(self, session_key: str) -> bool:
        """Whether a session of that key is stored."""
        return bool(super().exists(_stored(session_key)))

    def delete(self, session_key: str | None = None) -> None:
        """Remove it: this one, unless another key is given."""
        key = session_key or self.session_key
        if key is not None:
            super().delete(_stored(key))

    def create_model_instance(self, data: dict[str, Any]) -> AbstractBaseSession:
        """The row as it is stored."""
        stored = _stored(self._get_or_create_session_key())  # type: ignore[attr-defined]
        text = json.dumps(data, separators=(",", ":")).encode()
        locked = keyring().lock_kept(_name(stored), text).hex()
        return Session(session_key=stored, session_data=locked, expire_date=self.get_expiry_date())


def _stored(key: str | None) -> str:
    return hashlib.sha256((key or "").encode()).hexdigest()[:KEY_LENGTH]


def _name(stored: str) -> str:
    return f"session.{stored}"
