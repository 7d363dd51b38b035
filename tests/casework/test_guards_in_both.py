"""How a case is closed is decided by a rule and by the database: both have one answer.

Plans of facts, each of which says what it holds, are put to both. The facts are written by the owner and taken back
after each question, so that they need not be such as a step could leave. What is read of them by the pages' own way
(which side somebody is on) is read so here too. Who may join or leave: `test_guards_of_teams.py`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import combinations, combinations_with_replacement, product
from uuid import UUID

import pytest
from django.db import connection

from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.actions import team as teams
from hamkori.casework.case.models import Case
from hamkori.casework.case.queries.cases import reached
from hamkori.casework.case.queries.team import could_join
from hamkori.casework.case.rules import closing, team
from hamkori.casework.case.rules.lifecycle import CASE
from hamkori.casework.referral.models import Referral
from hamkori.casework.referral.rules import lifecycle
from hamkori.casework.referral.rules.lifecycle import REFERRAL
from hamkori.lifecycle import take
from hamkori.people.queries import Colleague
from hamkori.refusal import NotNow, NotVisible
from hamkori.vocabulary import codelist
from tests.casework.posts import (
    ABOVE,
    BODY,
    COLLEAGUE,
    KINDS,
    LEAD,
    OTHER,
    ROW,
    THIRD,
    of_roles,
    row_of,
)
from tests.cast import World
from tests.supposed import FLOOR, agree_on_each, asks, owner
from tests.web.senders import Senders

pytestmark = pytest.mark.django_db


@pytest.fixture
def house(small_world: World) -> Senders:
    return Senders(small_world)


def closes(case: Case, outcome: str | None, older: UUID | None = None) -> str:
    values = {"outcome_code": outcome} | ({"older_case": str(older)} if older else {})
    version = Case.objects.get(pk=case.pk).version
    return asks("select take('case', %s, 'close', null, %s, %s, '[]')", case.pk, version, json.dumps(values))


def sides_of(case: Case) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("select case_sides(%s)", [case.pk])
        return list(cursor.fetchone()[0])


def test_requests_that_stand_in_the_way(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    drafts = [house.draft(case).pk for _ in range(3)]

    def writes(states: tuple[str, ...]) -> None:
        for pk, state in zip(drafts, states, strict=True):
            owner("update referral set state_code = %s where id = %s", state, pk)

    def question(states: tuple[str, ...]) -> dict[str, bool]:
        expected = lifecycle.blocking(Referral.objects.filter(pk__in=drafts).values_list("state_code", flat=True)) == 0
        assert closes(case, "goals_met") == ("" if expected else "no_open_referral"), states
        return {"no_open_referral": expected}

    with house.as_(LEAD):
        agree_on_each(threes(REFERRAL.states), writes, question, FLOOR)


def threes(states: Sequence[str]) -> list[tuple[str, ...]]:
    """Each state beside each other one, and a third: each state in each of the three places."""
    pairs = enumerate(combinations_with_replacement(states, 2))
    found = [(one, other, states[(number + states.index(one)) % len(states)]) for number, (one, other) in pairs]
    turned = list({three[number % 3 :] + three[: number % 3]: None for number, three in enumerate(found)})
    assert {frozenset(two) for three in turned for two in combinations(three, 2)} >= {
        frozenset(two) for two in combinations_with_replacement(states, 2)
    }
    assert all({three[place] for three in turned} == set(states) for place in range(3))
    return turned


@dataclass(frozen=True)
class Standing:
    """Who closes: her row, her roles, and whether a supervisor's row stands beside."""

    kind: str
    roles: frozenset[str]
    supervisor: str
    outcome: str

    @property
    def acts_above(self) -> bool:
        """A live supervisor; or, where the case has none, a team member who does not lead (docs/design/teams.md)."""
        if self.kind == "supervisor":
            return "supervisor" in self.roles
        return self.kind == "member" and bool(self.roles & team.CASE_ROLES) and self.supervisor != "live"

    @property
    def leads(self) -> bool:
        return self.kind == "lead" and bool(self.roles & team.CASE_ROLES)


def test_the_outcome_and_who_must_agree(house: Senders) -> None:
    case = house.case()
    her, above = house.world.membership(COLLEAGUE), house.world.membership(ABOVE)

    def writes(one: Standing) -> None:
        of_roles(her, one.roles)
        row_of(case, her, one.kind, "live")
        row_of(case, above, "supervisor", one.supervisor)

    def question(one: Standing) -> dict[str, bool]:
        sides = sides_of(case)
        assert ("SV" in sides, "L" in sides) == (one.acts_above, one.leads), one
        side = closing.side_of(one.outcome, sides)
        given, another = closing.outcome_given(one.outcome, side), closing.another_person(sides)
        if not {"SV", "L"} & set(sides):
            assert closes(case, one.outcome) in ("403", "404"), one
            return {}
        try:
            take(CASE, "open", "close", side, {"no_open_referral": True, "outcome_given": given, "not_self": another})
            expected = ""
        except NotNow as refusal:
            expected = refusal.guard
        points = one.outcome == closing.DUPLICATE
        assert expected or points or closes(case, one.outcome, older) == "403", "only a duplicate points to another"
        assert closes(case, one.outcome, older if points else None) == expected, one
        more = {"not_self": another} if side == "SV" and given else {}
        return {"outcome_given": given, "closes": not expected, **more}

    older = house.case().pk
    owner("update \"case\" set begun_at = begun_at - interval '1 day' where id = %s", older)
    row_of(Case(pk=older), her, "member", "live")
    with house.as_(COLLEAGUE):
        agree_on_each(standings(), writes, question, FLOOR)


