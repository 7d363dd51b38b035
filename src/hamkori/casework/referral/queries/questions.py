"""What desks asked in codes before they answered, and what they were told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import OuterRef, Subquery

from hamkori.casework.referral.models import ReferralQuestion
from hamkori.casework.referral.rules.card import CHILDREN_ASKED


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


def ages_said(referral: str) -> Subquery:
    """Beside a referral: what its sender answered last of the children who come along, as it is kept. `referral`: the
    way there.
    """
    asked = ReferralQuestion.objects.filter(referral=OuterRef(referral), question_code=CHILDREN_ASKED)
    return Subquery(asked.exclude(answer_code="").order_by("-asked_at").values("answer_code")[:1])
