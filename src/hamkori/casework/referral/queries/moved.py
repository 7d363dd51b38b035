"""Somebody is expected somewhere and moved to another region since that was agreed: the meeting may not fit (ADR 0159).

It is over once the person was told again, another hour or meeting was agreed, or something is known of the arrival.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.db.models import BooleanField, Case, Exists, OuterRef, Q, Subquery, Value, When

from hamkori.casework.case.models import CaseStep
from hamkori.casework.referral.models import ReferralOrigin, ReferralStep
from hamkori.casework.referral.queries.meeting import is_awaited

if TYPE_CHECKING:
    from hamkori.casework.referral.models import Referral

AGREES: Final = Q(step_code__in=("accept", "arrange", "expect", "meet")) | Q(
    step_code="tell_person", reason_code="told"
)


def moved_since(state: str, referral: str) -> Case:
    """Beside a row with the name of its state and of its referral's key; of others than accepted nobody asks it."""
    # In no order: where the history cannot be read in its order, what the person wants ended still ends.
    agreed = ReferralStep.objects.filter(AGREES, referral=OuterRef(OuterRef(referral)))
    of_case = Subquery(ReferralOrigin.objects.filter(referral=OuterRef(OuterRef(referral))).values("case")[:1])
    since = Exists(agreed) & ~Exists(agreed.filter(at__gte=OuterRef("at")))
    steps = CaseStep.objects.filter(since, step_code="region_changed", case=of_case)
    moved = When(Exists(steps), **{state: "accepted"}, then=Value(value=True))
    return Case(moved, default=Value(value=False), output_field=BooleanField())


def has_moved(read: Any, referral: Referral) -> bool:
    """Of what was `read` with it as `moved`: whether that is to be said of this referral."""
    return bool(getattr(read, "moved", False)) and is_awaited(referral)
