"""Help that was given: it answers what the case said before, danger until it is said anew, else until it is written.

`my_counts` in walls/60_pages.sql asks the same for the rail.
"""

from __future__ import annotations

from typing import Final

from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Greatest

from hamkori.casework.case.models import CaseStep
from hamkori.casework.referral.models import ReferralOrigin
from hamkori.casework.referral.queries.stopped import waits_in_case

ENDED: Final = ("finished", "disputed", "confirmed")
PARTLY: Final = "partly"
GIVEN: Final = ("", "given", PARTLY)
"""Results that are help."""
ASKED: Final = ("sent", "accepted", "serving")
"""States of a referral in which somebody is asked for help or gives it."""


DANGER_SAID: Final = "danger_said"
"""The step of a case with which somebody says that there is danger, the first time or again."""


def helped_since_said(written: str | Combinable = "case__edited_at") -> Q:
    """Of a referral's origin: it ended with help, and the case says nothing newer. Help that ended does not last."""
    said = Greatest("case__begun_at", "case__opened_at", written)
    return Q(referral__state_code__in=ENDED, referral__result_code__in=GIVEN, referral__finished_at__gte=said)


def in_need() -> Q:
    """Of a row of a case: somebody is in danger, and nobody is asked for help or gives it. The mark lies in the clear.

    Help that was given answers danger that was said before. In a case from before the step of its own: before anything
    of it was written.

    While a referral waits, or one that stopped is to be decided on, the row of that says what is to do.
    """
    steps = CaseStep.objects.filter(case=OuterRef("case_id"), step_code=DANGER_SAID).order_by("-at")
    said = Coalesce(Subquery(steps.values("at")[:1]), "case__edited_at")
    helps = Q(referral__state_code__in=ASKED) | helped_since_said(said)
    asked = Exists(ReferralOrigin.objects.filter(helps, case=OuterRef("case_id")))
    return Q(case__has_danger=True, case__state_code__in=("draft", "open")) & ~asked & ~Q(waits_in_case())
