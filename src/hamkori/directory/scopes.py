"""How the policy's scopes read on services."""

from django.db.models import Exists, Q

from hamkori.access.actor import Actor
from hamkori.access.scope import register_scopes
from hamkori.directory.models import Service
from hamkori.people.models import RoleHeld


def _own_desk(actor: Actor) -> Q:
    if actor.membership_id is None or actor.organisation_id is None:
        return Q(pk__in=[])
    on_desk = RoleHeld.objects.filter(
        membership_id=actor.membership_id,
        membership__organisation_id=actor.organisation_id,
        membership__ended_at=None,
        membership__suspended_at=None,
        role_code="desk_officer",
        ended_at=None,
    )
    return Q(organisation_id=actor.organisation_id) & Q(Exists(on_desk))


def register() -> None:
    """Once, when the app is ready."""
    register_scopes(
        Service,
        {"public": lambda actor: Q(), "own_desk": _own_desk},
        kind="service",
        view="directory.view",
    )
