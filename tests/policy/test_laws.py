"""What holds whatever the oracle says: no relation, nothing; an ending adds a note at most; hidden, absent: alike."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import TypeVar
from uuid import uuid4

import pytest
from django.db import transaction

from hamkori.access.actor import Actor
from hamkori.casework.case.actions import section
from hamkori.casework.case.models import Case
from hamkori.casework.case.queries import cases
from hamkori.casework.consent.actions import consent
from hamkori.casework.referral.actions import disclosure, receive, send
from hamkori.casework.referral.models import Referral
from hamkori.casework.referral.queries import received, referrals
from hamkori.refusal import NotAllowed, NotNow, NotVisible
from tests.code_of import new_code
from tests.database import god
from tests.policy import decisions, oracle
from tests.policy.decisions import Cell
from tests.policy.moments import Moments, each
from tests.policy.world import World

NOBODY_EVER = ("Rustam", "Zebo", "Karim", "Lutfiya", "Mavluda", "Ismoil", "Safar")
RECEIVERS = ("Gulnora", "Shahlo", "Parvina", "Sino", "Lola", "Hamid", "Farhod")
ASKED_BY_TELEPHONE = ("Farhod",)
"""The desk that said yes by telephone: it reads the hour and place that the sender wrote for it, and no more yet."""
READING = ("case.view", "referral.view", "card.view", "section.open:", "packet.open:", "case.people", "case.history")


NOTED = {**dict.fromkeys(("Zarina", "Daler", "Nigina", "Firuza"), ("R1", "R3")), "Nargis": ("R5",), "Anora": ("R5",)}
"""Who is of the sender's team: what comes back with the result is sealed to them, and to nobody else."""


def goes_back(who: str) -> set[tuple[str, str]]:
    return {("packet.open:result", thing) for thing in NOTED.get(who, ())}


def view_of(thing: str) -> str:
    return "case.view" if thing[0] == "K" else "referral.view"


def is_file(thing: str) -> bool:
    return thing[0] in "KR" and thing[1:].isdigit()


def allowed(found: dict[Cell, bool], who: str) -> set[tuple[str, str]]:
    return {(act, thing) for (person, act, thing), may in found.items() if person == who and may}


@pytest.mark.parametrize("moment", each())
def test_whoever_does_not_see_it_may_do_nothing_with_it(moments: Moments, count: Counter[str], moment: str) -> None:
    found = decisions.wall_one(moments, moment)
    hidden = [cell for cell in found if is_file(cell[2]) and not found[cell[0], view_of(cell[2]), cell[2]]]
    count["laws: acts on what is hidden"] += len(hidden)
    assert len(hidden) >= 1_000
    assert not [cell for cell in hidden if found[cell]]


@pytest.mark.parametrize("moment", each())
def test_custodian_administrator_coordinator_and_auditor_have_no_file(moments: Moments, moment: str) -> None:
    found = decisions.wall_one(moments, moment)
    assert not [cell for cell, may in found.items() if may and cell[0] in NOBODY_EVER and is_file(cell[2])]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("accepted", "withdrawn"),
        *(
            pytest.param(before, after, marks=pytest.mark.bulk)
            for before, after in [("accepted", "left"), ("serving", "finished"), ("serving", "withdrawn")]
        ),
    ],
)
def test_an_ending_adds_nothing_to_read(moments: Moments, before: str, after: str) -> None:
    former, later = decisions.wall_one(moments, before), decisions.wall_one(moments, after)
    # The receiver's own case comes when she comes: that is a beginning, and no ending.
    there = {thing for _who, _act, thing in former if is_file(thing)}
    for who in oracle.PEOPLE:
        more = allowed(later, who) - allowed(former, who)
        read = {(act, thing) for act, thing in more if act.startswith(READING) and thing in there}
        assert read == (goes_back(who) if after == "finished" else set()), who


@pytest.mark.parametrize("who", ["Nigina", "Firuza", "Parvina"])
def test_whoever_leaves_keeps_nothing_of_it(moments: Moments, who: str) -> None:
    former, later = decisions.of_person(moments, "accepted", who), decisions.of_person(moments, "left", who)
    lost = {(act, thing) for act, thing in allowed(former, who) if is_file(thing)}
    assert lost
    assert not {(act, thing) for act, thing in allowed(later, who) if is_file(thing)}


def of_packets(moments: Moments, moment: str, who: str) -> set[Cell]:
    found = decisions.of_person(moments, moment, who)
    return {cell for cell, may in found.items() if may and cell[1].startswith("packet.open:")}


@pytest.mark.parametrize("who", each(RECEIVERS, fast=["Parvina"]))
def test_the_receiver_opens_nothing_before_acceptance_and_nothing_after_an_ending(moments: Moments, who: str) -> None:
    """But for the desk the line that the sender wrote for it after a yes by telephone (ADR 0128)."""
    for moment in ("start", "waiting", "finished", "withdrawn"):
        line = {(who, "packet.open:meeting", "R3")} if moment == "waiting" and who in ASKED_BY_TELEPHONE else set()
        assert of_packets(moments, moment, who) <= line, moment


