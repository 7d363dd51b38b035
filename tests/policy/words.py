"""The oracle's words beside the product's: which permission answers for which act, and which record is which thing.

A room brings `rooms/<room>/words.py`, of which it may leave out what it does not need: PERMISSION, where an act is not
called like its permission; NOT_BUILT and NEVER; KINDS and EXACT, about which things an act is asked; `things` and
`accounts`, the records behind their names.
"""

from __future__ import annotations

from collections import ChainMap
from functools import cache
from typing import Any

from hamkori.access.permissions import NEXT, PERMISSIONS
from hamkori.people.models import Organisation
from tests.policy import oracle
from tests.policy.of_rooms import modules
from tests.policy.world import World


def _of_all(name: str) -> dict[str, Any]:
    """A table of all rooms. Two rooms that speak of one word are an error: the second would not be heard."""
    tables = [getattr(room, name, {}) for room in modules("words")]
    found = dict(ChainMap(*tables))
    assert len(found) == sum(map(len, tables)), f"two rooms have the same word in {name}"
    return found


PERMISSION: dict[str, str] = {name: name for name in PERMISSIONS} | _of_all("PERMISSION")
NOT_BUILT: dict[str, str] = _of_all("NOT_BUILT")
"""Act -> the design's name for it, denied until it is built."""
NEVER = frozenset().union(*(getattr(room, "NEVER", ()) for room in modules("words")))
"""Acts that no product of ours will have a word for."""
KINDS: dict[str, tuple[str, ...]] = _of_all("KINDS")
"""First word of a permission or of an act -> the kinds of things it is asked about."""
EXACT: dict[str, tuple[str, ...]] = _of_all("EXACT")


@cache
def acts() -> tuple[str, ...]:
    """Every act that the oracle names and the product has a word for, or will have."""
    return tuple(sorted(oracle.acts() - NEVER))


def unknown() -> set[str]:
    """Acts of the oracle that nobody can place."""
    return {act for act in oracle.acts() if act not in PERMISSION and NOT_BUILT.get(act) not in NEXT} - NEVER


def things(world: World) -> dict[str, Any]:
    """The records behind the oracle's things, but the accounts."""
    found: dict[str, Any] = {name: Organisation.objects.get(pk=pk) for name, pk in world.bodies.items()}
    for room in modules("words"):
        found |= room.things(world)
    return found


def accounts(world: World, who: str) -> dict[str, Any]:
    """What is called alike and is another for everybody who asks, as her own account."""
    found: dict[str, Any] = {}
    for room in modules("words"):
        found |= room.accounts(world, who) if hasattr(room, "accounts") else {}
    return found


@cache
def asked_about(act: str) -> tuple[str, ...]:
    """The things an act is asked about."""
    if act in EXACT:
        return EXACT[act]
    kinds = KINDS[act.split(".", maxsplit=1)[0]]
    return tuple(name for name in oracle.THINGS if name[0] in kinds and name[1:].isdigit())
