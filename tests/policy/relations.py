"""Which scope holds between whom and what, found once; then the policy can be tried with other rows in memory."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, get_args

from django.db import transaction
from django.db.models import Model

from hamkori.access.policy import Role, Row, Scope
from hamkori.access.scope import WITHOUT_OBJECT, scopes_of
from tests.database import god
from tests.policy import decisions, oracle, words
from tests.policy.moments import Moments

ROLES: tuple[Role, ...] = tuple(role for role in get_args(Role) if role != "system")
SCOPES: tuple[Scope, ...] = tuple(scope for scope in get_args(Scope) if scope not in WITHOUT_OBJECT)


@dataclass(frozen=True)
class Relations:
    """At each moment: the roles of each person, and (who, scope, thing) that hold."""

    roles: dict[str, frozenset[str]]
    holds: dict[str, frozenset[tuple[str, str, str]]]
    things: dict[str, frozenset[str]]
    kinds: dict[str, type[Model] | None]

    def grants(self, row: Row, moment: str, who: str, thing: str) -> bool:
        """Whether this row alone lets her."""
        if row.role not in self.roles[who]:
            return False
        return self.kinds[thing] is None or (who, row.scope, thing) in self.holds[moment]

    def answers(self, rows: Iterable[Row], act: str) -> set[tuple[str, str, str]]:
        """(moment, who, thing) that these rows allow, for an act that is a permission and no more."""
        return {
            (moment, who, thing)
            for moment in self.holds
            for who in oracle.PEOPLE
            for thing in words.asked_about(act)
            if thing in self.things[moment]
            if any(self.grants(row, moment, who, thing) for row in rows)
        }


def find(moments: Moments, when: Iterable[str] = oracle.MOMENTS) -> Relations:
    """Asks each registered scope once for each person and moment."""
    roles: dict[str, frozenset[str]] = {}
    holds: dict[str, frozenset[tuple[str, str, str]]] = {}
    there: dict[str, frozenset[str]] = {}
    kinds: dict[str, type[Model] | None] = {}
    for moment in when:
        held: set[tuple[str, str, str]] = set()
        with moments.at(moment) as world:
            assert world is not None
            with transaction.atomic(), god():
                things = words.things(world)
            for who in oracle.PEOPLE:
                with decisions.unwalled(world, who) as actor:
                    mine = things | words.accounts(world, who)
                    roles[who] = actor.roles | {"anyone"}
                    held |= {(who, scope, name) for scope, name in _held(actor, mine)}
                    there[moment] = frozenset(mine)
                    kinds |= {name: type(thing) if thing is not None else None for name, thing in mine.items()}
        holds[moment] = frozenset(held)
    return Relations(roles, holds, there, kinds)


def _held(actor: Any, things: dict[str, Any]) -> Iterable[tuple[str, str]]:
    by_model: dict[type[Model], dict[object, list[str]]] = {}
    for name, thing in things.items():
        if thing is not None:
            by_model.setdefault(type(thing), {}).setdefault(thing.pk, []).append(name)
    for model, names in by_model.items():
        for scope, condition in scopes_of(model).conditions.items():
            shown = model._default_manager.filter(condition(actor), pk__in=list(names)).values_list("pk", flat=True)
            yield from ((scope, name) for pk in shown for name in names[pk])
