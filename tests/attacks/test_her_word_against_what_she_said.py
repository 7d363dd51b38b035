"""What goes is what she said, in whatever order, also where the database refuses every other press at random.

A second account of her word is kept here in plain Python: what she said last, written down or not. After each step it
says whether something may be sent to the shelter, read there, and under which name. Random orders of what she can say,
of refusals at once, at the commit or as an outage, of older forms, and of the case's closing and opening again. By hand
more of them: HAMKORI_ROUNDS=25; a failure names its seed.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Collection
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest

from hamkori.casework.case.models import Case
from hamkori.casework.consent.actions import consent
from hamkori.casework.consent.queries.said import newest
from hamkori.casework.consent.queries.taken import last_said
from hamkori.casework.referral.actions import send
from hamkori.casework.referral.models import Referral
from hamkori.refusal import NotNow
from tests.attacks.counted import tried
from tests.attacks.hers import accept, sends
from tests.attacks.test_former_permits import reads
from tests.attacks.test_her_no_is_not_written import HELP, LATE, raising
from tests.attacks.test_opened_again import closes, opens_again
from tests.attacks.test_read_again_as_another import alarms
from tests.casework.racing import LEAD, House, state
from tests.cast import tomorrow

pytestmark = pytest.mark.alarms

ROUNDS = int(os.environ.get("HAMKORI_ROUNDS", "3"))
STEPS = 20
CONTACT = frozenset({"contact"})
NAME = "Canary-Call-Name"
REFUSALS = (
    ("consent", "P0001", "insert", ""),
    ("consent", "57014", "insert", ""),  # as a statement that took too long
    ("operation", "P0001", "insert", ""),
    ("ledger", "P0001", "insert", LATE),
    ("consent_row", "HK409", "insert", ""),
    ("consent_row", "P0001", "insert", LATE),
)
AGREED = ("yes", "without_name")
TOLD = ("unwritten", "tag_mismatch")
"""What was refused so has been said, for the form of an older yes; after an outage the same form comes again."""
GIVES = ("yes", "an older form's yes", "this body again")
AGREES = ("yes", "an older form's yes", "without my name", "no, and yes to lawyers")
"""Not in a closed case, where nobody helps: the form comes again, and nothing of it was said."""


@dataclass
class Account:
    """What she said, as whoever listened to her would tell it."""

    answer: str = "nothing"
    unwanted: bool = False
    closed: bool = False
    heard: int = 0
    told: list[str] = field(default_factory=list)

    @property
    def may_be_sent(self) -> bool:
        return self.answer in AGREED and not self.unwanted and not self.closed

    def hears(self, what: str, *, saved: bool) -> None:
        """A no counts when she has said it, a yes when it was saved."""
        self.heard += saved or what not in GIVES
        match what:
            case "yes" | "an older form's yes" if saved:
                self.answer = "yes"
            case "without my name" if saved or self.answer == "yes":
                self.answer = "without_name"
            case "no" | "no, and yes to lawyers" if saved or self.answer != "nothing":
                self.answer = "no"
            case "everything back" | "this back" if self.answer in (*AGREED, "not_asked"):
                self.answer = "withdrawn"
            case "her name back" if self.answer == "yes":
                self.answer = "without_name"
            case "not this body":
                self.unwanted = True
            case "this body again" if saved:
                self.unwanted = False
            case "closes":
                self.closed = True
            case "opens again":
                self.closed = False
                self.answer = "not_asked" if self.answer in AGREED else self.answer


@dataclass
class Told:
    """A case, the request that went last, and the account of it."""

    house: House
    case: Case
    chance: random.Random
    account: Account = field(default_factory=Account)
    sent: Referral | None = None
    over: bool = False
    forms: list[tuple[int, int]] = field(default_factory=list)
    sees: int = 0

    def records(
        self,
        *answers: consent.Answer,
        without: Collection[UUID] = (),
        again: Collection[UUID] = (),
        seen: int | None = None,
    ) -> None:
        asking = consent.Asking(
            language="tg", how_given="spoken", how_said="in_person", until_on=tomorrow() + timedelta(days=59)
        )
        bodies: dict[str, Any] = {"excluded": without, "wanted_again": again, "seen": seen}
        self.presses(lambda actor, case: consent.record(actor, case, answers=answers, asking=asking, **bodies))

    def withdraws(self, **what: Any) -> None:
        self.presses(lambda actor, case: consent.withdraw(actor, case, how_said="in_person", **what))

    def presses(self, act: Callable[[Any, Case], object]) -> None:
        self.house.as_(LEAD, lambda actor: act(actor.doing(uuid4()), Case.objects.get(pk=self.case.pk)))

    @property
    def last_said(self) -> int:
        """What a form names that is opened now."""
        word = self.house.as_(LEAD, lambda _actor: newest(self.case.pk))
        return last_said(self.case.pk, word.number if word is not None else 0)


def yes(told: Told) -> None:
    told.records(consent.Answer(*HELP, "yes", CONTACT))


def an_older_yes(told: Told) -> None:
    seen, told.sees = told.chance.choice(told.forms)
    told.records(consent.Answer(*HELP, "yes", CONTACT), seen=seen)


def shelter(told: Told) -> list[UUID]:
    return [told.house.world.bodies["shelter-kulob"]]


SAYS: dict[str, Callable[[Told], None]] = {
    "yes": yes,
    "an older form's yes": an_older_yes,
    "without my name": lambda told: told.records(consent.Answer(*HELP, "without_name", CONTACT)),
    "no": lambda told: told.records(consent.Answer(*HELP, "no")),
    "no, and yes to lawyers": lambda told: told.records(
        consent.Answer("legal", "help", "yes", CONTACT), consent.Answer(*HELP, "no")
    ),
    "everything back": lambda told: told.withdraws(),
    "this back": lambda told: told.withdraws(rows=[HELP]),
    "her name back": lambda told: told.withdraws(sections=["identity"]),
    "not this body": lambda told: told.records(without=shelter(told)),
    "this body again": lambda told: told.records(again=shelter(told)),
}
OFTEN = [*SAYS, "yes", "yes", "yes", "closes", "opens again", "is sent", "is sent", "is sent"]


def step(told: Told, what: str) -> None:
    """One thing that she says, or that is done; then the account has heard it."""
    if what == "is sent":
        return is_sent(told)
    if what in ("closes", "opens again"):
        runs = told.sent is not None and state(told.sent) in ("sent", "accepted", "serving")
        if told.account.closed == (what == "closes") or (what == "closes" and runs):
            return None
        (closes if what == "closes" else opens_again)(told.house, told.case)
        return told.account.hears(what, saved=True)
    told.forms.append((told.last_said, told.account.heard))
    refusal = told.chance.choice(REFUSALS) if told.chance.random() < 0.5 else None
    before, wrong = alarms(), None
    try:
        with raising(*refusal) if refusal is not None else nullcontext():
            SAYS[what](told)
    except Exception as error:
        wrong = error
    told.account.told.append(f"{what} {refusal or ''} {wrong or ''}")
    if told.account.closed and what in AGREES:
        assert wrong is not None, "it is closed"
        assert refusal is not None or is_closed(wrong)
    elif what == "an older form's yes" and told.sees != told.account.heard:
        assert wrong is not None, "it was said before something else"
    elif refusal is None:
        assert wrong is None
    assert refusal is not None or alarms() == before, "nobody has changed anything"
    if is_closed(wrong):
        assert told.account.closed
        assert what in AGREES
        return None
    told.account.heard += isinstance(wrong, NotNow) and wrong.guard in TOLD and what in GIVES
    return told.account.hears(what, saved=wrong is None)


def is_closed(wrong: Exception | None) -> bool:
    return isinstance(wrong, NotNow) and wrong.guard == "case_closed"


def recalls(sent: Referral, actor: Any) -> None:
    found = Referral.objects.get(pk=sent.pk)
    send.recall(actor, found, version=found.version, reason="mistake")


def is_sent(told: Told) -> None:
    """An honest worker sends, and the desk accepts, what was agreed; or is refused."""
    if told.account.closed:
        return
    if told.sent is not None and state(told.sent) == "accepted":
        with suppress(NotNow):
            told.house.as_(LEAD, partial(recalls, told.sent))
    draft, went = told.house.draft(told.case), True
    try:
        sends(told.house, draft)
        accept(told.house, draft)
    except NotNow:
        went = False
    told.account.told.append(f"sent: {went}")
    assert went == told.account.may_be_sent
    if went:
        told.sent, told.over = draft, False


def is_as_she_said(told: Told) -> None:
    """What went is read while she agrees, under her name or not; what she ended once is read no more."""
    if told.sent is None:
        return
    told.over = told.over or told.account.answer not in (*AGREED, "not_asked") or told.account.unwanted
    read = None
    with suppress(NotNow, Referral.DoesNotExist):  # of what was recalled she sees nothing
        read = reads(told.house, told.sent)
    if told.over or told.account.answer == "not_asked" or state(told.sent) != "accepted":
        assert not read
    else:
        assert read
        assert told.account.answer == "yes" or NAME not in str(read)
    tried()


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_nothing_goes_against_what_she_said(house: House, seed: int) -> None:
    told = Told(house, house.case(), random.Random(seed))
    for _ in range(STEPS):
        try:
            step(told, told.chance.choice(OFTEN))
            is_as_she_said(told)
        except AssertionError as error:
            raise AssertionError(f"seed {seed}: {told.account}") from error
