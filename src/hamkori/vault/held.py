"""An open private key between two requests: a row that only the browser's second cookie opens.

`pending` waits between passphrase and second factor, five minutes and once; `live` lies there as long as the session.
A row that is gone may be put back: how many times a vault was sealed is written down beside the marks (ended.py).
The pure half (keys, contexts) is `session.py`.
"""

from __future__ import annotations

import time
from uuid import UUID

from hamkori import definer
from hamkori.vault import server, session
from hamkori.vault.bytes import OpenKey, Sealed, Secret, Untrusted

WAITS = 5 * 60 * 1000
"""Milliseconds."""


def wait(v: Secret, pending: UUID, user: UUID, key_no: int, opened: OpenKey) -> None:
    """A key waits for the second factor under this cookie."""
    box = session.lock_pending(v, pending, user, key_no, opened, _now())
    definer.run("vault_pending_put", pending, box, key_no)


def take(v: Secret, pending: UUID, user: UUID, key_id: UUID) -> tuple[int, OpenKey] | None:
    """Key number and key that waited; None when it is too late, taken already, or another cookie's.

    Untrusted: it was taken, and stands there again.
    """
    row = definer.row("vault_pending_take", pending, columns="box key_no")
    if row is None:
        return None
    if server.vault_sealed(pending):
        raise Untrusted("vault", pending)
    server.seal_vault(pending)
    box, key_no = bytes(row[0]), row[1]
    try:
        taken = session.open_pending(v, pending, user, key_id, key_no, box)
    except Sealed:
        return None
    is_late = _now() - session.number_of(box) > WAITS  # by this machine's clock, whatever the row says
    return None if is_late or server.is_former(user, key_no) else (key_no, taken)


def put(v: Secret, session_id: UUID, user: UUID, key_no: int, opened: OpenKey) -> None:
    """Open the vault for this session: the row is replaced if there is one."""
    box = session.lock_session(v, session_id, user, key_no, opened, server.vault_sealed(session_id))
    definer.write(
        "insert into vault_session (session_id, level_code, box, key_no, at)"
        " values (%s, 'live', %s, %s, statement_timestamp())"
        " on conflict (session_id) do update set box = excluded.box, key_no = excluded.key_no, at = excluded.at",
        session_id, box, key_no,
    )  # fmt: skip


def opened(v: Secret, session_id: UUID, user: UUID, key_id: UUID, key_no: int, box: bytes) -> OpenKey | None:
    """The key for this request, from the row that was read with the session; None: it stays sealed.

    Untrusted: it was sealed since this row was written, or another key has followed since.
    """
    try:
        key = session.open_session(v, session_id, user, key_id, key_no, box)
    except Sealed:
        return None
    if session.number_of(box) < server.vault_sealed(session_id):
        raise Untrusted("vault", session_id)
    if server.is_former(user, key_no):
        raise Untrusted("key", user)
    return key


def seal(session_id: UUID) -> None:
    """Close the vault now; the session goes on."""
    definer.run("vault_close", session_id)
    server.seal_vault(session_id)


def was_emptied() -> bool:
    """Whether this session's vault is closed because the server was started again after a crash."""
    return bool(definer.value("vault_was_emptied"))


def _now() -> int:
    """Milliseconds of the machine's clock: the database's is its owner's."""
    return time.time_ns() // 1_000_000
