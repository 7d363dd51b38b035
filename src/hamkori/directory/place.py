"""Where an organisation works, as its own services say it."""

from __future__ import annotations

from hamkori.access.actor import Actor
from hamkori.access.scope import visible
from hamkori.directory.models import Service
from hamkori.directory.rules.suit import REGION_OF


def own_district(actor: Actor) -> str:
    """The one district that the services of the actor's organisation name; '' where they name none, or several."""
    mine = Service.objects.filter(organisation=actor.organisation_id, is_active=True)
    named = visible(actor, "directory.view", mine).values_list("areas__area_code", flat=True)
    found = {code for code in named if code in REGION_OF}
    return str(found.pop()) if len(found) == 1 else ""
