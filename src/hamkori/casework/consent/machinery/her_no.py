"""Her "no" holds whatever the database does: what cannot be written down is marked beside the keyring all the same.

A database that refuses a row undoes the press, and with it every mark that waits for the commit: what she had spoken
against would be sent and read on. So whatever of it fails after the policy let it through leaves the marks of what it
takes away (`holds`), also where the connection is gone by then, and what is not answered in the time that a page has
leaves them meanwhile. None does what fails before anybody could be asked who pressed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Concatenate, NamedTuple, ParamSpec, TypeVar
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, transaction
from django.db.models import Model

from hamkori.access.actor import Actor
from hamkori.access.permissions import Permission
from hamkori.access.scope import may
from hamkori.action import Act, Action, mismatch
from hamkori.audit.ledger import LedgerRow
from hamkori.casework.case.machinery.tagged import ERASED
from hamkori.operations import AlreadyDone
from hamkori.refusal import NotNow, NotVisible, Refusal
from hamkori.vault import tags
from hamkori.vault.bytes import Untrusted
from hamkori.vault.marks import MarksLost, Nameless
from hamkori.vault.server import alarm, ended, marks, over_unless_committed, when_over

P = ParamSpec("P")
R = TypeVar("R")

UNWRITTEN, GONE = "unwritten", "unwritten_gone"
OUTAGE = (OperationalError, InterfaceError, MarksLost, OSError)


class Mark(NamedTuple):
    """What she takes away; its number is asked for only where needed. `beside_a_yes`: what her yes leaves out.

    `only_refused`: not after an outage, nor while nobody knows.
    """

    kind: str
    name: UUID | str
    number: Callable[[], int]
    beside_a_yes: bool = False
    only_refused: bool = False


@dataclass
class _There:
    """Where whoever presses works, and by what they are there no more; each with its mark as it was at the press."""

    actor: Actor
    marks: dict[tuple[str, UUID | str], int]
    since: datetime

    @property
    def is_over(self) -> bool:
        """Whether they were released since, their session or post ended or is another, or the draft is gone: by us."""
        if any(marks().least(*mark) > before for mark, before in self.marks.items()):
            return True
        session, user, now = self.actor.session_id, self.actor.user_id, datetime.now(UTC)
        if self.actor.ends_at is not None and now >= self.actor.ends_at:
            return True
        return session is not None and user is not None and ended().is_over(session, user, self.since, now)


@dataclass
class _Press:
    """One press. `there`: the policy lets it, asked before it; `let`: so, or within it, which counts as much.

    None: it has not answered. `marked`: its marks stand, because it took longer than a page has.
    """

    there: _There | None = None
    let: bool | None = None
    marked: bool = False


_press: ContextVar[_Press | None] = ContextVar("her_no", default=None)


class HerNo(Action[P, R]):
    """An action by which she takes something away.

    `guarded`: whether what a guard of ours refused is refused, of this refusal and the arguments; the form comes again.
    `what`: what an alarm calls it that was not written. `behind`: where else whoever presses may be released meanwhile.
    """

    holds: Callable[..., Iterable[Mark]]
    guarded: Callable[..., bool]
    what: str
    behind: Callable[[UUID], Iterable[UUID]]

    def __call__(self, actor: Actor, *args: P.args, **kwargs: P.kwargs) -> R:
        thing = self._thing(args)
        assert thing is not None
        asked, held = thing.pk, tuple(self.holds(*args, **kwargs))
        if not held:
            return super().__call__(actor, *args, **kwargs)
        press = _Press()
        token = _press.set(press)
        try:
            with _at_the_latest(partial(_raise, held, press), partial(self._never_answered, press, asked)):
                press.there = self._let_through(actor, thing)  # by a connection that stands
                press.let = press.there is not None
                return super().__call__(actor, *args, **kwargs)
        except AlreadyDone:
            raise
        except Exception as error:
            thing.pk = asked  # whatever was read in its place
            plain = isinstance(error, Refusal) and error.ours and self.guarded(error, *args, **kwargs)
            if plain or _was_sent_before(error) or not (press.let or self._still_may(actor, thing)):
                if isinstance(error, Refusal):
                    error.holds = press.marked
                raise
            outage = isinstance(error, OUTAGE)
            try:
                _raise(held, unknown=outage)
            except Nameless:  # what the database calls so has no mark, and nothing of it is believed
                raise error from None
            if outage or (_is_mismatch(error) and all(one.beside_a_yes for one in held)):
                raise  # told as one, and pressed again; of what she only agreed to, as what cannot be confirmed
            if isinstance(error, NotVisible) and press.there and press.there.is_over:
                raise _with_row(NotNow(GONE), error) from None  # no attack, and it holds
            raise self._unwritten(actor, error, asked) from None
        finally:
            _press.reset(token)

    def _let(self) -> None:
        if (press := _press.get()) is not None:
            press.let = True

    def _do(
        self, actor: Actor, thing: Model | None, row: LedgerRow, args: tuple[object, ...], kwargs: dict[str, object]
    ) -> R:
        try:
            done = super()._do(actor, thing, row, args, kwargs)
        except Refusal as refusal:
            refusal.ours = True
            raise
        for one in self.holds(*args, **kwargs):
            if not one.only_refused:
                over_unless_committed(one.kind, one.name, one.number)  # the page that this is part of may fail yet
        return done

    def _let_through(self, actor: Actor, thing: Model) -> _There | None:
        """Where who presses works; None: the policy says no, or cannot be asked, which is told where the act fails."""
        try:
            with transaction.atomic():
                return _place(actor, thing.pk, self.behind(thing.pk)) if may(actor, self.permission, thing) else None
        except Exception:  # whatever it is, the act fails by it too, and tells it
            return None

    def _never_answered(self, press: _Press, thing: UUID) -> None:
        if press.let is not False:
            alarm(Untrusted(self.what, thing))

    def _still_may(self, actor: Actor, thing: Model) -> bool:
        """Asked anew where a press failed before it was asked. False also where nobody can be asked."""
        try:
            with transaction.atomic():
                return may(actor, self.permission, thing)
        except (DatabaseError, InterfaceError):
            return False

    def _unwritten(self, actor: Actor, error: Exception, thing: UUID) -> NotNow:
        if not (_is_mismatch(error) and _names_something(error)):
            error = mismatch(actor, Untrusted(self.what, thing), self.permission)
        return _with_row(NotNow(UNWRITTEN), error)


def _place(actor: Actor, thing: UUID, behind: Iterable[UUID]) -> _There:
    """Where whoever presses may be released from meanwhile: there, and what stands behind it."""
    assert actor.membership_id
    of = (thing, *behind)
    ends: list[tuple[str, UUID | str]] = [(tags.GONE, tags.place(one, actor.membership_id)) for one in of]
    ends += [(tags.LEFT, actor.membership_id), ("post", actor.membership_id), (ERASED, thing)]
    return _There(actor, {end: marks().least(*end) for end in ends}, datetime.now(UTC))


def _raise(held: Iterable[Mark], press: _Press | None = None, *, unknown: bool = True) -> None:
    """Her marks; of a press that nobody knows of yet only where the policy lets it, or does not answer."""
    if press is not None:
        press.marked = press.let is not False
    for one in held:
        if (unknown and one.only_refused) or (press is not None and press.let is False):
            continue
        marks().raise_to(one.kind, one.name, one.number())


LONG = 10
"""After so many times the time of a page nobody waits for a slow database any more."""


@contextmanager
def _at_the_latest(mark: Callable[[], None], tell: Callable[[], None]) -> Iterator[None]:
    """What is done if this is not over in the time of a page, by our clock: statements end by the database's."""
    page = settings.HAMKORI_LOCK_SECONDS + settings.HAMKORI_STATEMENT_SECONDS
    timers = [threading.Timer(page, mark), threading.Timer(LONG * page, tell)]
    for timer in timers:
        timer.daemon = True
        timer.start()

    def stop() -> None:
        for timer in timers:
            timer.cancel()

    try:
        yield
    except BaseException:
        stop()
        raise
    when_over(stop)  # the page that this is part of waits for more, and for its commit


