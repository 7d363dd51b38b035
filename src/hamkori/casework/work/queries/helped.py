"""Help that was given, and after which nothing of the case was written: it answers what is said there.

`my_counts` in walls/60_pages.sql asks the same for the rail.
"""

from __future__ import annotations

from typing import Final

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Greatest

from hamkori.casework.referral.models import ReferralOrigin
from hamkori.casework.referral.queries.stopped import waits_in_case

ENDED: Final = ("finished", "disputed", "confirmed")
GIVEN: Final = ("", "given", "partly")
"""Results that are help."""
ASKED: Final = ("sent", "accepted", "serving")
"""States of a referral in which somebody is asked for help or gives it."""


def helped_since_said() -> Q:
    """Of a referral's origin: it ended with help, and the case says nothing newer. Help that ended does not last."""
    said = Greatest("case__begun_at", "case__opened_at", "case__edited_at")
    return Q(referral__state_code__in=ENDED, referral__result_code__in=GIVEN, referral__finished_at__gte=said)


def in_need() -> Q:
    """Of a row of a case: somebody is in danger, and nobody is asked for help or gives it. The mark lies in the clear.

    Help that was given answers what was written of the case before: when danger was said is known no nearer.

    While a referral waits, or one that stopped is to be decided on, the row of that says what is to do.
    """
    helps = Q(referral__state_code__in=ASKED) | helped_since_said()
    asked = Exists(ReferralOrigin.objects.filter(helps, case=OuterRef("case_id")))
    return Q(case__has_danger=True, case__state_code__in=("draft", "open")) & ~asked & ~Q(waits_in_case())
