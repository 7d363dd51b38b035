"""What the policy's scopes mean for a case and for a referral: conditions that lean on no row security.

`live` is not ended and not suspended. Nothing here joins to many: every relation is an `Exists`.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import BooleanField, Exists, Func, OuterRef, Q

from hamkori.access.actor import Actor
from hamkori.access.context import HkNow
from hamkori.access.policy import Scope
from hamkori.access.scope import Condition, register_scopes
from hamkori.casework.case.models.case import Case, CaseAccess, Gap
from hamkori.casework.referral.models.referral import Referral, ReferralAccess, ReferralOrigin


def _mine(actor: Actor, kinds: Iterable[str], case: str) -> Exists:
    return Exists(
        CaseAccess.objects.filter(
            case=OuterRef(case),
            membership=actor.membership_id,
            kind_code__in=list(kinds),
            ended_at=None,
            suspended_at=None,
        )
    )


class LacksSupervisor(Func):
    """Whether she is on a case without a live supervisor. A definer: a member sees no access row but her own."""

    function = "case_lacks_supervisor"
    arity = 1
    output_field = BooleanField()


def _no_supervisor(case: str) -> Q:
    return Q(LacksSupervisor(case))


def _own_organisation(actor: Actor) -> Q:
    return Q(organisation=actor.organisation_id)


CASE: dict[Scope, Condition] = {
    "own_team": lambda actor: Q(_mine(actor, ("lead", "member"), "pk")),
    "lead": lambda actor: Q(_mine(actor, ("lead",), "pk")),
    "supervised": lambda actor: Q(_mine(actor, ("supervisor",), "pk")),
    "acting_supervisor": lambda actor: Q(_mine(actor, ("member",), "pk")) & _no_supervisor("pk"),
    "own_organisation": _own_organisation,
    # Writing a referral starts at its case: there the sender's team is the case's team.
    "sender_team": lambda actor: Q(_mine(actor, ("lead", "member"), "pk")),
}


def _origin(actor: Actor, kinds: Iterable[str]) -> Q:
    return Q(
        Exists(
            ReferralOrigin.objects.filter(_mine_q(actor, kinds), referral=OuterRef("pk")),
        )
    )


def _mine_q(actor: Actor, kinds: Iterable[str]) -> Q:
    return Q(_mine(actor, kinds, "case"))


def _acting_origin(actor: Actor) -> Q:
    return Q(
        Exists(
            ReferralOrigin.objects.filter(_mine_q(actor, ("member",)), _no_supervisor("case"), referral=OuterRef("pk"))
        )
    )


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
    "acting_supervisor": _acting_origin,
    "receiver_desk": _desk,
    "receiver_team": lambda actor: _received(actor, "worker"),
    "receiver_supervised": lambda actor: _received(actor, "supervisor"),
}


def register() -> None:
    """Tells the access floor how its scopes read here; once, when the app is ready."""
    register_scopes(Case, CASE, kind="case", view="case.view")
    register_scopes(Referral, REFERRAL, kind="referral", view="referral.view")
    register_scopes(
        Gap, {"own_organisation": _own_organisation, "national": lambda actor: Q()}, kind="gap", view="gap.view"
    )
