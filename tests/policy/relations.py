"""Which scope holds between whom and what, found once; then the policy can be tried with other rows in memory."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, get_args

from django.db import transaction
from django.db.models import BooleanField, ExpressionWrapper, Model

from hamkori.access.policy import Role, Row, Scope
from hamkori.access.scope import WITHOUT_OBJECT, scopes_of
from tests.database import god
from tests.policy import decisions, oracle, words
from tests.policy.moments import Moments

ROLES: tuple[Role, ...] = tuple(role for role in get_args(Role) if role != "system")
SCOPES: tuple[Scope, ...] = tuple(scope for scope in get_args(Scope) if scope not in WITHOUT_OBJECT)


Given = frozenset[tuple[str, str, str]]
"""(moment, who, thing)"""


@dataclass(frozen=True)
class Relations:
    """At each moment: the roles of each person, and (who, scope, thing) that hold."""

    roles: dict[str, frozenset[str]]
    holds: dict[str, frozenset[tuple[str, str, str]]]
    things: dict[str, frozenset[str]]
    kinds: dict[str, type[Model] | None]
    _given: dict[tuple[str, str, tuple[str, ...]], Given] = field(default_factory=dict)

    def grants(self, row: Row, moment: str, who: str, thing: str) -> bool:
        """Whether this row alone lets her."""
        if row.role not in self.roles[who]:
            return False
        return self.kinds[thing] is None or (who, row.scope, thing) in self.holds[moment]

    def answers(self, rows: Iterable[Row], act: str) -> Given:
        """(moment, who, thing) that these rows allow, for an act that is a permission and no more."""
        return frozenset[tuple[str, str, str]]().union(*(self._of(row, words.asked_about(act)) for row in rows))

    def _of(self, row: Row, asked: tuple[str, ...]) -> Given:
        """What one row allows, found once: the same role and scope stand in hundreds of rows that are tried."""
        key = (row.role, row.scope, asked)
        if key not in self._given:
            people = [who for who in oracle.PEOPLE if row.role in self.roles[who]]
            self._given[key] = frozenset(
                (moment, who, thing)
                for moment in self.holds
                for thing in asked
                if thing in self.things[moment]
                for who in people
                if self.grants(row, moment, who, thing)
            )
        return self._given[key]


def find(moments: Moments, when: Iterable[str] = oracle.MOMENTS) -> Relations:
    """Asks each registered scope once for each person and moment, in each process."""
    found = {moment: moments.once(("relations", moment), partial(_at, moments, moment)) for moment in when}
    return Relations(
        roles={who: roles for one in found.values() for who, roles in one.roles.items()},
        holds={moment: one.holds for moment, one in found.items()},
        things={moment: one.things for moment, one in found.items()},
        kinds={name: kind for one in found.values() for name, kind in one.kinds.items()},
    )


@dataclass(frozen=True)
class AtOneMoment:
    """The same at one moment."""

    roles: dict[str, frozenset[str]]
    holds: frozenset[tuple[str, str, str]]
    things: frozenset[str]
    kinds: dict[str, type[Model] | None]


def _at(moments: Moments, moment: str) -> AtOneMoment:
    roles: dict[str, frozenset[str]] = {}
    held: set[tuple[str, str, str]] = set()
    there: frozenset[str] = frozenset()
    kinds: dict[str, type[Model] | None] = {}
    with moments.at(moment) as world:
        assert world is not None
        with transaction.atomic(), god():
            things = words.things(world)
        for who in oracle.PEOPLE:
            with decisions.unwalled(world, who) as actor:
                mine = things | words.accounts(world, who)
                roles[who] = actor.roles | {"anyone"}
                held |= {(who, scope, name) for scope, name in _held(actor, mine)}
                there = frozenset(mine)
                kinds |= {name: type(thing) if thing is not None else None for name, thing in mine.items()}
    return AtOneMoment(roles, frozenset(held), there, kinds)


def _held(actor: Any, things: dict[str, Any]) -> Iterable[tuple[str, str]]:
    by_model: dict[type[Model], dict[object, list[str]]] = {}
    for name, thing in things.items():
        if thing is not None:
            by_model.setdefault(type(thing), {}).setdefault(thing.pk, []).append(name)
    for model, names in by_model.items():
        conditions = {scope: condition(actor) for scope, condition in scopes_of(model).conditions.items()}
        records = model._default_manager.filter(pk__in=list(names)).annotate(
            # An empty Q holds for everything.
            **{_column(scope): ExpressionWrapper(q, BooleanField()) for scope, q in conditions.items() if q}
        )
        for row in records.values("pk", *(_column(scope) for scope, q in conditions.items() if q)):
            for scope in conditions:
                if row.get(_column(scope), True):
                    yield from ((scope, name) for name in names[row["pk"]])


def _column(scope: str) -> str:
    return f"holds_{scope}"
