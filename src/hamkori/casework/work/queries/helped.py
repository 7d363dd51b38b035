"""Help that was given: it answers what the case said before, danger until it is said anew, else until it is written.

`my_counts` in walls/60_pages.sql asks the same for the rail.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import BooleanField, DateTimeField, Exists, ExpressionWrapper, OuterRef, Q, Subquery, When
from django.db.models import Case as Case_
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Greatest

from hamkori.casework.case.models import CaseAccess, CaseStep
from hamkori.casework.referral.models import ReferralOrigin
from hamkori.casework.referral.queries.stopped import waits_in_case
from hamkori.refusal import NotVisible

ENDED: Final = ("finished", "disputed", "confirmed")
PARTLY: Final = "partly"
GIVEN: Final = ("", "given", PARTLY)
"""Results that are help."""
ASKED: Final = ("sent", "accepted", "serving")
"""States of a referral in which somebody is asked for help or gives it."""


DANGER_SAID: Final = "danger_said"
"""The step of a case with which somebody says that there is danger, the first time or again."""
DANGER_TOLD: Final = "danger_told"
"""The step with which those who help were told of it."""
ANY: Final = Q()
UNTOLD: Final = "danger.untold"
"""The row that says so of those who were not."""


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
    said = Coalesce(_said_at(), "case__edited_at")
    helps = Q(referral__state_code__in=ASKED) | helped_since_said(said)
    asked = Exists(ReferralOrigin.objects.filter(helps, case=OuterRef("case_id")))
    return Q(case__has_danger=True, case__state_code__in=("draft", "open")) & ~asked & ~Q(waits_in_case())


def untold() -> Q:
    """Of a row of a case: somebody is in danger, and one who helps or is asked was asked before that was said.

    They know nothing of it until somebody calls them and says so here, of each of them. In a case from before the step
    of danger nobody knows which came first: there it is not said.
    """
    of_them = Q(organisation=None) | Q(organisation=OuterRef("referral__to_organisation_id"))
    told = CaseStep.objects.filter(of_them, case=OuterRef("case_id"), step_code=DANGER_TOLD, at__gte=_said_at())
    asked = ReferralOrigin.objects.filter(case=OuterRef("case_id"), referral__state_code__in=ASKED)
    danger = Q(case__has_danger=True, case__state_code="open")
    return Q(danger, Exists(asked.filter(~Exists(told), referral__sent_at__lt=_said_at())))


def is_untold(case: UUID) -> bool:
    """Whether one of them is still to be called, for whoever reads this case."""
    return CaseAccess.objects.filter(untold(), case=case).exists()


def asked_there(case: UUID, code: str) -> UUID:
    """Which organisation this referral of the case was written to. NotVisible: it is none of this case."""
    found = ReferralOrigin.objects.filter(case=case, referral__code=code).values_list("referral__to_organisation_id")
    for (organisation,) in found:
        return organisation
    raise NotVisible("referral")


def of_danger(asked: Q = ANY) -> dict[str, Any]:
    """Beside a row of a case: whether it is in need; since when those who help were not told, if they were not.

    `asked`: of which rows that is read.
    """
    since = Case_(When(asked & untold(), then=_said_at()), default=None, output_field=DateTimeField())
    return {"in_need": ExpressionWrapper(asked & in_need(), BooleanField()), "untold_since": since}


def row_of_danger(row: CaseAccess) -> tuple[str, datetime | None]:
    """What Today says of danger in a case that was read so, and since when; nothing where it is answered."""
    if row.in_need:  # type: ignore[attr-defined]
        return f"danger.{row.case.state_code}", row.case.begun_at
    since: datetime | None = row.untold_since  # type: ignore[attr-defined]
    return (UNTOLD, since) if since is not None else ("", None)


def _said_at() -> Subquery:
    steps = CaseStep.objects.filter(case=OuterRef("case_id"), step_code=DANGER_SAID).order_by("-at")
    return Subquery(steps.values("at")[:1])
