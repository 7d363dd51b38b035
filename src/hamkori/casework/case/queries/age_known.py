"""How the age that stands is known."""

from uuid import UUID

from django.db.models import Case, IntegerField, OuterRef, Subquery, Value, When

from hamkori.casework.case.models import CaseStep
from hamkori.casework.case.rules.age import KNOWN


def age_known_by(case: UUID) -> str:
    """How whoever confirmed it last knew it; '' where nobody has confirmed it."""
    steps = CaseStep.objects.filter(case=case, step_code="settle_age").order_by("-at")
    return steps.values_list("reason_code", flat=True).first() or ""


def known_by_beside(case: str) -> Subquery:
    """The same beside a row that names a case in this column. None: nobody has confirmed it."""
    steps = CaseStep.objects.filter(case=OuterRef(case), step_code="settle_age").order_by("-at")
    return Subquery(steps.values("reason_code")[:1])


def how_well(reason: str) -> Case:
    """Beside a row: how well an age is known by the reason that it reads under this name (`known_less`)."""
    whens = (When(**{reason: code}, then=Value(rank)) for code, rank in KNOWN.items())
    return Case(*whens, default=Value(0), output_field=IntegerField())
