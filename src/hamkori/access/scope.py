"""One rule for lists and for single things: `visible` filters, `may` asks whether a thing is among what is visible.

Each model's conditions (scope -> Q) are registered by its context. They decide alone: nothing here leans on row
security, which is a wall of its own, nor on an open vault.
See docs/design/access.md#scopes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from hamkori.access import policy
from hamkori.access.actor import Actor
from hamkori.access.permissions import Permission
from hamkori.access.policy import Row, Scope
from hamkori.refusal import NotAllowed, NotVisible

M = TypeVar("M", bound=Model)
Condition = Callable[[Actor], Q]

WITHOUT_OBJECT: frozenset[Scope] = frozenset({"clock", "command_line"})
"""Scopes of the system's rows: they hold for every thing of the kind, and need no condition."""


@dataclass(frozen=True)
class Scopes:
    """What the house knows of one model: its word in the ledger, the permission that means seeing it, its scopes."""

    kind: str
    view: Permission
    conditions: Mapping[Scope, Condition]


_registered: dict[type[Model], Scopes] = {}


def register_scopes(model: type[Model], conditions: Mapping[Scope, Condition], *, kind: str, view: Permission) -> None:
    """Say once how the scopes of the policy read on this model. A second, different word for it is a fault."""
    if model in _registered:
        raise ValueError(f"{model.__name__} has its scopes already")
    _registered[model] = Scopes(kind, view, dict(conditions))


def scopes_of(model: type[Model]) -> Scopes:
    """The registered scopes; KeyError for a model that has none."""
    return _registered[model]


def rows_of(actor: Actor, permission: Permission) -> tuple[Row, ...]:
    """The policy rows of this permission whose role the actor holds."""
    if actor.system:
        held: frozenset[str] = frozenset({"system"})
    elif actor.membership_id is None:
        held = frozenset()
    else:
        held = actor.roles - {"system"} | {"anyone"}
    return tuple(row for row in policy.rows_for(permission) if row.role in held)


def visible(actor: Actor, permission: Permission, queryset: QuerySet[M]) -> QuerySet[M]:
    """What of `queryset` the actor may do this with; nothing without a row. Adds conditions, never joins."""
    rows = rows_of(actor, permission)
    if not rows:
        return queryset.none()
    if any(row.scope in WITHOUT_OBJECT for row in rows):
        return queryset
    scopes = scopes_of(queryset.model)
    allowed = Q(pk__in=[])
    for row in rows:
        condition = scopes.conditions[row.scope](actor)
        if not condition:
            return queryset  # an empty Q holds for everything, but `x | Q()` is x
        allowed |= condition
    return queryset.filter(allowed)


def granted(actor: Actor, permission: Permission, thing: Model | None) -> Row | None:
    """The first row that allows it, or None. Without a thing the role alone decides (pages without an object)."""
    for row in rows_of(actor, permission):
        if thing is None or row.scope in WITHOUT_OBJECT:
            return row
        model = type(thing)
        condition = scopes_of(model).conditions[row.scope](actor)
        if model._default_manager.filter(condition, pk=thing.pk).exists():
            return row
    return None


def may(actor: Actor, permission: Permission, thing: Model | None = None) -> bool:
    """Whether the actor may do this with this thing: exactly when `visible` would show it."""
    return granted(actor, permission, thing) is not None


def require(actor: Actor, permission: Permission, thing: Model | None = None) -> Row:
    """The row that allows it. NotVisible: for who asks the thing does not exist; NotAllowed: it does, but not this."""
    grant = granted(actor, permission, thing)
    if grant is not None:
        return grant
    if thing is None or may(actor, scopes_of(type(thing)).view, thing):
        raise NotAllowed(permission)
    raise NotVisible
