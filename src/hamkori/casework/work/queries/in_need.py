"""Somebody is in danger, and nobody is asked for help or gives it.

`my_counts` in walls/60_pages.sql counts the same for the rail.
"""

from __future__ import annotations

from typing import Final

from django.db.models import Exists, OuterRef, Q

from hamkori.casework.referral.models import ReferralOrigin
from hamkori.casework.referral.queries.stopped import waits_in_case
from hamkori.casework.work.queries.helped import helped_since_said

ASKED: Final = ("sent", "accepted", "serving")
"""States of a referral in which somebody is asked for help or gives it."""


def in_need() -> Q:
    """Of a row of a case. The mark of the case lies in the clear.

    Help that was given answers what was written of the case before: when danger was said is known no nearer.

    While a referral waits, or one that stopped is to be decided on, the row of that says what is to do.
    """
    asked = ReferralOrigin.objects.filter(case=OuterRef("case_id"))
    asked = asked.filter(Q(referral__state_code__in=ASKED) | helped_since_said())
    return Q(case__has_danger=True, case__state_code__in=("draft", "open")) & ~Exists(asked) & ~Q(waits_in_case())
