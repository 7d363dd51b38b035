"""What the oracle's organisations offer."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from hamkori.directory.models import Service
from tests.database import god
from tests.policy.rooms.people.world import BODIES
from tests.policy.world import World

SERVICES = {
    "Umed": ("COORD-01",),
    "Panoh": ("HOME-02",),
    "Adolat": ("LEGAL-01",),
    "Markaz": ("SAFE-01",),
    "Pamir": ("COORD-01",),
    "Navid": ("COORD-02",),
}


def found(world: World) -> None:
    """Each in the region of its body."""
    with transaction.atomic(), god():
        for body, codes in SERVICES.items():
            for code in codes:
                row = Service(
                    organisation_id=world.bodies[body],
                    service_code=code,
                    region_code=BODIES[body][2],
                    changed_at=timezone.now(),
                )
                row.save(force_insert=True)
                world.services[body] = row.pk
