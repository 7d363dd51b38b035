"""A worker's own row at a request, as we vouched for it: asked as that of a case (case/machinery/own_row.py)."""

from __future__ import annotations

from uuid import UUID

from hamkori.access.actor import Actor
from hamkori.casework.case.machinery.own_row import believed, membership_of, user_of
from hamkori.casework.referral.models import ReferralAccess
from hamkori.vault import tags


def my_part(referral: UUID, membership: UUID | None) -> ReferralAccess | None:
    """The acting membership's own live row at a request, as one of the receiver's workers, as the database says it."""
    return ReferralAccess.objects.filter(
        referral=referral, membership=membership, kind_code="worker", ended_at=None
    ).first()


def at_request(actor: Actor, referral: UUID) -> ReferralAccess:
    """The actor's row as a worker at a request, believed. NotVisible: none. Untrusted: nobody let them in so."""
    user = user_of(actor)
    return believed(
        lambda: my_part(referral, actor.membership_id),
        lambda row: tags.part(row.pk, referral, membership_of(actor), user, row.sections),
    )
