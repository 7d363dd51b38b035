"""How the age that stands is known."""

from uuid import UUID

from hamkori.casework.case.models import CaseStep


def age_known_by(case: UUID) -> str:
    """How whoever confirmed it last knew it; '' where nobody has confirmed it."""
    steps = CaseStep.objects.filter(case=case, step_code="settle_age").order_by("-at")
    return steps.values_list("reason_code", flat=True).first() or ""
