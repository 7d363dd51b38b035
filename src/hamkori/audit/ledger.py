"""The doors to the ledger. A row says who did what, in codes and ids; the database adds actor, session and time.

No log, no data: a row is in the transaction of its act, and what cannot be written down does not happen.
See docs/design/engine.md#the-ledger.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Literal, TypedDict, Unpack
from uuid import UUID

from django.db import DatabaseError

from hamkori import definer

if TYPE_CHECKING:
    from hamkori.access.actor import Actor

Decision = Literal["done", "refused", "failed"]
Proof = tuple[int, bytes]
"""A moment and what the keyring makes of it and of what is written."""


class NoRow(DatabaseError):
    """The database was asked for a row and wrote none: a function of the ledger is not as made. Nothing is done."""


class Columns(TypedDict, total=False):
    """What an act may say of itself. Codes, ids and numbers; never a name, an address or a search word."""

    kind: str
    object_id: UUID | None
    case_id: UUID | None
    section: str
    seal_no: int | None
    consent_id: UUID | None
    reason: str
    count: int | None


@dataclass(frozen=True, kw_only=True)
class LedgerRow:
    """A row to be written: the act's own words, in the order of the database's functions. Who, where and when the
    database knows.
    """

    action: str
    decision: Decision = "done"
    role: str = ""
    scope: str = ""
    kind: str = ""
    object_id: UUID | None = None
    case_id: UUID | None = None
    section: str = ""
    seal_no: int | None = None
    consent_id: UUID | None = None
    reason: str = ""
    operation_id: UUID | None = None
    count: int | None = None

    def saying(self, columns: Mapping[str, object]) -> LedgerRow:
        """The same row with these columns changed."""
        return replace(self, **columns)  # type: ignore[arg-type]

    @property
    def values(self) -> list[str | int | UUID | None]:
        """In their order."""
        return [getattr(self, one.name) for one in fields(self)]


def append(row: LedgerRow, *, system: bool = False) -> None:
    """Writes a row as the acting member, or as the system (clock, command line).

    Errors: a database error with SQLSTATE 42501 when nobody is acting or the act is not a member's, 22023 for what is
    no code; NoRow. Not-visible refusals beyond 60 an hour and session are counted as written and left out.
    """
    door = "ledger_system" if system else "ledger_append"
    _write(door, *row.values, some=not system and row.reason == "not_visible")


def _write(door: str, *said: Any, some: bool = False) -> bool:
    """Whether there is a row now. NoRow: there is none, and this door does not keep only `some` of what it is told."""
    number = definer.value(door, *said)
    if number is None or not (number or some):
        raise NoRow("an act left no row in the ledger")
    return bool(number)


def alarm(row: LedgerRow, *, at: int | None = None, proof: bytes | None = None) -> None:
    """A row for something that did not match what the server knows of it; of each kind 60 an hour are kept.

    Its kind is the fact's, its reason the act that was stopped by it, its operation the line of the file of alarms.
    Without a proof of the keyring the row says so, and 60 an hour are kept in all. Errors: NoRow.
    """
    _write("ledger_alarm", row.kind, row.object_id, row.reason, row.operation_id, at, proof, some=True)


def alarm_from_file(line: UUID, kind: str, object_id: UUID | None) -> bool:
    """The row of a line of the file of alarms that has none; False: it has one. The clock's login alone may.

    Errors: NoRow.
    """
    return _write("ledger_alarm_line", line, kind, object_id, some=True)


def looked(action: Literal["case.view", "case.history", "case.print", "consent.print"], case_id: UUID) -> None:
    """A row for somebody who looks at the codes of a case: once an hour and session; on paper each time.

    Errors: a database error with SQLSTATE HK404 for whoever does not stand on a side of it; NoRow.
    """
    _write("ledger_looked", action, case_id, some=action in ("case.view", "case.history"))


def missed(kind: str, code: str) -> None:
    """The rows of a try to see a case or referral that is another's, or that nobody has: nothing here learns which."""
    definer.run("ledger_missed", kind, code)  # it takes no null and answers with nothing


def note(actor: Actor, action: str, decision: Decision = "done", **columns: Unpack[Columns]) -> None:
    """A row for an act outside `@action`: unlock, step-up, sign-out, a search by name."""
    append(LedgerRow(action=action, decision=decision).saying(columns), system=actor.system)


def sign_in(
    action: str, decision: Decision, user_id: UUID | None = None, reason: str = "", *, prove: Callable[..., Proof]
) -> None:
    """A row for what happens at the door, before anybody is acting: sign-in, second factor, reset, invitation.

    Without a user it is the account named at the door, which the database looks up by itself: the row has nobody where
    there is none, and whoever waits for the answer cannot tell. `prove` shows that the web process asks. Errors: NoRow.
    """
    written = (action, decision, user_id, reason)
    _write("ledger_sign_in", *written, *prove("ledger_sign_in", *written))