OUTCOMES = ("", "anything", *codelist("closing_outcome").codes)
SOME_ROLES = (("case_worker",), ("hotline_operator",), ("case_worker", "supervisor"))


def standings() -> list[Standing]:
    """Who closes with four outcomes each, so that whoever stands on the same sides closes with each outcome."""
    who = list(product(KINDS, map(frozenset, SOME_ROLES), ROW))
    found = [
        Standing(*one, OUTCOMES[(number + 2 * turn) % len(OUTCOMES)])
        for number, one in enumerate(who)
        for turn in range(4)
    ]
    sides = {(one.acts_above, one.leads) for one in found}
    assert len(sides) == 3, "above, leading, or neither"
    assert {((one.acts_above, one.leads), one.outcome) for one in found} == set(product(sides, OUTCOMES))
    return found


def test_which_case_is_the_older_one(house: Senders) -> None:
    case, other = house.case(), house.case()
    above = house.world.membership(ABOVE)

    def writes(fact: Other) -> None:
        body, kind, how, state, minutes = fact
        owner(
            'update "case" set organisation_id = %s, state_code = %s, begun_at = %s, opened_at = %s where id = %s',
            house.world.bodies[body],
            state,
            case.begun_at + timedelta(minutes=minutes),
            None if state == "draft" else case.begun_at - timedelta(minutes=minutes),
            other.pk,
        )
        row_of(other, above, kind, how)

    def question(fact: Other) -> dict[str, bool]:
        found = reached(saida, other.pk)
        expected = found is not None and closing.duplicate_ok(
            case.organisation_id, case.begun_at, found.organisation_id, found.begun_at
        )
        assert closes(case, "duplicate", other.pk) == ("" if expected else "404"), fact
        return {"duplicate_ok": expected}

    with house.as_(ABOVE) as saida:
        agree_on_each(others(), writes, question, FLOOR)


Other = tuple[str, str, str, str, int]
"""Whose case the other one is, what row of it she has, its state, and by how many minutes it was begun later."""


def others() -> list[Other]:
    """Whatever two of these are, that fits which fits best beside them; and each that does not fit by itself."""
    best = (BODY, "supervisor", "live", "open")
    minutes, otherwise = (-900, -120, -60, -30, -5, -2, -1, 0, 1, 2, 30), ((OTHER,), KINDS, ROW, ("draft", "closed"))
    found = {(*best, minute) for minute in minutes}
    for place, values in enumerate(otherwise):
        for value in values:
            one = (*best[:place], value, *best[place + 1 :])
            found |= {(*one, minute) for minute in minutes}
            for second in range(place):
                found |= {(*one[:second], also, *one[second + 1 :], -2) for also in otherwise[second]}
    return sorted(found)


def test_what_the_rule_refuses_the_action_refuses(house: Senders) -> None:
    case, newer = house.case(), house.case()
    with house.as_(ABOVE) as saida:
        for outcome in (*closing.LEAD_OUTCOMES, closing.HANDED_OVER):
            with pytest.raises(NotNow, match="outcome_given"):
                cases.close(saida, case, version=case.version, outcome=outcome)
        with pytest.raises(NotVisible):
            cases.close(saida, case, version=case.version, outcome="duplicate", older_case=newer.pk)
        with pytest.raises(NotVisible):
            cases.close(saida, case, version=case.version, outcome="duplicate")
    with house.as_(LEAD) as zarina:
        with pytest.raises(NotNow, match="not_self"):
            cases.close(zarina, case, version=case.version, outcome="deceased")
        teams.admit(zarina, case, membership=house.world.membership(COLLEAGUE))
        assert COLLEAGUE not in named(house, could_join(zarina, case))
        assert THIRD in named(house, could_join(zarina, case))
        with pytest.raises(NotNow, match="may_join"):
            teams.admit(zarina, case, membership=house.world.membership(COLLEAGUE))
        with pytest.raises(NotNow, match="last_member"):
            teams.leave(zarina, case)


def named(house: Senders, found: Iterable[Colleague]) -> set[str]:
    offered = {one.membership_id for one in found}
    return {slug for slug, person in house.world.people.items() if person.membership_id in offered}
