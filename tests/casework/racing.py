"""The committed small world of the races: cases, requests, deeds that were read before, and what is left afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from hamkori.access.actor import Actor
from hamkori.access.context import issue, new_token
from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.actions import team
from hamkori.casework.case.models import Case
from hamkori.casework.consent.actions import consent
from hamkori.casework.referral.actions import receive, send
from hamkori.casework.referral.models import PacketBody, PacketSeal, Referral, ReferralStep
from hamkori.casework.referral.queries.referrals import sender_state
from hamkori.people.sign_in import acting_as
from hamkori.vault.proof import prover
from hamkori.vault.server import keyring, one_press
from tests.casework.side_by_side import Deed
from tests.cast import FACTS, PASSPHRASE, SEALED, World, tomorrow
from tests.database import god

LEAD, COLLEAGUE = "caseworker-cso", "colleague-cso"
DESK, OTHER_DESK, WORKER = "desk-shelter", "second-desk-shelter", "shelter-worker"
WORDS = (PASSPHRASE, "nine quiet cranes above the Panj in autumn", "eleven loud herons below the bridge in spring")
"""A passphrase, the one that comes after it, and the one after that."""


@dataclass
class House:
    """The small world, committed, with a second officer at the shelter's desk."""

    world: World

    def as_(self, who: str, do: Any) -> Any:
        """One deed of one person, committed; one press around it, as around a page (web/middleware.py)."""
        person = self.world.people[who]
        with one_press(), transaction.atomic(), acting_as(keyring(), person.membership_id, person.key) as actor:
            return do(actor)

    def token(self, who: str) -> str:
        """A live session of this person, for raw connections."""
        made = new_token()
        with transaction.atomic():
            issue(made, self.world.membership(who), "mfa", prover(keyring()))
        return made

    def case(self, *colleagues: str) -> Case:
        def made(actor: Actor) -> Case:
            case = cases.begin(actor, codes=FACTS, sealed=SEALED)
            case = cases.register(actor, case, version=case.version)
            for slug in colleagues:
                team.admit(actor, case, membership=self.world.membership(slug))
            return case

        found: Case = self.as_(LEAD, made)
        return found

    def agreed(self, case: Case) -> None:
        answers = [consent.Answer("shelter_social", "help", "yes", frozenset({"contact"}))]
        asking = consent.Asking(language="tg", how_given="spoken", until_on=timezone.localdate() + timedelta(days=60))
        self.as_(LEAD, lambda actor: consent.record(actor, case, answers=answers, asking=asking))

    def draft(self, case: Case, urgency: str = "urgent") -> Referral:
        found: Referral = self.as_(LEAD, lambda actor: self.write(actor, case, urgency))
        return found

    def write(self, actor: Actor, case: Case, urgency: str = "urgent", text: str = "Canary-Text") -> Referral:
        return send.write(
            actor,
            case,
            service=self.world.services["HOME-02"],
            purpose="help",
            urgency=urgency,
            sections=["contact"],
            agreed_text=text,
            told_body=True,
        )

    def sent(self, case: Case | None = None, urgency: str = "urgent") -> tuple[Case, Referral]:
        case = case or self.case()
        self.agreed(case)
        draft = self.draft(case, urgency)
        return case, self.as_(LEAD, lambda actor: send.send(actor, draft, version=draft.version))

    def accepted(self) -> tuple[Case, Referral]:
        case, referral = self.sent()
        self.as_(DESK, lambda actor: self.accept(actor, referral))
        return case, now(referral)

    def accept(self, actor: Actor, referral: Referral, read: str | None = None) -> None:
        receive.accept(
            actor,
            Referral.objects.get(pk=referral.pk),
            version=referral.version,
            team=[self.world.membership(WORKER)],
            arrival_on=tomorrow(),
            arrival_part="morning",
            meeting={"hour": "canary-hour"},
            read=read,
        )

    def accepting(self, referral: Referral, who: str = DESK) -> Deed:
        """The page was read before: the officer's record and version are those of the card she saw."""
        read = self.as_(who, lambda _actor: Referral.objects.get(pk=referral.pk))

        def do(actor: Actor) -> None:
            receive.accept(
                actor,
                read,
                version=read.version,
                team=[self.world.membership(WORKER)],
                arrival_on=tomorrow(),
                arrival_part="morning",
                meeting={"hour": "canary-hour"},
            )

        return Deed(who, do)


def withdrawal(case: Case) -> Deed:
    return Deed(LEAD, lambda actor: consent.withdraw(actor, case, how_said="in_person"))


def sending(draft: Referral, who: str = LEAD) -> Deed:
    return Deed(who, lambda actor: send.send(actor, draft, version=draft.version))


def recalling(referral: Referral) -> Deed:
    return Deed(LEAD, lambda actor: send.recall(actor, referral, version=referral.version, reason="mistake"))


def stopping(referral: Referral) -> Deed:
    return Deed(LEAD, lambda actor: send.stop(actor, referral, version=referral.version))


def referring(house: House, case: Case) -> Deed:
    return Deed(COLLEAGUE, lambda actor: house.write(actor, case))


def now(referral: Referral) -> Referral:
    with transaction.atomic(), god():
        return Referral.objects.get(pk=referral.pk)


def state(referral: Referral) -> str:
    with transaction.atomic(), god():
        return sender_state(Referral.objects.get(pk=referral.pk))


def packet(referral: Referral) -> int:
    """What is left of everything sealed for this request."""
    with transaction.atomic(), god():
        bodies = PacketBody.objects.filter(referral=referral.pk).count()
        return bodies + PacketSeal.objects.filter(referral=referral.pk).count()


def steps(referral: Referral) -> list[str]:
    with transaction.atomic(), god():
        found = ReferralStep.objects.filter(referral=referral.pk).order_by("at", "pk")
        return list(found.values_list("step_code", flat=True))


@contextmanager
def committed_house(blocker: DjangoDbBlocker) -> Iterator[House]:
    """The small world without a second officer, committed; the database is empty again afterwards."""
    from tests.casework.kept_house import kept_house  # which is a house of this file

    with kept_house(blocker) as made:
        yield made