def _with_row(refusal: NotNow, instead_of: Exception) -> NotNow:
    refusal.ledger = instead_of.ledger if isinstance(instead_of, Refusal) else None
    return refusal


def _names_something(error: Exception) -> bool:
    """Whether the alarm of this mismatch says which row it was; of those that name none, one a minute is raised."""
    row = getattr(error, "ledger", None)
    return isinstance(row, LedgerRow) and row.object_id is not None


def _was_sent_before(error: Exception) -> bool:
    """Another form of the same press stands, by our own tag: whoever pressed is told so, and asked again."""
    return isinstance(error, NotNow) and error.ours and error.guard == "sent_before"


def _is_mismatch(error: Exception) -> bool:
    return isinstance(error, NotNow) and error.guard == "tag_mismatch"


def _never(_refusal: Refusal, *_args: object, **_kwargs: object) -> bool:
    return False


def _nothing(_thing: UUID) -> tuple[UUID, ...]:
    return ()


def her_no(
    permission: Permission,
    *,
    on: str,
    holds: Callable[..., Iterable[Mark]],
    guarded: Callable[..., bool] = _never,
    what: str = "consent",
    behind: Callable[[UUID], Iterable[UUID]] = _nothing,
) -> Callable[[Callable[Concatenate[Act, P], R]], HerNo[P, R]]:
    """Makes a body an action of this kind. `holds`: of its arguments what she takes away; nothing: as any action."""

    def decorate(body: Callable[Concatenate[Act, P], R]) -> HerNo[P, R]:
        made: HerNo[P, R] = HerNo(body, permission, on, Act)
        made.holds, made.guarded, made.what, made.behind = holds, guarded, what, behind
        return made

    return decorate
