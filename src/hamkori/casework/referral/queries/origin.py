"""The sender's case of a request."""

from __future__ import annotations

from django.db.models.expressions import Combinable

from hamkori.access.actor import Actor
from hamkori.casework.case.models import Case
from hamkori.casework.case.queries.shown import meant
from hamkori.casework.referral.models import Referral, ReferralOrigin, ReferralOwnCase
from hamkori.refusal import NotVisible


def case_of(referral: Referral) -> Case:
    """The sender's case of a request. NotVisible for everybody but its team and supervisor."""
    return origin_of(referral).case


def origin_of(referral: Referral, **beside: Combinable) -> ReferralOrigin:
    """The same with what is to be read beside it. NotVisible as above."""
    found = ReferralOrigin.objects.filter(referral=referral).annotate(**beside).select_related("case").first()
    if found is None:
        raise NotVisible
    found.referral = referral
    return found


def came_by_referral(case: Case) -> bool:
    """Whether this is the own case of an organisation that was referred the person; one query."""
    return ReferralOwnCase.objects.filter(case=case).exists()


def case_behind(actor: Actor, found: Referral) -> Case:
    """The same for the page of a request. NotNow("page_of")."""
    case = case_of(found)
    meant(actor, "case", case.pk)
    return case
