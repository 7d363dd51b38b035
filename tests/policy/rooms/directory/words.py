"""The oracle's words for the directory."""

from __future__ import annotations

from typing import Any

from hamkori.directory.models import Service
from tests.policy.world import World

SERVICES = ("services", "service-Panoh")
EXACT = {"service.edit": SERVICES, "directory.view": SERVICES, "directory.import": SERVICES}


def things(world: World) -> dict[str, Any]:
    """One service of the directory, and that of the receiving body."""
    return {
        "services": Service.objects.get(pk=world.services["Adolat"]),
        "service-Panoh": Service.objects.get(pk=world.services["Panoh"]),
    }
