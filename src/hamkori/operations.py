"""Operations: what is sent twice is done once, and the second is answered like the first.

The row that says "done" is the database's, and who owns the database could say it of a press of which nothing was
written. It is believed where both hold: a tag of ours on all that it says and on the number of its transaction, given
when nothing was left to do but to commit; and PostgreSQL's own word, which no owner of a database writes, that this
transaction was committed (ADR 0073).
See docs/design/engine.md#operations.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from django.db import connection, transaction

from hamkori import definer
from hamkori.access.actor import Actor
from hamkori.canon import canon
from hamkori.refusal import NotNow
from hamkori.vault import server
from hamkori.vault.bytes import Untrusted


class AlreadyDone(Exception):
    """This operation was asked for before, and the first stands. A door answers as it answered then."""

    def __init__(self, step: str, url_path: str, object_id: UUID | None) -> None:
        super().__init__(step)
        self.step = step
        self.url_path = url_path
        self.object_id = object_id


@dataclass
class _Operation:
    """One write of a press, as its row will say it. `form_tag` None: nobody sent a form."""

    actor: Actor
    step: str
    object_id: UUID | None
    form_tag: bytes | None
    url_path: str = ""

    def fact(self, number: int) -> bytes:
        """What is vouched for: all of the row, and the transaction that writes it."""
        whose = self.actor.membership_id, self.actor.operation
        return canon("operation", *whose, self.step, self.object_id, self.form_tag, self.url_path, number)

    def answer(self, actor: Actor) -> None:
        """AlreadyDone; NotNow("sent_before") where this form says something else."""
        ring = server.keyring()
        if actor.content and self.form_tag is not None and not ring.tag_holds(_said(actor), self.form_tag):
            raise NotNow("sent_before")
        raise AlreadyDone(self.step, self.url_path, self.object_id)


@dataclass
class _Press:
    outer: _Press | None
    made: list[_Operation] = field(default_factory=list)

    def find(self, actor: Actor) -> _Operation | None:
        """What was written in this transaction under this operation."""
        asked = actor.membership_id, actor.operation
        for one in self.made:
            if (one.actor.membership_id, one.actor.operation) == asked:
                return one
        return self.outer.find(actor) if self.outer is not None else None


_pressing: ContextVar[_Press | None] = ContextVar("pressing", default=None)


@contextmanager
def press() -> Iterator[None]:
    """Around a savepoint, or within a transaction, that holds acts. An error: nothing of it was done.

    The outermost vouches for what was done, at its end. A tag that is shown to the database before, within a savepoint
    that may still be undone alone, would stand for nothing in a transaction that is committed.
    """
    here = _Press(_pressing.get())
    token = _pressing.set(here)
    try:
        yield
    finally:
        _pressing.reset(token)
    if here.outer is not None:
        here.outer.made += here.made
    elif here.made and not connection.needs_rollback:
        _vouch(here.made)


@contextmanager
def together() -> Iterator[None]:
    """Several acts of one press: all of them, or none."""
    with press(), transaction.atomic():
        yield


def begin(actor: Actor, step: str, object_id: UUID | None) -> None:
    """Puts the operation's row first. A second one waits for the first here, then finds that it stands.

    Untrusted: it was not taken, and none stands.
    """
    form_tag = server.keyring().tag(_said(actor)) if actor.content else None
    first = definer.write(
        "insert into operation (id, membership_id, operation_id, step_code, object_id, form_tag, url_path, at)"
        " values (%s, %s, %s, %s, %s, %s, '', hk_now()) on conflict (membership_id, operation_id) do nothing",
        uuid4(), actor.membership_id, actor.operation, step, object_id, form_tag,
    )  # fmt: skip
    if not first:
        first_stands(actor)
        raise _nobodys(actor)
    if (here := _pressing.get()) is not None:
        here.made.append(_Operation(actor, step, object_id, form_tag))


def name_object(actor: Actor, object_id: UUID | None) -> None:
    """What this operation has made."""
    if (found := _here(actor)) is not None:
        found.object_id = object_id


def answered(actor: Actor, url_path: str) -> None:
    """Stores where the first was sent, so that the second is sent there too. Nothing is where nothing was written."""
    if (found := _here(actor)) is not None:
        found.url_path = url_path


def first_stands(actor: Actor) -> None:
    """AlreadyDone if this operation was done before. Doors ask before they look for the thing: it may be gone.

    NotNow("sent_before"): it was done, and this form says something else, which was not.
    Untrusted: the database says that it was done, and this server did not do it.
    """
    if actor.operation is None:
        return
    if (here := _here(actor)) is not None:
        here.answer(actor)
    found = definer.read(
        "select step_code, object_id, form_tag, url_path, done_in, done_tag from operation"
        " where membership_id = %s and operation_id = %s",
        actor.membership_id, actor.operation,
    )  # fmt: skip
    if found:
        _believed(actor, *found[0]).answer(actor)


def _here(actor: Actor) -> _Operation | None:
    pressing = _pressing.get()
    return pressing.find(actor) if pressing is not None and actor.operation is not None else None


def _said(actor: Actor) -> bytes:
    """What an operation's form said, bound to whose and which operation it was."""
    return canon("form", actor.membership_id, actor.operation, actor.content)


# --- whose word it is ----------------------------------------------------------------------------------------------


def _vouch(made: list[_Operation]) -> None:
    """Nothing is left to do but to commit: each row gets its tag, with the number of this transaction.

    A row that is kept from it is nobody's word later.
    """
    number = _numbers()[0]
    if number is None:  # nothing at all was written
        return
    ring = server.keyring()
    for one in made:
        said = [one.object_id, one.url_path, number, ring.tag(one.fact(number))]
        definer.write(
            "update operation set object_id = %s, url_path = %s, done_in = %s, done_tag = %s"
            " where membership_id = %s and operation_id = %s",
            *said, one.actor.membership_id, one.actor.operation,
        )  # fmt: skip


def _believed(
    actor: Actor, step: object, object_id: object, form_tag: object, url_path: object, number: object, tag: object
) -> _Operation:
    """The row of an operation that was committed. Untrusted: the database alone says so."""
    match step, object_id, form_tag, url_path, number, tag:
        case (
            str(step),
            UUID() | None as object_id,
            bytes() | memoryview() | None as form_tag,
            str(url_path),
            int(number),
            bytes() | memoryview() as tag,
        ):
            found = _Operation(actor, step, object_id, None if form_tag is None else bytes(form_tag), url_path)
            if server.keyring().tag_holds(found.fact(number), bytes(tag)) and _committed(number):
                return found
    raise _nobodys(actor)


def _nobodys(actor: Actor) -> Untrusted:
    return Untrusted("operation", actor.operation or "")


def _committed(number: int) -> bool:
    """Whether this transaction was committed, or is this one. False for one of another server, or of long ago."""
    own, end = _numbers()
    if number == own:
        return True
    if number >= end:  # PostgreSQL would answer with an error
        return False
    return bool(definer.value("pg_catalog.pg_xact_status", str(number)) == "committed")


def _numbers() -> tuple[int | None, int]:
    """The number of this transaction, if it has written; and one above all that are visible to it."""
    ((own, end),) = definer.read(
        "select pg_catalog.pg_current_xact_id_if_assigned(),"
        " pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot())"
    )
    return None if own is None else int(own), int(end)
