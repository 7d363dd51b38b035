"""The database's one door for every step of every room.

Whoever calls it has asked the lifecycle first (`lifecycle.take`); the database asks again.
See docs/design/engine.md#one-door-for-every-step.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from hamkori import definer
from hamkori.lifecycle import Machine

Values = Mapping[str, Any]


def take(
    machine: Machine[Any], pk: UUID, step: str, version: int, values: Values, clocks: Iterable[Values] = ()
) -> None:
    """One step of anything. `clocks`: those that its row starts. The database says NotVisible, NotAllowed, NotNow."""
    definer.run("take", machine.name, pk, step, None, version, as_json(dict(values)), as_json(list(clocks)))


def tick(machine: Machine[Any], pk: UUID, step: str, values: Values) -> bool:
    """A step of the clock itself. False: the database says that it is not its turn, or somebody holds the thing."""
    return asked("tick", machine.name, pk, step, as_json(dict(values)))


def asked(name: str, *values: Any) -> bool:
    """What a definer of the clock answers, in a transaction of its own."""
    with transaction.atomic():
        return bool(definer.value(name, *values))


def as_json(value: object) -> str:
    """Values for a definer that takes jsonb; days, hours and ids as PostgreSQL reads them."""

    def plain(thing: object) -> str:
        if isinstance(thing, date | UUID):
            return thing.isoformat() if isinstance(thing, date) else str(thing)
        raise TypeError(type(thing).__name__)

    return json.dumps(value, default=plain)
