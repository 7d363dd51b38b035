"""A guard that our own code and the database both ask of a step has one answer, for every fact that it may depend on.

The database's are expressions (`guards_build` in the walls), ours are what acts and pages ask (`Facts.answers`). Each
fact is written by the owner and taken back. Who may join or leave: `test_guards_of_teams.py`; how a case is closed:
`test_guards_in_both.py`; her agreement: `test_consent_is_one_rule.py`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib import import_module
from itertools import combinations, product
from typing import Any
from uuid import UUID, uuid4

import pytest
from pytest_django import DjangoDbBlocker

from hamkori.access.actor import Actor
from hamkori.access.machines import machines
from hamkori.casework.case.machinery import above
from hamkori.casework.case.models import Case
from hamkori.casework.case.queries import answers as of_a_case
from hamkori.casework.case.rules.lifecycle import CASE
from hamkori.casework.referral.models import Referral
from hamkori.casework.referral.queries import answers as of_a_referral
from hamkori.casework.referral.rules.lifecycle import REFERRAL
from hamkori.lifecycle import Step, Walls
from hamkori.vocabulary import codelist
from tests import cast, doors, worlds
from tests.faults.fault import Fault
from tests.faults.guards import GUARDS as PLANTED
from tests.faults.guards import OF_STEPS
from tests.house.tree import ROOT
from tests.supposed import agree_on_each, owner, owner_reads
from tests.web.senders import Senders

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ELSEWHERE = {
    "consent_live": "tests/casework/test_consent_is_one_rule.py",
    "no_open_referral": "tests/casework/test_guards_in_both.py",
    "outcome_given": "tests/casework/test_guards_in_both.py",
    "not_self": "tests/casework/test_guards_in_both.py",
}
"""Where another test holds the two together."""


@dataclass
class Here:
    """What a question is asked of."""

    house: Senders
    case: Case
    referral: Referral
    other: Referral


@dataclass(frozen=True)
class Both:
    """A guard, every fact that is put to it, how that is written, and what of it comes with the step."""

    key: str
    facts: tuple[Hashable, ...]
    writes: Callable[[Here, Any], None] = lambda _here, _fact: None
    values: Callable[[Any], dict[str, Any]] = lambda _fact: {}
    machine: str = "referral"


def column(name: str, table: str = "referral", key: str = "id") -> Callable[[Here, Any], None]:
    def write(here: Here, value: Any) -> None:
        one = here.case.pk if table == '"case"' else here.referral.pk
        owner(f"update {table} set {name} = %s where {key} = %s", value, one)

    return write


def _asks_questions(here: Here, answered: list[bool]) -> None:
    for one in answered:
        owner(
            "insert into referral_question (id, referral_id, question_code, answer_code, asked_at, answered_at)"
            " values (%s, %s, 'interpreter', '', %s, %s)",
            *(uuid4(), here.referral.pk, AT, AT if one else None),
        )


def _screens(here: Here, fact: tuple[list[str], bool]) -> None:
    states, danger = fact
    owner('update "case" set has_danger = %s where id = %s', danger, here.case.pk)
    owner("delete from screening where case_id = %s", here.case.pk)
    for state in states:
        owner(
            "insert into screening (id, case_id, kind_code, epoch, seal_no, body, written_at, written_by, state_code,"
            " set_codes) values (%s, %s, 'signs', 1, 1, '', %s, %s, %s, '{}')",
            *(uuid4(), here.case.pk, AT, uuid4(), state),
        )


def _twin(here: Here, fact: tuple[str, str, int | None, bool]) -> None:
    state, service, minutes, same_case = fact
    due = None if minutes is None else AT + timedelta(minutes=minutes)
    owner(
        "update referral set state_code = %s, service_code = %s, answer_due_at = %s where id = %s",
        *(state, service, due, here.other.pk),
    )
    if not same_case:
        owner("delete from referral_origin where referral_id = %s", here.other.pk)


def _own_body(here: Here, own: bool) -> None:
    owner(
        "update referral set to_organisation_id = case when %s then from_organisation_id else to_organisation_id end"
        " where id = %s",
        *(own, here.referral.pk),
    )


def _desk(here: Here, has_key: bool) -> None:
    owner(
        "update body_key set ended_at = case when %s then null else now() end"
        " where organisation_id = %s and kind_code = 'desk' and ended_at is null",
        *(has_key, here.referral.to_organisation_id),
    )


def _sections(here: Here, ticked: frozenset[str]) -> None:
    owner("update referral_sender set sections = %s where referral_id = %s", sorted(ticked), here.referral.pk)


def lists(of: Iterable[Hashable], most: int) -> tuple[tuple[Any, ...], ...]:
    """Each list of these, in each order, from none to so many."""
    values = tuple(of)
    return tuple(found for length in range(most + 1) for found in product(values, repeat=length))


BOOLEANS = (False, True)
MINUTES = (None, *(AT + timedelta(minutes=n) for n in (-1, 0, 1, 2, 3)))
HOURS = (None, *(AT - timedelta(hours=n) for n in (1, 23, 24, 25, 30)), AT - timedelta(seconds=86399))
PARTS = codelist("part_of_day").codes
SECTIONS = ("identity", "contact", "needs", "place")

GUARDS = [
    Both("not_yet_visible", MINUTES, column("visible_at")),
    Both("within_24h", HOURS, column("answered_at")),
    Both("under_two_moves", tuple(range(5)), column("moves")),
    Both("not_disputed_before", BOOLEANS, column("was_disputed")),
    Both("not_missed", MINUTES, column("missed_at")),
    Both("told_body", BOOLEANS, column("told_body")),
    Both("no_open_question", lists(BOOLEANS, 4), _asks_questions),
    Both("under_three", lists(BOOLEANS, 5), _asks_questions),
    Both("team_named", lists(["she"], 2), values=lambda team: {"team": team}),
    Both(
        "arrival_given",
        tuple(product((None, "2026-03-04"), ("", "night", *PARTS))),
        values=lambda fact: {"arrival_on": fact[0], "arrival_part_code": fact[1]},
    ),
    Both("case_open", ("draft", "open", "closed"), column("state_code", '"case"')),
    Both("not_own_body", BOOLEANS, _own_body),
    Both("desk_ready", BOOLEANS, _desk),
    Both(
        "no_twin",
        tuple(product(("sent", "draft", "accepted", "lapsed"), ("HOME-02", "HOME-01"), (None, -1, 0, 1, 5), BOOLEANS)),
        _twin,
    ),
    Both(
        "section_agreed",
        tuple(frozenset(ticked) for number in range(4) for ticked in combinations(SECTIONS, number)),
        _sections,
    ),
    Both(
        "screening_done",
        tuple(product(lists(("draft", "completed", "superseded"), 2), BOOLEANS)),
        _screens,
        machine="case",
    ),
    Both(
        "no_screening",
        tuple(product(lists(("draft", "completed", "superseded"), 2), BOOLEANS)),
        _screens,
        machine="case",
    ),
]


def build() -> Here:
    """The small world with a case and two requests that are not sent yet."""
    house = Senders(cast.build())
    case = house.case()
    house.agreed(case)
    return Here(house, case, house.draft(case), house.draft(case))


@pytest.fixture(scope="class")
def here(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Here]:
    """Made once in a process: whatever is changed of it is taken back."""
    with ExitStack() as stack:
        with django_db_blocker.unblock():
            made = stack.enter_context(worlds.within(build))
        doors.house()
        yield made


def holds(actor: Actor, both: Both, one: UUID, said: dict[str, Any]) -> bool:
    """What the product says, asked of a step that has this guard."""
    machine = next(machine for machine in machines() if machine.name == both.machine)
    step = next(row.name for row in machine.steps if not row.later and both.key in {guard.key for guard in row.guards})
    if both.machine == "case":
        return of_a_case.CaseFacts(Case.objects.get(pk=one), step, said).holds(both.key)
    return of_a_referral.ReferralFacts(actor, AT, Referral.objects.get(pk=one), step, said).holds(both.key)


def refused(machine: str, one: UUID, key: str, values: dict[str, Any]) -> bool:
    asked = f"select {machine}_guards(%s, 'S', array[%s], %s, %s)"
    ((found,),) = owner_reads(asked, one, key, json.dumps(values), AT)
    assert found is None or json.loads(found)["guard"] == key
    return found is not None


@pytest.mark.parametrize("both", GUARDS, ids=lambda both: both.key)
def test_our_code_and_the_database_say_the_same(here: Here, both: Both) -> None:
    compare(here, both)


def compare(here: Here, both: Both) -> None:
    one = here.case.pk if both.machine == "case" else here.referral.pk
    with here.house.as_("caseworker-cso") as zarina:

        def question(fact: Any) -> dict[str, bool]:
            expected = holds(zarina, both, one, both.values(fact))
            assert refused(both.machine, one, both.key, both.values(fact)) is not expected, fact
            return {both.key: expected}

        agree_on_each(both.facts, partial(both.writes, here), question)


FAULTS = {fault.name.split(": ")[1]: fault for fault in PLANTED if fault.tests == OF_STEPS}
"""Guard -> what is wrong in our answer to it (`./hamkori check --faults` plants it in a tree of its own)."""


@contextmanager
def planted(fault: Fault) -> Iterator[None]:
    """The module of the fault as it would be with it."""
    path = ROOT / fault.file
    module = vars(import_module(".".join(path.relative_to(ROOT / "src").with_suffix("").parts)))
    before = dict(module)
    try:
        exec(compile(path.read_text("utf-8").replace(fault.old, fault.new), path, "exec"), module)
        yield
    finally:
        module.clear()
        module.update(before)


@pytest.mark.parametrize("both", GUARDS, ids=lambda both: both.key)
def test_a_fault_in_our_answer_is_noticed(here: Here, both: Both) -> None:
    with planted(FAULTS[both.key]), pytest.raises(AssertionError):
        compare(here, both)


def test_whatever_our_code_asks_has_an_answer(here: Here) -> None:
    """Of each step that an act takes by the table; a guard without an answer would be a fault at the press."""
    with here.house.as_("caseworker-cso") as zarina:
        case, referral = (found.objects.get(pk=one.pk) for found, one in ((Case, here.case), (Referral, here.referral)))
        for row in (row for row in CASE.steps if not row.later and not row.door):
            facts = of_a_case.CaseFacts(case, row.name)
            facts.above = above.answers(case)
            assert asked_of(row) <= facts.answers().keys(), row.name
        for row in (row for row in REFERRAL.steps if not row.later):
            known = of_a_referral.ReferralFacts(zarina, AT, referral, row.name).answers()
            assert asked_of(row) <= known.keys(), row.name


def asked_of(row: Step) -> set[str]:
    asked = [guard for guard in row.guards if not guard.later and guard.walls != Walls.DATABASE]
    return {word for guard in asked for word in (guard.key, guard.when) if word}


def test_each_guard_of_both_is_held_together_somewhere() -> None:
    asked = {
        guard.key
        for machine in machines()
        for row in machine.steps
        for guard in row.guards
        if guard.walls == Walls.BOTH and not row.later
    }
    assert asked == {both.key for both in GUARDS} | set(ELSEWHERE)
