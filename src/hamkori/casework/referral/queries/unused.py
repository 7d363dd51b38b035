"""For which kinds of help the person said yes, and nobody was asked so far."""

from __future__ import annotations

from django.db.models import QuerySet

from hamkori.casework.case.models import Case
from hamkori.casework.consent.rules.consent import KINDS, live
from hamkori.casework.referral.models import ReferralOrigin
from hamkori.casework.referral.queries.refer import Prepared


def unused(known: Prepared) -> dict[str, tuple[str, ...]]:
    """Kind of recipient -> the purposes that have a yes which holds now; no kind to which anything was ever sent."""
    asked = set(_sent(known.case).values_list("referral__recipient_kind_code", flat=True))
    agreed = [key for key, row in known.rows.items() if live(row, known.at, known.age)]
    found = {kind: tuple(purpose for of, purpose in agreed if of == kind) for kind in KINDS if kind not in asked}
    return {kind: purposes for kind, purposes in found.items() if purposes}


def was_asked(case: Case, kind: str) -> bool:
    """Whether anything was ever sent to this kind of recipient."""
    return _sent(case).filter(referral__recipient_kind_code=kind).exists()


def _sent(case: Case) -> QuerySet[ReferralOrigin]:
    return ReferralOrigin.objects.filter(case=case).exclude(referral__sent_at=None)
