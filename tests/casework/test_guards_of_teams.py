"""Who may join a team or leave it is decided by a rule and by the database: both have one answer.

Who joins is drawn. Who leaves is put in every way there is, where two others are alike once. The facts are written by
the owner and taken back after each question, so that they need not be such as a step could leave.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import combinations_with_replacement, product
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from hamkori.casework.case.queries.team import rows
from hamkori.casework.case.rules import team
from hamkori.people.rules import APART, ROLES, WITH_CASES
from tests.casework.posts import (
    ABOVE,
    AT_WORK,
    BODY,
    COLLEAGUE,
    KINDS,
    LEAD,
    OTHER,
    ROW,
    THIRD,
    at_work,
    of_roles,
    row_of,
)
from tests.cast import World
from tests.database import god
from tests.supposed import FLOOR, agree, agree_on_each, asks, owner
from tests.web.senders import Senders

pytestmark = pytest.mark.django_db

HELPERS = ("shelter-worker", "shelter-social", "desk-shelter")


@pytest.fixture
def house(small_world: World) -> Senders:
    return Senders(small_world)


# ---------------------------------------------------------------- who may join


@dataclass(frozen=True)
class Newcomer:
    """All that decides whether somebody may join: as she is, but for what was drawn."""

    elsewhere: bool = False
    roles: frozenset[str] = frozenset({"case_worker"})
    in_another_body: frozenset[str] = frozenset()
    there: str = "works"
    here: str = "works"
    has_key: bool = True
    row: str = "none"
    kind: str = "member"

    def __post_init__(self) -> None:
        assert self.there != "inactive", "who is not active is so everywhere"

    @property
    def candidate(self) -> team.Candidate:
        anywhere = self.in_another_body if self.there != "ended" else frozenset()
        return team.Candidate("she", OTHER if self.elsewhere else BODY, self.roles, anywhere, self.has_key)

    def written(self, world: World, slug: str, away: str) -> None:
        """Written into the database."""
        post, user = world.membership(slug), world.people[slug].user_id
        if self.elsewhere:
            owner("update membership set organisation_id = %s where id = %s", world.bodies[away], post)
        of_roles(post, self.roles)
        if self.in_another_body:
            other = uuid4()
            owner(
                "insert into membership (id, user_id, organisation_id, function_code, since)"
                " values (%s, %s, %s, '', now())",
                *(other, user, world.bodies["legal-aid"]),
            )
            of_roles(other, self.in_another_body)
            at_work(other, user, self.there)
        at_work(post, user, self.here)
        if not self.has_key:
            owner("update person_key set ended_at = now() where user_id = %s", user)


def newcomers() -> SearchStrategy[Newcomer]:
    """Most of her fits; up to two things do not, or fit otherwise."""
    some_roles = st.frozensets(st.sampled_from(ROLES), max_size=3)
    otherwise: dict[str, SearchStrategy[dict[str, Any]]] = {
        "elsewhere": st.just({"elsewhere": True}),
        "roles": st.fixed_dictionaries({"roles": some_roles}),
        "more roles": st.sampled_from(sorted({*WITH_CASES, "national_coordinator"})).map(
            lambda role: {"roles": frozenset({"case_worker", role})}
        ),
        "in another body": st.fixed_dictionaries(
            {"in_another_body": some_roles, "there": st.sampled_from(AT_WORK[:3])}
        ),
        "apart in another body": st.sampled_from(sorted(APART)).map(
            lambda role: {"in_another_body": frozenset({role})}
        ),
        "here": st.fixed_dictionaries({"here": st.sampled_from(AT_WORK)}),
        "key": st.just({"has_key": False}),
        "row": st.fixed_dictionaries({"row": st.sampled_from(ROW), "kind": st.sampled_from(KINDS)}),
    }
    names = st.sets(st.sampled_from(sorted(otherwise)), max_size=2)
    return names.flatmap(
        lambda chosen: st.tuples(*(otherwise[name] for name in sorted(chosen))).map(
            lambda changed: Newcomer(**{key: value for one in changed for key, value in one.items()})
        )
    )


def test_who_may_join_a_team(house: Senders) -> None:
    case = house.case()
    post = house.world.membership(COLLEAGUE)

    def writes(one: Newcomer) -> None:
        one.written(house.world, COLLEAGUE, OTHER)
        row_of(case, post, one.kind, one.row)

    def question(one: Newcomer) -> dict[str, bool]:
        on_it = [team.TeamRow("she", one.kind, one.row == "suspended")] if one.row in ("live", "suspended") else []
        expected = one.here == "works" and team.may_join(one.candidate, BODY, on_it)
        admit = "select team_admit(%s, %s, '{}', '{}', %s, '')"
        assert asks(admit, case.pk, post, uuid4()) == ("" if expected else "may_join"), one
        return {"may_join": expected}

    with house.as_(LEAD):
        agree(newcomers(), writes, question)


def test_who_may_be_named_to_help(house: Senders) -> None:
    """Not whether she is named already: a row that nobody vouched for is written anew, which only the tags tell."""
    case = house.case()
    house.agreed(case)
    referral = house.sent(case)
    post = house.world.membership(HELPERS[1])

    def question(one: Newcomer) -> dict[str, bool]:
        expected = one.here == "works" and team.may_help(one.candidate, BODY, ())
        with god():
            found = asks(
                "select referral_join(r, %s::jsonb, '{}', now()) from referral r where id = %s",
                *(json.dumps({"id": str(uuid4()), "membership": str(post), "tag": ""}), referral.pk),
            )
        assert found == ("" if expected else "may_join"), one
        return {"may_help": expected}

    agree(newcomers(), lambda one: one.written(house.world, HELPERS[1], OTHER), question)


# ---------------------------------------------------------------- who may go


def test_who_may_leave_a_team_or_be_taken_off(house: Senders) -> None:
    case = house.case()
    posts = [house.world.membership(slug) for slug in (LEAD, COLLEAGUE, THIRD)]
    hers = uuid4()

    def writes(fact: Leaving) -> None:
        kind, how, *others = fact
        row_of(case, posts[0], kind, how, hers)
        for post, (its_kind, its_how, there) in zip(posts[1:], others, strict=True):
            row_of(case, post, its_kind, its_how)
            at_work(post, post, there)

    def question(fact: Leaving) -> dict[str, bool]:
        expected = team.may_go(posts[0], rows(case.pk))
        found = asks("select * from team_end(%s, %s, 'release')", case.pk, hers)
        assert found == ("" if expected else "last_member"), fact
        return {"last_member": expected}

    with house.as_(ABOVE):
        agree_on_each(leavings(), writes, question, FLOOR)


Leaving = tuple[str, str, tuple[str, str, str], tuple[str, str, str]]


def leavings() -> list[Leaving]:
    """She, as lead or member, live or suspended, beside any two others: in either order where both have a live row."""
    person = [*product(KINDS[:2], ("live", "suspended"), ("works", "ended")), ("member", "none", "works")]
    two = [(one, other) for one, other in product(person, person) if person.index(one) <= person.index(other)]
    two += [(other, one) for one, other in two if one != other and (one[1], other[1]) == ("live", "live")]
    return [(kind, how, *others) for kind, how, others in product(KINDS[:2], ("live", "suspended"), two)]


def test_who_may_leave_those_who_help(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    referral = house.sent(case)
    house.accepted(referral)
    people = [(house.world.membership(slug), house.world.people[slug].user_id) for slug in HELPERS]

    def writes(fact: tuple[Helper, ...]) -> None:
        owner("update referral_access set ended_at = now() where referral_id = %s", referral.pk)
        for (post, user), (row, there, _goes) in zip(people, fact, strict=True):
            at_work(post, user, there)
            if row == "live":
                owner(
                    "insert into referral_access (id, referral_id, membership_id, kind_code, sections, since)"
                    " values (%s, %s, %s, 'worker', '{}', now())",
                    *(uuid4(), referral.pk, post),
                )

    def question(fact: tuple[Helper, ...]) -> dict[str, bool]:
        on_it = [
            (post, there, goes) for (post, _), (row, there, goes) in zip(people, fact, strict=True) if row == "live"
        ]
        workers, leaves = {post for post, there, _ in on_it if there == "works"}, [post for post, _, go in on_it if go]
        expected = team.somebody_stays(workers, leaves)
        with god():
            part = "select referral_part(r, %s, now()) from referral r where id = %s"
            found = next((no for post in leaves if (no := asks(part, post, referral.pk))), "")
        assert found == ("" if expected else "last_member"), fact
        return {"last_member": expected}

    agree_on_each(helpers(), writes, question, FLOOR)


Helper = tuple[str, str, bool]
"""Her row, whether she works, and whether she is to leave."""


def helpers() -> list[tuple[Helper, ...]]:
    """Any three of whom at least one leaves; who has no row and who has one in each place."""
    one = [*product(("live",), AT_WORK, (False, True)), ("none", "works", False)]
    found = [three for three in combinations_with_replacement(one, 3) if any(goes for *_, goes in three)]
    turned = [three[number % 3 :] + three[: number % 3] for number, three in enumerate(found)]
    assert all({three[place] for three in turned} == set(one) for place in range(3))
    return turned
