"""What the policy's scopes mean for a referral: conditions that lean on no row security.

`live` is not ended and not suspended. Nothing here joins to many: every relation is an `Exists`.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q

from hamkori.access.actor import Actor
from hamkori.access.policy import Scope
from hamkori.access.scope import Condition, register_scopes
from hamkori.casework.case.models.scopes import mine, no_supervisor
from hamkori.casework.referral.models import Referral, ReferralAccess, ReferralOrigin
from hamkori.definer import HkNow


def _origin(actor: Actor, kinds: Iterable[str], *also: Q) -> Q:
    return Q(Exists(ReferralOrigin.objects.filter(mine(actor, kinds, "case"), *also, referral=OuterRef("pk"))))


def _received(actor: Actor, kind: str) -> Q:
    return Q(
        Exists(
            ReferralAccess.objects.filter(
                referral=OuterRef("pk"), membership=actor.membership_id, kind_code=kind, ended_at=None
            )
        )
    )


def _desk(actor: Actor) -> Q:
    if "desk_officer" not in actor.roles:
        return Q(pk__in=[])
    return Q(to_organisation=actor.organisation_id, visible_at__lte=HkNow()) & ~Q(state_code="draft")


REFERRAL: dict[Scope, Condition] = {
    "sender_team": lambda actor: _origin(actor, ("lead", "member")),
    "lead": lambda actor: _origin(actor, ("lead",)),
    "supervised": lambda actor: _origin(actor, ("supervisor",)),
    "acting_supervisor": lambda actor: _origin(actor, ("member",), no_supervisor("case")),
    "receiver_desk": _desk,
    "receiver_team": lambda actor: _received(actor, "worker"),
    "receiver_supervised": lambda actor: _received(actor, "supervisor"),
}


def register() -> None:
    """Tells the access floor how its scopes read here; once, when the app is ready."""
    register_scopes(Referral, REFERRAL, kind="referral", view="referral.view")
