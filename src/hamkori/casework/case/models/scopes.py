"""What the policy's scopes mean for a case: conditions that lean on no row security.

`live` is not ended and not suspended. Nothing here joins to many: every relation is an `Exists`.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import BooleanField, Exists, Func, OuterRef, Q

from hamkori.access.actor import Actor
from hamkori.access.policy import Scope
from hamkori.access.scope import Condition, register_scopes
from hamkori.casework.case.models import Case, CaseAccess, Gap


def mine(actor: Actor, kinds: Iterable[str], case: str) -> Exists:
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
    """Whether who asks is on a case without a live supervisor. A definer: a member sees no access row but their own."""

    function = "case_lacks_supervisor"
    arity = 1
    output_field = BooleanField()


def no_supervisor(case: str) -> Q:
    return Q(LacksSupervisor(case))


def _own_organisation(actor: Actor) -> Q:
    return Q(organisation=actor.organisation_id)


CASE: dict[Scope, Condition] = {
    "own_team": lambda actor: Q(mine(actor, ("lead", "member"), "pk")),
    "lead": lambda actor: Q(mine(actor, ("lead",), "pk")),
    "supervised": lambda actor: Q(mine(actor, ("supervisor",), "pk")),
    "acting_supervisor": lambda actor: Q(mine(actor, ("member",), "pk")) & no_supervisor("pk"),
    "own_organisation": _own_organisation,
    # Writing a referral starts at its case: there the sender's team is the case's team.
    "sender_team": lambda actor: Q(mine(actor, ("lead", "member"), "pk")),
}


def register() -> None:
    """Tells the access floor how its scopes read here; once, when the app is ready."""
    register_scopes(Case, CASE, kind="case", view="case.view")
    register_scopes(
        Gap, {"own_organisation": _own_organisation, "national": lambda actor: Q()}, kind="gap", view="gap.view"
    )
