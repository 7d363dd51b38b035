"""The sender's case of a request."""

from __future__ import annotations

from hamkori.access.actor import Actor
from hamkori.casework.case.models import Case
from hamkori.casework.case.queries.shown import meant
from hamkori.casework.referral.models import Referral, ReferralOrigin
from hamkori.refusal import NotVisible


def case_behind(actor: Actor, found: Referral) -> Case:
    """The sender's case of a request. NotVisible for everybody but its team and supervisor; NotNow("page_of")."""
    origin = ReferralOrigin.objects.filter(referral=found).select_related("case").first()
    if origin is None:
        raise NotVisible
    meant(actor, "case", origin.case_id)
    return origin.case
