"""The oracle's words for the ledger."""

from __future__ import annotations

from typing import Any

from hamkori.audit.models import Ledger
from tests.policy.world import World

LEDGERS = ("ledger-Umed", "ledger-Pamir")
PERMISSION = {"ledger.view": "ledger.read"}
EXACT = {"ledger.read": LEDGERS, "ledger.view": LEDGERS}


def things(world: World) -> dict[str, Any]:
    """The first row of each body."""
    return {
        name: Ledger.objects.filter(organisation_id=world.bodies[name.removeprefix("ledger-")]).order_by("id").first()
        for name in LEDGERS
    }
