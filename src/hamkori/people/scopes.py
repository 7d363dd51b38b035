"""What the policy's scopes mean for bodies, members, accounts and the rows of the ledger."""

from __future__ import annotations

from django.db.models import Q

from hamkori.access.actor import Actor
from hamkori.access.policy import Scope
from hamkori.access.scope import Condition, register_scopes
from hamkori.audit.models import Ledger
from hamkori.people.models import Membership, Organisation, User

NOTHING = Q(pk__in=[])

BODY: dict[Scope, Condition] = {
    "own_desk": lambda actor: Q(pk=actor.organisation_id),
    "own_organisation": lambda actor: Q(pk=actor.organisation_id),
    "national": lambda actor: Q(),
    "public": lambda actor: Q(),
}

MEMBER: dict[Scope, Condition] = {
    "self": lambda actor: Q(pk=actor.membership_id),
    "own_organisation": lambda actor: Q(organisation=actor.organisation_id),
}

ACCOUNT: dict[Scope, Condition] = {"self": lambda actor: Q(pk=actor.user_id)}


def _everywhere(actor: Actor) -> Q:
    """Only an oversight body looks beyond itself."""
    return Q() if actor.compartment == "oversight" else NOTHING


LEDGER: dict[Scope, Condition] = {
    "own_organisation": lambda actor: Q(organisation_id=actor.organisation_id),
    "national": _everywhere,
}


def register() -> None:
    """Tells the access floor how its scopes read here; once, when the app is ready."""
    register_scopes(Organisation, BODY, kind="organisation", view="directory.view")
    register_scopes(Membership, MEMBER, kind="membership", view="colleague.view")
    register_scopes(User, ACCOUNT, kind="user", view="account.manage")
    register_scopes(Ledger, LEDGER, kind="ledger", view="ledger.read")
