"""What our own code answers to the guards of a request's steps: one table, for the acts and for the pages.

What a row marks `both` the database asks once more (`guards_build` in walls/40_referral_steps.sql):
`tests/casework/test_guards_of_steps.py` holds the two together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from types import MappingProxyType
from typing import Any
from uuid import UUID

from hamkori.access.actor import Actor
from hamkori.access.context import machine_time
from hamkori.calendar.queries import calendar
from hamkori.casework.case.models import Case
from hamkori.casework.case.rules import clocks
from hamkori.casework.case.rules.team import somebody_stays
from hamkori.casework.consent.queries import age as ages
from hamkori.casework.consent.queries.said import Word, newest_to_send
from hamkori.casework.consent.rules import consent, packet
from hamkori.casework.referral.models import Referral, ReferralOrigin, ReferralQuestion
from hamkori.casework.referral.queries import address
from hamkori.casework.referral.queries.meeting import may_have_passed
from hamkori.casework.referral.queries.origin import case_of
from hamkori.casework.referral.queries.permit import Agreed, agreed_now
from hamkori.casework.referral.rules import sending
from hamkori.casework.referral.rules.last_night import UNREACHED, may_sleep_on
from hamkori.casework.referral.rules.lifecycle import REASON_LISTS, REFERRAL, RESULTS, TWIN
from hamkori.directory.models import Service
from hamkori.lifecycle import Answer, Context, Facts
from hamkori.people.queries import BodyCard, Colleague, desk_ready, organisation
from hamkori.vocabulary import codelist

NOTHING: Mapping[str, Any] = MappingProxyType({})
OF_HER_WORD = frozenset({"send", "add"})
"""Steps that her newest word is asked about; the others go by the permit that was given under it."""


class ReferralFacts(Facts):
    """What the guards of a step are asked of: a request, who asks and when, and what was `said` with the step.

    What has to be read is read once, when its turn comes. Whoever asks and has read it already puts it here.
    """

    machine = REFERRAL
    named: Sequence[Colleague] = ()
    """Those who may join, of the ones that shall."""
    workers: frozenset[UUID] = frozenset()
    """Who is named already."""

    def __init__(
        self, actor: Actor, at: datetime, referral: Referral, step: str = "", said: Mapping[str, Any] = NOTHING
    ) -> None:
        self.actor = actor
        self.at = at
        self.referral = referral
        self.step = step
        self.said = said

    @property
    def state(self) -> str:
        return self.referral.state_code

    def answers(self) -> Context:
        """Every guard that our code answers, and every condition of one, by its key."""
        referral, said = self.referral, self.said
        return {
            "vault_open": lambda: self.actor.vault_open,
            "case_open": lambda: sending.case_open(self.case.state_code),
            "reason_given": lambda: said["reason_code"] in codelist(REASON_LISTS[self.step]).codes,
            "how_said": lambda: said["how_said_code"] in codelist("how_said").codes,
            # before it is sent
            "section_agreed": lambda: _section_agreed(self),
            "told_body": lambda: referral.told_body,
            "body_may_receive": lambda: address.names_its_rows(
                referral, self.body.compartment, referral.sender.consent_rows
            ),
            "police": lambda: referral.recipient_kind_code == "police",
            "child_contact": lambda: said["child_contact"],
            "police_typed": lambda: _is_called(self.body, said["typed_body"]),
            # while it waits
            "not_yet_visible": lambda: clocks.not_yet_visible(referral.visible_at, self.at),
            "no_open_question": lambda: None not in self.answered,
            "under_three": lambda: len(self.answered) < clocks.QUESTIONS_AT_MOST,
            "consent_live": lambda: self.agreed.live,
            "team_named": lambda: bool(said["team"]),
            "arrival_given": lambda: said["arrival_on"] is not None and _is_a_part_of_day(said["arrival_part_code"]),
            "service_open": lambda: _has_room(referral),
            # once it was accepted
            "within_24h": lambda: clocks.within_24h(referral.answered_at, self.at),
            "under_two_moves": lambda: referral.moves < clocks.MOVES_AT_MOST,
            "arrival_passed": lambda: _arrival_passed(self),
            "heard_given": lambda: said["heard_code"] in codelist("heard").codes,
            "not_missed": lambda: referral.missed_at is None,
            "adding": lambda: bool(said["joins"]),
            "leaving": lambda: bool(said["leaves"]),
            "may_join": lambda: len(self.named) == len(set(said["joins"])),
            "last_member": lambda: somebody_stays(self.workers | set(said["joins"]), said["leaves"]),
            "result_given": lambda: said["result_code"] in RESULTS.get(referral.state_code, ()),
            "not_given": lambda: said["result_code"] == "not_given",
            "nobody_came": lambda: referral.state_code == "accepted" and said["result_code"] == UNREACHED,
            "one_more_night": lambda: said.get("one_more_night", False),
            "sleeps_there": lambda: may_sleep_on(
                referral.service_code, said["result_code"], came=referral.served_at is not None
            ),
            # afterwards
            "her_view": lambda: said["her_view_code"] in codelist("her_view").codes,
            "not_disputed_before": lambda: not referral.was_disputed,
            **(_of_her_word(self) if self.step in OF_HER_WORD else {}),
        }

    @cached_property
    def case(self) -> Case:
        return case_of(self.referral)

    @cached_property
    def word(self) -> Word | None:
        return newest_to_send(self.case)

    @property
    def rows(self) -> Mapping[consent.RowKey, consent.Row]:
        """Of her word."""
        return self.word.as_rules if self.word is not None else {}

    @cached_property
    def body(self) -> BodyCard:
        return organisation(self.referral.to_organisation_id)

    @cached_property
    def service(self) -> Service | None:
        return address.of_its_kind(self.referral)

    @cached_property
    def agreed(self) -> Agreed:
        return agreed_now(self.referral)

    @cached_property
    def answered(self) -> Sequence[datetime | None]:
        """Of each question of the desk, when it was answered."""
        return list(ReferralQuestion.objects.filter(referral=self.referral).values_list("answered_at", flat=True))

    @property
    def sections(self) -> Iterable[str]:
        """The parts that are to go."""
        return self.said["sections"] if self.step == "add" else self.referral.sender.sections


def _of_her_word(facts: ReferralFacts) -> Context:
    referral, word = facts.referral, facts.word
    return sending.answers(
        case_state=facts.case.state_code,
        rows=facts.rows,
        needed=consent.keys_of(referral.sender.consent_rows),
        at=machine_time(facts.at),
        age=ages.held(facts.case)[0],
        wanted=word is None or word.lets(referral.to_organisation_id),
        sender=referral.from_organisation_id,
        receiver=referral.to_organisation_id,
        service_active=lambda: facts.service is not None and facts.service.is_active,
        desk_ready=lambda: desk_ready(referral.to_organisation_id),
        waits_until=lambda: _waits_until(facts),
    )


def _waits_until(facts: ReferralFacts) -> datetime | None:
    """When the same request that waits already is late; None: none does."""
    twins = ReferralOrigin.objects.filter(
        case=facts.case,
        referral__service_code=facts.referral.service_code,
        referral__state_code__in=TWIN,
        referral__answer_due_at__gt=facts.at,
    ).exclude(referral=facts.referral)
    first = twins.select_related("referral").first()
    return first.referral.answer_due_at if first is not None else None


def _section_agreed(facts: ReferralFacts) -> Answer:
    """The first of the parts that she did not agree to share, by the row that decides what may go."""
    referral = facts.referral
    main = facts.rows.get(consent.keys_of(referral.sender.consent_rows)[0])
    age, _number = ages.held(facts.case)
    agreed = consent.allowed_sections(main, machine_time(facts.at), age) if main else frozenset()
    extra = packet.not_agreed(referral.recipient_kind_code, referral.purpose_code, agreed, facts.sections)
    return {"section": extra[0]} if extra else True


def _is_called(body: BodyCard, typed: str) -> bool:
    return typed.casefold().strip() in {name.casefold().strip() for name in body.names.values() if name}


def _is_a_part_of_day(code: str) -> bool:
    return code in codelist("part_of_day").codes


def _has_room(referral: Referral) -> bool:
    return Service.objects.filter(pk=referral.service_id, is_active=True, is_full=False).exists()


def _arrival_passed(facts: ReferralFacts) -> bool:
    """Whether the arrival is late. Of "hear": "came" at any time, "did not come" from the agreed day on (ADR 105), and
    at any time after "came", which may have been a mistake; so of the receiver's "miss", who is asked then. Where an
    hour is written, whoever reads it need not wait for ours (ADR 135). "Finish" as "miss", and after it (ADR 260).
    """
    day, part, agreed_at = facts.referral.arrival_on, facts.referral.arrival_part_code, facts.referral.agreed_at
    heard = facts.said["heard_code"] if facts.step == "hear" else ""
    said_there = facts.referral.heard_code == "came"
    missed = facts.step == "finish" and facts.referral.missed_at is not None
    if missed or (facts.step in ("miss", "finish") and (said_there or may_have_passed(facts.referral, facts.at))):
        return True
    if day is not None and heard in ("came", "did_not_come"):
        return "came" in (heard, facts.referral.heard_code) or calendar().day(facts.at) >= day
    return day is not None and facts.at >= clocks.arrival_end(day, part, calendar(), agreed_at)
