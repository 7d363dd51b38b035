"""A guard that a rule and the database both decide has one answer: each is put to both, for facts that are drawn.

The facts are written by the owner and taken back after each question, so that they need not be such as a step could
leave. What is read of them by the pages' own way (who is on a team, which side somebody is on) is read so here too.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from hamkori.casework.case.actions import case as cases
from hamkori.casework.case.actions import team as teams
from hamkori.casework.case.models import Case
from hamkori.casework.case.queries.cases import reached
from hamkori.casework.case.queries.team import could_join, rows
from hamkori.casework.case.rules import closing, team
from hamkori.casework.case.rules.lifecycle import CASE
from hamkori.casework.referral.models import Referral
from hamkori.casework.referral.rules import lifecycle
from hamkori.casework.referral.rules.lifecycle import REFERRAL
from hamkori.lifecycle import take
from hamkori.people.queries import Colleague
from hamkori.people.rules import APART, ROLES, WITH_CASES
from hamkori.refusal import NotNow, NotVisible
from hamkori.vocabulary import codelist
from tests.cast import World
from tests.database import god
from tests.supposed import agree, asks, owner
from tests.web.senders import Senders

pytestmark = pytest.mark.django_db

LEAD, COLLEAGUE, THIRD, ABOVE = "caseworker-cso", "colleague-cso", "psychologist-cso", "supervisor-cso"
BODY, OTHER = "cso-kulob", "cso-pamir"
HELPERS = ("shelter-worker", "shelter-social", "desk-shelter")
AT_WORK = ("works", "ended", "suspended", "inactive")
ROW = ("none", "live", "suspended", "ended")
KINDS = ("lead", "member", "supervisor")


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

    def written(self, world: World, slug: str, home: str, away: str) -> UUID:
        """Written into the database; her post."""
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
        return post


def of_roles(post: UUID, roles: Iterable[str]) -> None:
    owner("update role_held set ended_at = now() where membership_id = %s and ended_at is null", post)
    for role in roles:
        owner(
            "insert into role_held (id, membership_id, role_code, since) values (%s, %s, %s, now())",
            *(uuid4(), post, role),
        )


def at_work(post: UUID, user: UUID, how: str) -> None:
    if how in ("ended", "suspended"):
        owner(f"update membership set {how}_at = now() where id = %s", post)
    elif how == "inactive":
        owner("update app_user set is_active = false where id = %s", user)


def row_of(case: Case, post: UUID, kind: str, how: str) -> UUID:
    """Her row of a case, as it is to be."""
    owner("update case_access set ended_at = now() where case_id = %s and membership_id = %s", case.pk, post)
    found = uuid4()
    if how != "none":
        owner(
            "insert into case_access (id, case_id, membership_id, kind_code, sections, writes, tag, opened_at, since,"
            " suspended_at, ended_at) values (%s, %s, %s, %s, '{}', '{}', '', now(), now(),"
            " case when %s then now() end, case when %s then now() end)",
            *(found, case.pk, post, kind, how == "suspended", how == "ended"),
        )
    return found


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

    def question(one: Newcomer) -> dict[str, bool]:
        post = one.written(house.world, COLLEAGUE, BODY, OTHER)
        row_of(case, post, one.kind, one.row)
        on_it = [team.TeamRow("she", one.kind, one.row == "suspended")] if one.row in ("live", "suspended") else []
        expected = one.here == "works" and team.may_join(one.candidate, BODY, on_it)
        admit = "select team_admit(%s, %s, '{}', '{}', %s, '')"
        assert asks(admit, case.pk, post, uuid4()) == ("" if expected else "may_join"), one
        return {"may_join": expected}

    with house.as_(LEAD):
        agree(newcomers(), question)


def test_who_may_be_named_to_help(house: Senders) -> None:
    """Not whether she is named already: a row that nobody vouched for is written anew, which only the tags tell."""
    case = house.case()
    house.agreed(case)
    referral = house.sent(case)

    def question(one: Newcomer) -> dict[str, bool]:
        post = one.written(house.world, HELPERS[1], "shelter-kulob", OTHER)
        expected = one.here == "works" and team.may_help(one.candidate, BODY, ())
        with god():
            found = asks(
                "select referral_join(r, %s::jsonb, '{}', now()) from referral r where id = %s",
                *(json.dumps({"id": str(uuid4()), "membership": str(post), "tag": ""}), referral.pk),
            )
        assert found == ("" if expected else "may_join"), one
        return {"may_help": expected}

    agree(newcomers(), question)


# ---------------------------------------------------------------- who may go


def test_who_may_leave_a_team_or_be_taken_off(house: Senders) -> None:
    case = house.case()
    posts = [house.world.membership(slug) for slug in (LEAD, COLLEAGUE, THIRD)]
    person = st.tuples(st.sampled_from(KINDS[:2]), st.sampled_from(ROW[:3]), st.sampled_from(("works", "ended")))

    def question(fact: tuple[str, str, list[tuple[str, str, str]]]) -> dict[str, bool]:
        kind, how, others = fact
        row = row_of(case, posts[0], kind, how)
        for post, (its_kind, its_how, there) in zip(posts[1:], others, strict=True):
            row_of(case, post, its_kind, its_how)
            at_work(post, post, there)
        expected = team.may_go(posts[0], rows(case.pk))
        found = asks("select * from team_end(%s, %s, 'release')", case.pk, row)
        assert found == ("" if expected else "last_member"), fact
        return {"last_member": expected}

    hers = st.sampled_from(("lead", "lead", "member")), st.sampled_from(("live", "suspended"))
    with house.as_(ABOVE):
        agree(st.tuples(*hers, st.lists(person, min_size=2, max_size=2)), question)


def test_who_may_leave_those_who_help(house: Senders) -> None:
    case = house.case()
    house.agreed(case)
    referral = house.sent(case)
    house.accepted(referral)
    people = [(house.world.membership(slug), house.world.people[slug].user_id) for slug in HELPERS]

    def question(fact: list[tuple[str, str, bool]]) -> dict[str, bool]:
        owner("update referral_access set ended_at = now() where referral_id = %s", referral.pk)
        workers, leaves = set(), []
        for (post, user), (row, there, goes) in zip(people, fact, strict=True):
            at_work(post, user, there)
            if row == "live":
                owner(
                    "insert into referral_access (id, referral_id, membership_id, kind_code, sections, since)"
                    " values (%s, %s, %s, 'worker', '{}', now())",
                    *(uuid4(), referral.pk, post),
                )
                workers |= {post} if there == "works" else set()
                leaves += [post] if goes else []
        if not leaves:
            return {}
        expected = team.somebody_stays(workers, leaves)
        with god():
            part = "select referral_part(r, %s, now()) from referral r where id = %s"
            found = next((no for post in leaves if (no := asks(part, post, referral.pk))), "")
        assert found == ("" if expected else "last_member"), fact
        return {"last_member": expected}

    one = st.tuples(
        st.sampled_from(("live", "live", "none")), st.sampled_from(("works", "works", *AT_WORK)), st.booleans()
    )
    agree(st.lists(one, min_size=len(people), max_size=len(people)), question)


# ---------------------------------------------------------------- how a case is closed


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

    def question(states: list[str]) -> dict[str, bool]:
        for pk, state in zip(drafts, states, strict=True):
            owner("update referral set state_code = %s where id = %s", state, pk)
        expected = lifecycle.blocking(Referral.objects.filter(pk__in=drafts).values_list("state_code", flat=True)) == 0
        assert closes(case, "goals_met") == ("" if expected else "no_open_referral"), states
        return {"no_open_referral": expected}

    with house.as_(LEAD):
        agree(st.lists(st.sampled_from(REFERRAL.states), min_size=3, max_size=3), question)


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

    def question(one: Standing) -> dict[str, bool]:
        of_roles(her, one.roles)
        row_of(case, her, one.kind, "live")
        row_of(case, above, "supervisor", one.supervisor)
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
    roles = st.sampled_from(
        [frozenset({"case_worker"}), frozenset({"hotline_operator"}), frozenset({"case_worker", "supervisor"})]
    )
    outcomes = st.sampled_from(["", "anything", *codelist("closing_outcome").codes])
    kinds = st.sampled_from(("lead", *KINDS))
    with house.as_(COLLEAGUE):
        agree(st.builds(Standing, kinds, roles, st.sampled_from(ROW), outcomes), question)


def test_which_case_is_the_older_one(house: Senders) -> None:
    case, other = house.case(), house.case()
    above = house.world.membership(ABOVE)

    def question(fact: tuple[str, str, str, str, int]) -> dict[str, bool]:
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
        found = reached(saida, other.pk)
        expected = found is not None and closing.duplicate_ok(
            case.organisation_id, case.begun_at, found.organisation_id, found.begun_at
        )
        assert closes(case, "duplicate", other.pk) == ("" if expected else "404"), fact
        return {"duplicate_ok": expected}

    facts = st.tuples(
        st.sampled_from((BODY, BODY, BODY, OTHER)),
        st.sampled_from(("supervisor", "supervisor", *KINDS)),
        st.sampled_from(("live", "live", "live", *ROW)),
        st.sampled_from(("draft", "open", "closed")),
        st.one_of(st.integers(-900, -1), st.integers(-900, -1), st.integers(-2, 2)),
    )
    with house.as_(ABOVE) as saida:
        agree(facts, question)


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
