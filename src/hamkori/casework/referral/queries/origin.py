"""The sender's case of a request."""

from __future__ import annotations

from hamkori.access.actor import Actor
from hamkori.casework.case.models import Case
from hamkori.casework.case.queries.shown import meant
from hamkori.casework.referral.models import Referral, ReferralOrigin, ReferralOwnCase
from hamkori.refusal import NotVisible


def case_of(referral: Referral) -> Case:
    """The sender's case of a request. NotVisible for everybody but its team and supervisor."""
    origin = ReferralOrigin.objects.filter(referral=referral).select_related("case").first()
    if origin is None:
        raise NotVisible
    return origin.case


def came_by_referral(case: Case) -> bool:
    """Whether this is the own case of an organisation that was referred the person; one query."""
    return ReferralOwnCase.objects.filter(case=case).exists()


def case_behind(actor: Actor, found: Referral) -> Case:
    """The same for the page of a request. NotNow("page_of")."""
    case = case_of(found)
    meant(actor, "case", case.pk)
    return case
