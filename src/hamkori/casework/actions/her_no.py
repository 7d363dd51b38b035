"""Her "no" holds whatever the database does: what cannot be written down is marked beside the keyring all the same.

A database that refuses a row undoes the press, and with it every mark that waits for the commit: what she had spoken
against would be sent and read on. So whatever of it fails after the policy let it through leaves the marks of what it
takes away (`holds`), also where the connection is gone by then. None does what fails before anybody could be asked
who she is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Concatenate, NamedTuple, ParamSpec, TypeVar
from uuid import UUID

from django.db import DatabaseError, InterfaceError, OperationalError, transaction
from django.db.models import Model

from hamkori.access.actor import Actor
from hamkori.access.permissions import Permission
from hamkori.access.scope import may
from hamkori.action import Act, Action, mismatch
from hamkori.audit.ledger import LedgerRow
from hamkori.casework.models import Referral, ReferralOrigin
from hamkori.operations import AlreadyDone
from hamkori.refusal import NotNow, NotVisible, Refusal
from hamkori.vault import tags
from hamkori.vault.bytes import Untrusted
from hamkori.vault.marks import MarksLost, Nameless
from hamkori.vault.server import marks, over_unless_committed

P = ParamSpec("P")
R = TypeVar("R")

UNWRITTEN = "unwritten"
WHAT = {"case": "consent", "referral": "permit"}
"""What an alarm calls it that was not written: of a case her word, of a request what it stands on."""
OUTAGE = (OperationalError, InterfaceError, MarksLost, OSError)


class Mark(NamedTuple):
    """What she takes away; its number is asked for only where needed. `beside_a_yes`: what her yes leaves out."""

    kind: str
    name: UUID | str
    number: Callable[[], int]
    beside_a_yes: bool = False


@dataclass
class _Press:
    """One press of hers. `let`: the policy has let it through, whatever can be asked after it has failed.

    `there`: where whoever presses works, and the mark of her last release from there.
    """

    let: bool = False
    there: dict[str, int] = field(default_factory=dict)

    @property
    def was_released(self) -> bool:
        """Whether somebody of ours has released her since: then another one says it, and no mark is left."""
        return any(marks().least(tags.GONE, place) > before for place, before in self.there.items())


_press: ContextVar[_Press | None] = ContextVar("her_no", default=None)


class HerNo(Action[P, R]):
    """An action by which she takes something away.

    `guarded`: whether what a guard of ours refused is refused, of this refusal and the arguments; the form comes again.
    """

    holds: Callable[..., Iterable[Mark]]
    guarded: Callable[..., bool]

    def __call__(self, actor: Actor, *args: P.args, **kwargs: P.kwargs) -> R:
        thing = self._thing(args)
        assert thing is not None
        asked, held, press = thing.pk, tuple(self.holds(*args, **kwargs)), _Press()
        token = _press.set(press if held else None)
        try:
            return super().__call__(actor, *args, **kwargs)
        except AlreadyDone:
            raise
        except Exception as error:
            thing.pk = asked  # whatever was read in its place
            plain = isinstance(error, Refusal) and error.ours and self.guarded(error, *args, **kwargs)
            if plain or not held or not (press.let or self._still_may(actor, thing)):
                raise
            if isinstance(error, NotVisible) and press.was_released:
                raise
            try:
                for one in held:
                    marks().raise_to(one.kind, one.name, one.number())
            except Nameless:  # what the database calls so has no mark, and nothing of it is believed
                raise error from None
            if isinstance(error, OUTAGE) or (_is_mismatch(error) and all(one.beside_a_yes for one in held)):
                raise  # told as one, and pressed again; of what she only agreed to, as what cannot be confirmed
            raise self._unwritten(actor, error, asked) from None
        finally:
            _press.reset(token)

    def _do(
        self, actor: Actor, thing: Model | None, row: LedgerRow, args: tuple[object, ...], kwargs: dict[str, object]
    ) -> R:
        if (press := _press.get()) is not None:
            press.let = may(actor, self.permission, thing)  # before anything is written, so by a connection that stands
            press.there = {place: marks().least(tags.GONE, place) for place in _places(actor, thing)}
        try:
            done = super()._do(actor, thing, row, args, kwargs)
        except Refusal as refusal:
            refusal.ours = True
            raise
        for one in self.holds(*args, **kwargs):
            over_unless_committed(one.kind, one.name, one.number)  # the page that this is part of may fail yet
        return done

    def _still_may(self, actor: Actor, thing: Model) -> bool:
        """Asked anew where a press failed before it was asked. False also where nobody can be asked."""
        try:
            with transaction.atomic():
                return may(actor, self.permission, thing)
        except (DatabaseError, InterfaceError):
            return False

    def _unwritten(self, actor: Actor, error: Exception, thing: UUID) -> NotNow:
        told = error
        if not _is_mismatch(error):
            told = mismatch(actor, Untrusted(WHAT[self.on or ""], thing), self.permission)
        refusal = NotNow(UNWRITTEN)
        refusal.ledger = told.ledger if isinstance(told, Refusal) else None
        return refusal


def _places(actor: Actor, thing: Model | None) -> Iterator[str]:
    """Where she may be released from while she waits: the case, or the request and, on the sender's side, its case."""
    assert thing is not None
    assert actor.membership_id
    yield tags.place(thing.pk, actor.membership_id)
    if isinstance(thing, Referral):
        for case in ReferralOrigin.objects.filter(referral=thing).values_list("case", flat=True):
            yield tags.place(case, actor.membership_id)


def _is_mismatch(error: Exception) -> bool:
    return isinstance(error, NotNow) and error.guard == "tag_mismatch"


def _never(_refusal: Refusal, *_args: object, **_kwargs: object) -> bool:
    return False


def her_no(
    permission: Permission, *, on: str, holds: Callable[..., Iterable[Mark]], guarded: Callable[..., bool] = _never
) -> Callable[[Callable[Concatenate[Act, P], R]], HerNo[P, R]]:
    """Makes a body an action of this kind. `holds`: of its arguments what she takes away; nothing: as any action."""

    def decorate(body: Callable[Concatenate[Act, P], R]) -> HerNo[P, R]:
        made: HerNo[P, R] = HerNo(body, permission, on, Act)
        made.holds, made.guarded = holds, guarded
        return made

    return decorate
