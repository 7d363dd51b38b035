"""Django's sessions, of no use to who reads or locks the table: names are hashed, data is locked under the keyring.

A session names who signed in and, for a minute, holds a half-open sign-in or the secret of a new authenticator. Its
data is JSON and lies behind definers, which no login goes around: a session is found by who knows its name, and the
table, or a copy of it, names none. The browser's own key goes to no statement.
"""

import hashlib
import json
from typing import Any

from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError

from hamkori import definer
from hamkori.vault.bytes import Sealed
from hamkori.vault.proof import as_meant, prove
from hamkori.vault.server import keyring

KEY_LENGTH = 40  # the column's; 160 bits of the hash
LONGEST = 8192
"""Letters of what is kept, as `browser_session_put` takes them."""
SAID_ONCE = "_messages"


class SessionStore(SessionBase):
    """The session whose key the browser knows."""

    def load(self) -> dict[str, Any]:
        """Its data; a row that does not open under its own name is no session."""
        found = _read(self.session_key)
        if found is None:
            self._session_key = None
            return {}
        try:
            text = keyring().unlock_kept(_name(_stored(self.session_key)), bytes.fromhex(found))
        except (Sealed, ValueError):
            self._session_key = None
            return {}
        data: dict[str, Any] = json.loads(text)
        return data

    def exists(self, session_key: str) -> bool:
        """Whether a session of that key is stored."""
        return _read(session_key) is not None

    def create(self) -> None:
        """A new key and a row under it, at once."""
        while True:
            self._session_key = self._get_new_session_key()  # type: ignore[attr-defined]
            try:
                self.save(must_create=True)
            except CreateError:
                continue
            self.modified = True
            return

    def save(self, must_create: bool = False) -> None:
        """Keep its data. CreateError: the key is another's; UpdateError: it was ended meanwhile, and stays so.

        Untrusted: the database does not believe what this process proves.
        """
        if self.session_key is None:
            self.create()
            return
        data = self._get_session(no_load=must_create)  # type: ignore[attr-defined]
        locked = self._locked(data)
        if len(locked) > LONGEST:  # sentences that nobody has read yet; without them a session is a quarter of this
            locked = self._locked({name: said for name, said in data.items() if name != SAID_ONCE})
        written = (_named(self.session_key), locked, self.get_expiry_age(), "new" if must_create else "old")
        proved = prove(keyring(), "browser_session_put", *written)
        with as_meant():
            kept = definer.value("browser_session_put", *written[:3], must_create, *proved)
        if not kept:
            raise CreateError if must_create else UpdateError

    def _locked(self, data: dict[str, Any]) -> str:
        text = json.dumps(data, separators=(",", ":")).encode()
        return keyring().lock_kept(_name(_stored(self.session_key)), text).hex()

    def delete(self, session_key: str | None = None) -> None:
        """Remove it: this one, unless another key is given."""
        key = session_key or self.session_key
        if key is not None:
            definer.run("browser_session_forget", _named(key))


def _read(key: str | None) -> str | None:
    """What is kept under this key, locked; None: nothing."""
    row = definer.row("browser_session_read", _named(key), columns="said")
    return None if row is None else row[0]


def _named(key: str | None) -> bytes:
    """What the definers take. The table holds the hash of this: who has copied it can name no session."""
    return hashlib.sha256((key or "").encode()).digest()


def _stored(key: str | None) -> str:
    return hashlib.sha256(_named(key)).hexdigest()[:KEY_LENGTH]


def _name(stored: str) -> str:
    return f"session.{stored}"