def test_once_it_is_accepted_the_receivers_do_open_it(moments: Moments) -> None:
    assert sum(len(of_packets(moments, "accepted", who)) for who in RECEIVERS) >= 10


T = TypeVar("T")
HIDDEN_FROM = (
    *("Dilshod", "Tahmina", "Parvina", "Lola", "Gulnora", "Hamid", "Jamshed", "Bahrom", "Zarina", "Rustam", "Karim"),
    "Ismoil",
)
ASKS_IN_A_HURRY = ("Gulnora", "Dilshod")
"""Whom `--fast` lets ask: a desk that knows one request of the case, and a colleague who was on its team."""


def _case(world: World, thing: str | None) -> Case:
    """The record as a door would have it, or one that is not there."""
    if thing is None:
        return Case(pk=uuid4(), code=new_code(), state_code="open", version=1)
    return world.case(thing)


def _referral(world: World, thing: str | None) -> Referral:
    if thing is None:
        return Referral(pk=uuid4(), code=new_code(), state_code="sent", version=1)
    return world.referral(thing)


CASE_QUESTIONS: dict[str, Callable[[Actor, Case], object]] = {
    "the page": lambda actor, case: cases.case(actor, case.code),
    "a section": lambda actor, case: section.open_section(actor, case, section="contact"),
    "writing": lambda actor, case: section.write_section(actor, case, section="needs", fields={}, seal_no=0),
    "withdrawing": lambda actor, case: consent.withdraw(actor, case, how_said="in_person"),
}
REFERRAL_QUESTIONS: dict[str, Callable[[Actor, Referral], object]] = {
    "the page": lambda actor, one: referrals.referral(actor, one.code),
    "the receiver's page": lambda actor, one: received.of_code(actor, one.code),
    "the packet": disclosure.open_packet,
    "declining": lambda actor, one: receive.decline(actor, one, version=one.version, reason="full"),
    "recalling": lambda actor, one: send.recall(actor, one, version=one.version, reason="mistake"),
}


@pytest.mark.bulk
def test_hidden_and_absent_are_refused_alike(moments: Moments, count: Counter[str]) -> None:
    told = asked_of_hidden_and_absent(moments, HIDDEN_FROM)
    count["laws: hidden beside absent"] += sum(told.values())
    assert set(told) == {"NotVisible ()"}
    assert sum(told.values()) >= 300


def test_hidden_and_absent_are_refused_alike_to_some(moments: Moments) -> None:
    told = asked_of_hidden_and_absent(moments, ASKS_IN_A_HURRY)
    assert set(told) == {"NotVisible ()"}
    assert sum(told.values()) >= 50


def asked_of_hidden_and_absent(moments: Moments, people: tuple[str, ...]) -> Counter[str]:
    """What these people are answered to every question about what is hidden from them, beside what is not there."""
    told = (moments.once(("hidden beside absent", who), partial(_asked_of, moments, who)) for who in people)
    return sum(told, Counter[str]())


def _asked_of(moments: Moments, who: str) -> Counter[str]:
    """The same of one person, in one session of hers."""
    told = Counter[str]()
    with moments.at("accepted") as world:
        assert world is not None
        with transaction.atomic(), god():
            cases_ = {thing: _case(world, thing) for thing in ("K1", "K2", "K3", "K5", "K6")}
            referrals_ = {thing: _referral(world, thing) for thing in ("R1", "R2", "R3", "R4", "R5")}
        with world.as_(who) as actor:
            for thing, case in cases_.items():
                if oracle.answer("accepted", who, "case.view", thing) == "no":
                    for ask in CASE_QUESTIONS.values():
                        told[_both(actor, who, ask, case, _case(world, None))] += 1
            for thing, one in referrals_.items():
                if oracle.answer("accepted", who, "referral.view", thing) == "no":
                    for question in REFERRAL_QUESTIONS.values():
                        told[_both(actor, who, question, one, _referral(world, None))] += 1
    # What was written stays in this moment's database: refusals in the ledger, and nothing else.
    return told


def _both(actor: Actor, who: str, ask: Callable[[Actor, T], object], hidden: T, absent: T) -> str:
    answers = {_refusal(actor, ask, hidden), _refusal(actor, ask, absent)}
    return answers.pop() if len(answers) == 1 else f"{who} can tell them apart: {sorted(answers)}"


def _refusal(actor: Actor, ask: Callable[[Actor, T], object], thing: T) -> str:
    """Each question is an operation of its own, as a form's is."""
    try:
        with transaction.atomic():
            ask(actor.doing(uuid4()), thing)
    except (NotVisible, NotAllowed, NotNow) as refusal:
        return f"{type(refusal).__name__} {refusal.args}"
    return "no refusal"


@pytest.mark.parametrize("who", ["Zarina", "Firuza", "Daler", "Nigina"])
def test_nobody_sends_to_the_police_whom_she_refused(moments: Moments, who: str) -> None:
    with moments.at("start") as world:
        assert world is not None
        with world.as_(who) as actor:
            told = _refusal(actor, _sends, world)
    assert told == "NotNow ('police_not_refused',)"


def _sends(actor: Actor, world: World) -> None:
    referral = world.referral("R2")
    send.send(actor, referral, version=referral.version, typed_body="Markaz")
