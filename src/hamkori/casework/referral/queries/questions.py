"""What desks asked in codes before they answered, and what they were told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hamkori.casework.referral.models import ReferralQuestion


@dataclass(frozen=True)
class Question:
    """A coded question and, when it came, its answer."""

    question_code: str
    answer_code: str
    asked_at: datetime
    answered_at: datetime | None


def questions_of(ids: Iterable[UUID]) -> dict[UUID, tuple[Question, ...]]:
    """Questions and answers of these requests, in the order in which they were asked."""
    found: dict[UUID, tuple[Question, ...]] = {}
    for row in ReferralQuestion.objects.filter(referral__in=list(ids)).order_by("asked_at"):
        one = Question(row.question_code, row.answer_code, row.asked_at, row.answered_at)
        found[row.referral_id] = (*found.get(row.referral_id, ()), one)
    return found
