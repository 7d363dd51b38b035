"""Which parts the person took back from a referral at work, and when: one line on the pages of both sides."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import DateTimeField, Exists, Func, OuterRef

from hamkori.casework.referral.models import Referral, ReferralNarrowed
from hamkori.casework.referral.rules.lifecycle import LIVE


def was_narrowed() -> Exists:
    """Whether there is anything to say of it: asked with the referral itself."""
    return Exists(ReferralNarrowed.objects.filter(referral=OuterRef("pk")))


def narrowed(found: Referral, shared: Collection[str], *, named: bool) -> tuple[tuple[str, datetime], ...]:
    """Section and time, the newest first, of what is not `shared` again. Of what has ended nothing is said.

    The name stands in two sections: `named`, once more, its papers that were taken back are no news.
    """
    if found.state_code not in LIVE or not getattr(found, "narrowed", True):
        return ()
    gone = [*shared, "identity"] if named else list(shared)
    rows = ReferralNarrowed.objects.filter(referral=found).exclude(section_code__in=gone).order_by("-at")
    return tuple(rows.values_list("section_code", "at"))


class NotCalled(Func):
    """Beside the key of a referral, for who helps there and for the team of their own case: since when they are not to
    call the person nor to write. It stays after the ending (`referral_not_called` in walls/59_not_called.sql).
    """

    function = "referral_not_called"
    output_field = DateTimeField(null=True)
    arity = 1


def not_called(of: Collection[UUID]) -> frozenset[UUID]:
    """Of these referrals those from which the person took back how to reach them, and did not have it sent again."""
    found = Referral.objects.filter(pk__in=of).annotate(quiet=NotCalled("pk"))
    return frozenset(found.filter(quiet__isnull=False).values_list("pk", flat=True))
