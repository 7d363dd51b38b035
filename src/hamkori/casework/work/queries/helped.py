"""Help that was given, and after which nothing of the case was written: it answers what is said there.

`my_counts` in walls/60_pages.sql asks the same for the rail.
"""

from __future__ import annotations

from typing import Final

from django.db.models import Q
from django.db.models.functions import Greatest

ENDED: Final = ("finished", "disputed", "confirmed")
GIVEN: Final = ("", "given", "partly")
"""Results that are help."""


def helped_since_said() -> Q:
    """Of a referral's origin: it ended with help, and the case says nothing newer. Help that ended does not last."""
    said = Greatest("case__begun_at", "case__opened_at", "case__edited_at")
    return Q(referral__state_code__in=ENDED, referral__result_code__in=GIVEN, referral__finished_at__gte=said)
