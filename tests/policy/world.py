"""The oracle's people and things: each room makes its own by calling actions, and each moment follows another.

A room brings `rooms/<room>/world.py` with `found(world)`, what is there at the moment `start`, and, where something of
it changes later, `HAPPENS`, by moment. Rooms that stand lower come first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction

from hamkori.access.actor import Actor
from hamkori.casework.case.models import Case
from hamkori.casework.referral.models import Referral
from hamkori.people.actions.welcome import Welcome
from hamkori.people.sign_in import acting_as
from hamkori.vault.bytes import OpenKey
from hamkori.vault.keyring import Keyring
from tests.policy.of_rooms import modules

PASSPHRASE = "seven quiet rivers run"
TODAY = datetime.now(UTC).date()
TOMORROW = TODAY + timedelta(days=1)

BEFORE = {
    "waiting": "start",
    "accepted": "waiting",
    "left": "accepted",
    "serving": "accepted",
    "finished": "serving",
    "withdrawn": "serving",
}
"""Each moment and the one that it follows."""


@dataclass
class World:
    """Who is who, and which record each thing is."""

    ring: Keyring
    bodies: dict[str, UUID] = field(default_factory=dict)
    services: dict[str, UUID] = field(default_factory=dict)
    people: dict[str, Welcome] = field(default_factory=dict)
    things: dict[str, UUID] = field(default_factory=dict)

    def membership(self, who: str) -> UUID:
        return self.people[who].membership_id

    def key(self, who: str) -> OpenKey:
        key = self.people[who].key
        assert key is not None
        return key

    @contextmanager
    def as_(self, who: str) -> Iterator[Actor]:
        """Acts as this person with an open vault, in a transaction of its own."""
        with transaction.atomic(), acting_as(self.ring, self.membership(who), self.key(who)) as actor:
            yield actor.doing(uuid4())

    def case(self, thing: str) -> Case:
        return Case.objects.get(pk=self.things[thing])

    def referral(self, thing: str) -> Referral:
        return Referral.objects.get(pk=self.things[thing])


def found(ring: Keyring) -> World:
    """The moment `start`."""
    world = World(ring)
    for room in modules("world"):
        room.found(world)
    return world


def _since_the_one_before(moment: str) -> Callable[[World], None]:
    def happens(world: World) -> None:
        for room in modules("world"):
            if moment in (happened := getattr(room, "HAPPENS", {})):
                happened[moment](world)

    return happens


STAGES = {moment: (before, _since_the_one_before(moment)) for moment, before in BEFORE.items()}
"""Each moment, the one that it follows, and what happens between them."""
