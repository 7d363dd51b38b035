"""`@action`: one decorator for everything that is done. It asks the policy, does it once, and writes it down.

An action is a verb of the field with the actor first: `referral.accept(actor, referral, team=...)`. In one savepoint:
the operation's row (sent twice, done once), the policy, the body, the ledger row, the deferred constraints. A refusal
undoes all of it and leaves one row that says so. Reading a secret is an action too: there the ledger row comes first.
See docs/design/engine.md#an-act.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from functools import update_wrapper
from traceback import walk_tb
from typing import Concatenate, Generic, ParamSpec, TypeVar, Unpack

import psycopg
from django.db import DatabaseError, DataError, InterfaceError, connection, transaction
from django.db.models import Model

from hamkori import definer, operations
from hamkori.access.actor import Actor
from hamkori.access.context import now
from hamkori.access.permissions import Permission
from hamkori.access.policy import Row
from hamkori.access.scope import require
from hamkori.audit.ledger import Columns, LedgerRow, alarm, append, missed
from hamkori.refusal import Invalid, NotAllowed, NotNow, NotVisible, Refusal
from hamkori.vault import proof, server
from hamkori.vault.bytes import NAMELESS, OpenKey, Sealed, Untrusted
from hamkori.vault.keyring import ALL, KeyringRefused
from hamkori.vault.marks import Nameless

P = ParamSpec("P")
R = TypeVar("R")

log = logging.getLogger("hamkori.action")

MISMATCH = "tag.mismatch"
OURS = frozenset({"tag_mismatch", "unwritten", "unwritten_gone", "sent_before"})
"""Of what no definer of ours speaks: of an alarm, or of what only this server can know."""
DRIVER = ("psycopg.", "psycopg_binary.", "psycopg_c.")

ACTIONS: list[Action[..., object]] = []
"""Every action of the house, for the tests that walk them."""


class Act:
    """One doing: who, when (the world's time, once), by which policy row, and what the ledger will say of it."""

    def __init__(self, actor: Actor, permission: Permission, at: datetime, grant: Row, row: LedgerRow) -> None:
        self.actor = actor
        self.permission = permission
        self.at = at
        self.grant = grant
        self.row = row

    def note(self, **columns: Unpack[Columns]) -> None:
        """Adds to the ledger row of this act; the last word wins. Codes, ids and counts only."""
        self.row = self.row.saying(columns)


class Disclosure(Act):
    """The act of reading secrets. Its actor holds no key: the key comes out of `disclose`, after the ledger row."""

    def __init__(self, actor: Actor, permission: Permission, at: datetime, grant: Row, row: LedgerRow) -> None:
        super().__init__(replace(actor, keys=None), permission, at, grant, row)
        self._key: OpenKey | None = actor.keys
        self.written = 0

    def disclose(self, **columns: Unpack[Columns]) -> OpenKey:
        """Writes one ledger row, then hands out the open key. NotNow("vault_open") while it is sealed."""
        if self._key is None:
            raise NotNow("vault_open")
        append(self.row.saying(columns))
        self.written += 1
        return self._key


class Action(Generic[P, R]):
    """A decorated body. Called with an actor where the body takes the act; `body` is the undecorated function."""

    def __init__(
        self, body: Callable[..., R], permission: Permission, on: str | None, act: type[Act] | type[Disclosure]
    ) -> None:
        self.body = body
        self.permission = permission
        self.on = on
        self._act = act
        update_wrapper(self, body)
        ACTIONS.append(self)  # type: ignore[arg-type]

    @property
    def discloses(self) -> bool:
        return self._act is Disclosure

    def __call__(self, actor: Actor, *args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return self._try(actor, args, kwargs)
        except NotNow as refusal:
            if refusal.guard != "release_epoch":
                raise
            if (error := invented(refusal)) is not None:
                raise mismatch(actor, error, self.permission) from None
            return self._try(actor, args, kwargs)  # the keyring was turned meanwhile, and has been read again

    def _try(self, actor: Actor, args: tuple[object, ...], kwargs: dict[str, object]) -> R:
        thing = self._thing(args)
        row = self._row(actor, thing)
        try:
            with operations.press(), server.one_press(), transaction.atomic(), _in_our_letters():
                return self._do(actor, thing, row, args, kwargs)
        except Refusal as refusal:
            _write_down(actor, row, refusal)
            raise
        except (Untrusted, Sealed) as error:
            raise mismatch(actor, error, self.permission) from None
        except Exception as error:
            if (changed := changed_row(error)) is not None:
                raise mismatch(actor, changed, self.permission) from None
            refused = _refusal_in(error) if isinstance(error, DatabaseError) else None
            if refused is None:
                raise
            if isinstance(refused, _WallMismatch):
                log.error("wall.mismatch: the database refused what the policy allowed (%s)", self.permission)
            _write_down(actor, row, refused)
            raise refused from None  # the database's words may repeat what somebody typed

    def _thing(self, args: tuple[object, ...]) -> Model | None:
        if self.on is None:
            return None
        if not args or not isinstance(args[0], Model):
            raise TypeError(f"{self.permission}: the {self.on} comes first, by position")
        return args[0]

    def _let(self) -> None:
        """The policy has let this call through."""

    def _row(self, actor: Actor, thing: Model | None) -> LedgerRow:
        pk = None if thing is None else thing.pk
        return LedgerRow(
            action=self.permission,
            kind=self.on or "",
            object_id=pk,
            case_id=pk if self.on == "case" else None,
            operation_id=actor.operation,
        )

    def _do(
        self, actor: Actor, thing: Model | None, row: LedgerRow, args: tuple[object, ...], kwargs: dict[str, object]
    ) -> R:
        if actor.operation is not None and not actor.system:
            operations.begin(actor, self.permission, row.object_id)
        grant = require(actor, self.permission, thing)
        self._let()
        act = self._act(actor, self.permission, now(), grant, replace(row, role=grant.role, scope=grant.scope))
        result = self.body(act, *args, **kwargs)
        if isinstance(act, Disclosure):
            if not act.written:
                raise RuntimeError(f"{self.permission} disclosed without a ledger row")
        else:
            append(act.row, system=actor.system)
        if actor.operation is not None and not actor.system and act.row.object_id != row.object_id:
            operations.name_object(actor, act.row.object_id)
        connection.check_constraints()
        return result


def action(
    permission: Permission, *, on: str | None = None
) -> Callable[[Callable[Concatenate[Act, P], R]], Action[P, R]]:
    """Makes a body an action. `on`: the ledger's word for the thing, which is then the first argument after the act."""
    return lambda body: Action(body, permission, on, Act)


def disclosure(
    permission: Permission, *, on: str | None = None
) -> Callable[[Callable[Concatenate[Disclosure, P], R]], Action[P, R]]:
    """Makes a body that reads secrets an action: it gets the open key from `act.disclose()`, after the ledger row."""
    return lambda body: Action(body, permission, on, Disclosure)


# --- refusals ------------------------------------------------------------------------------------------------------


class _WallMismatch(NotVisible):
    """The database refused what the policy allowed: for the reader it does not exist, for us it is an alarm."""


def _refusal_in(error: Exception) -> Refusal | None:
    """What a definer function or row security meant by this error; None if it is a fault."""
    cause = error.__cause__
    if cause is None:
        # Django's own: "Save with update_fields did not affect any rows", that is, row security hid the row.
        return _WallMismatch() if type(error) is DatabaseError else None
    return _WallMismatch() if getattr(cause, "sqlstate", None) == "42501" else definer.refusal_in(error)


def _reason(refusal: Refusal) -> str:
    match refusal:
        case NotNow():
            return refusal.guard
        case NotAllowed():
            return "not_allowed"
        case _:
            return "not_visible"


def _write_down(actor: Actor, row: LedgerRow, refusal: Refusal) -> None:
    """One row for a refusal, after everything else was undone. What was typed wrongly is no refusal to record."""
    if isinstance(refusal, Invalid):
        return
    if isinstance(refusal, _WallMismatch):
        row = replace(row, action="wall.mismatch", decision="failed", reason=row.action)
    else:
        row = replace(row, decision="refused", reason=_reason(refusal))
    refusal.ledger = row
    _append_refusal(actor, row)


def invented(refusal: Refusal) -> Untrusted | None:
    """Whether it was refused for a version of a key that is above all that the keyring has: nobody of ours began it.

    The file is changed before the database is, and has just been read again. None: refused for something else.
    """
    if not isinstance(refusal, NotNow) or refusal.guard != "release_epoch":
        return None
    name, number = str(refusal.values.get("key", "")), int(str(refusal.values.get("number", 0)))
    known = {one: server.keyring().newest(one) for one in ALL}
    return Untrusted("version", f"{name}.{number}") if number > known.get(name, number) else None


def mismatch(actor: Actor | None, error: Untrusted | Sealed, act: str) -> NotNow:
    """What a reader is told when something of the database is not what the server knows of it, and the alarm.

    The file and the log have it at once; the ledger's row comes after everything else was undone, and names the line
    of the file, so that the worker writes there what the ledger lacks and nothing twice.
    """
    kind, object_id, line = server.alarm(error)
    refusal = NotNow("tag_mismatch")
    row = LedgerRow(action=MISMATCH, decision="failed", kind=kind, object_id=object_id, reason=act, operation_id=line)
    refusal.ledger = row
    _append_refusal(actor, row)
    return refusal


def changed_row(error: Exception) -> Untrusted | None:
    """What the database's owner has changed, if this error says so: what proofs are compared with, what something is
    called by, or a value that no program of ours writes and none can read, an infinite date for one. None: else.
    """
    if _spoke_other_letters() or _is_the_drivers(error):
        return Untrusted("row", "unread")
    if isinstance(error, Nameless):
        return Untrusted(error.kind, NAMELESS)
    if not isinstance(error, DatabaseError):
        return None
    if proof.is_refused(error):
        return Untrusted(*proof.CHANGED)
    cause = error.__cause__
    if getattr(cause, "sqlstate", None) == "HK409" and cause.diag.message_primary in OURS:  # type: ignore[union-attr]
        return Untrusted("row", "unread")
    # What the database refuses has a code, and of what we send only a NUL is refused before it gets there.
    unread = isinstance(error, DataError) and getattr(cause, "sqlstate", None) is None and "NUL" not in str(cause)
    return Untrusted("row", "unread") if unread else None


def _is_the_drivers(error: Exception) -> bool:
    """Whether the driver itself failed over what it was answered, dates in another style for one.

    A function of the owner's sets in our connection how it answers. What we send fails in the driver as an error of
    the database, but for letters that are none.
    """
    if isinstance(error, DatabaseError | InterfaceError | psycopg.Error | UnicodeEncodeError):
        return False
    last = None
    for frame, _line in walk_tb(error.__traceback__):
        last = frame
    return last is not None and str(last.f_globals.get("__name__", "")).startswith(DRIVER)


@contextmanager
def _in_our_letters() -> Iterator[None]:
    """Within a savepoint, with which the setting is undone before anybody asks."""
    try:
        yield
    except Exception:
        if _spoke_other_letters():
            raise Untrusted("row", "unread") from None
        raise


def _spoke_other_letters() -> bool:
    """Whether this connection answered texts otherwise than as texts, by which any program fails anywhere.

    It knows that by itself. From here on it has our letters again: what undoes all, and the alarm, go through it.
    """
    found = connection.connection
    if found is None or found.closed:
        return False
    with suppress(psycopg.Error):  # some have no name in Python
        if found.info.encoding == "utf-8":
            return False
    found.pgconn.exec_(b"set client_encoding to 'UTF8'")
    return True


def marks_lost(actor: Actor | None) -> NotNow | None:
    """Where marks that this server had are gone: the alarm, at most once a minute. Its row, to be written once more."""
    if not server.marks_lost():
        return None
    refusal = NotNow("tag_mismatch")
    line = server.alarms().line_of("marks", None)
    refusal.ledger = LedgerRow(action=MISMATCH, decision="failed", kind="marks", reason="page.view", operation_id=line)
    _append_refusal(actor, refusal.ledger)
    return refusal


def _append_refusal(actor: Actor | None, row: LedgerRow, *, tried: tuple[str, str] | None = None) -> None:
    try:
        with transaction.atomic():
            if tried is not None:
                missed(*tried)
            elif row.action == MISMATCH and (actor is None or not actor.system):
                at, shown = _shown(row)
                alarm(row, at=at, proof=shown)
            else:
                append(row, system=actor is not None and actor.system)
            _spoke_other_letters()  # the same function has set it once more, and the row is to be kept
    except DatabaseError:
        # Nothing was done and nothing shown; a refusal stays one even when it cannot be written down.
        log.error("a refusal could not be written to the ledger (%s)", row.action)


def _shown(row: LedgerRow) -> tuple[int | None, bytes | None]:
    """What shows the database that this alarm is the server's own; nothing, where it is about that itself."""
    try:
        return proof.prove(server.keyring(), "ledger_alarm", row.kind, row.object_id, row.reason, row.operation_id)
    except (Untrusted, Sealed, KeyringRefused):
        return None, None


def record_refusal(actor: Actor | None, refusal: Refusal, *, kind: str = "", code: str = "") -> None:
    """For a door whose own rollback took the row of a refusal away (or for a query's refusal): writes it again.

    A query's 403 and 404 get a row here for the first time; its 409 and wrong values get none, nothing was asked.
    `kind`, `code`: what a 404 was asked for, of which the database keeps whose case it was.
    """
    row = refusal.ledger
    if isinstance(row, LedgerRow):
        _append_refusal(actor, row)
    elif isinstance(refusal, NotAllowed):
        _append_refusal(actor, LedgerRow(action=refusal.permission, decision="refused", reason="not_allowed"))
    elif isinstance(refusal, NotVisible):
        row = LedgerRow(action="page.view", decision="refused", reason="not_visible")
        _append_refusal(actor, row, tried=(kind, code) if kind else None)
