"""For which kinds of help the person said yes, and nobody is asked; and what still counts as asked.

What our own side ended before anybody helped has asked nobody: the need that it was sent for stays. So has help of
which was said that it has ended, and that they were called: whoever ticks the need after that needs it again.
"""

from __future__ import annotations

from typing import Final

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from hamkori.casework.case.models import Case
from hamkori.casework.consent.rules.consent import KINDS, live
from hamkori.casework.referral.models import Referral, ReferralOrigin, ReferralStep
from hamkori.casework.referral.queries.refer import Prepared
from hamkori.casework.referral.queries.stopped import group
from hamkori.casework.referral.rules.stopped import TOLD_THEM
from hamkori.refusal import ENDED

CAME: Final = Q(referral__heard_code="came", referral__missed_at=None)
TAKEN_BACK: Final = Q(referral__state_code=ENDED, referral__served_at=None) & ~CAME
"""Of a referral's origin: cancelled, or ended by the person's word there, and nobody had come to them."""
NOT_RIGHT: Final = ("partly_content", "not_content")
"""What the person said of help that left something to be asked for."""
UNMET: Final = Q(referral__state_code="confirmed", referral__sender__her_view_code__in=NOT_RIGHT)
"""Of a referral's origin: it ended with such a word."""


def unused(known: Prepared) -> dict[str, tuple[str, ...]]:
    """Kind of recipient -> the purposes that have a yes which holds now; no kind that was asked."""
    kinds_asked = set(_sent(known.case).values_list("referral__recipient_kind_code", flat=True))
    agreed = [key for key, row in known.rows.items() if live(row, known.at, known.age)]
    found = {kind: tuple(purpose for of, purpose in agreed if of == kind) for kind in KINDS if kind not in kinds_asked}
    return {kind: purposes for kind, purposes in found.items() if purposes}


def was_asked(case: Case, kind: str) -> bool:
    """Whether something was sent to this kind of recipient that our side did not take back."""
    return _sent(case).filter(referral__recipient_kind_code=kind).exists()


def asked_since(case: Case, of: Referral) -> bool:
    """Whether somebody was asked for help of the same group after this referral had ended."""
    later = _sent(case).annotate(group=group(F("referral__service_code"))).filter(referral__sent_at__gte=of.ended_at)
    return later.filter(group=of.service_code.partition("-")[0]).exists()


def _sent(case: Case) -> QuerySet[ReferralOrigin]:
    return asked(ReferralOrigin.objects.filter(case=case))


def asked(found: QuerySet[ReferralOrigin]) -> QuerySet[ReferralOrigin]:
    """Of these what was sent, was not taken back before anybody helped, and of which nobody said that it has ended."""
    over = ReferralStep.objects.filter(
        referral=OuterRef("referral_id"),
        step_code="settle",
        reason_code=TOLD_THEM,
        at__gte=OuterRef("referral__sender__settled_at"),  # what was put back since is not said any more
    )
    return found.exclude(referral__sent_at=None).exclude(TAKEN_BACK).exclude(Exists(over))
