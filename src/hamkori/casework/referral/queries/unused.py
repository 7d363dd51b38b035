"""For which kinds of help the person said yes, and nobody was asked so far."""

from __future__ import annotations

from hamkori.casework.consent.rules.consent import KINDS, live
from hamkori.casework.referral.models import ReferralOrigin
from hamkori.casework.referral.queries.refer import Prepared


def unused(known: Prepared) -> dict[str, tuple[str, ...]]:
    """Kind of recipient -> the purposes that have a yes which holds now; no kind to which anything was ever sent."""
    sent = ReferralOrigin.objects.filter(case=known.case).exclude(referral__sent_at=None)
    asked = set(sent.values_list("referral__recipient_kind_code", flat=True))
    agreed = [key for key, row in known.rows.items() if live(row, known.at, known.age)]
    found = {kind: tuple(purpose for of, purpose in agreed if of == kind) for kind in KINDS if kind not in asked}
    return {kind: purposes for kind, purposes in found.items() if purposes}
