"""A no by telephone of a place for tonight that was found there: it counts as a no to being asked (ADR 177)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from hamkori.casework.case.models import CaseStep
from hamkori.casework.case.rules.lifecycle import THEY_SAID_NO
from hamkori.directory.rules.suit import kinds


def beside_origin() -> ArraySubquery:
    """Beside the origin of a referral: who said no so in its case, and when, the newest last."""
    return ArraySubquery(_said(OuterRef("case_id")).values(one=JSONObject(body="whose", at="at")))


def noes_of(case: UUID) -> dict[tuple[UUID, str], datetime]:
    """The same of one case: organisation and each help that is a place -> its last no."""
    said = ((step.whose, step.at) for step in _said(case))  # type: ignore[attr-defined]
    return {(body, kind): at for body, at in said if body is not None for kind in kinds(["safe_place"])}


def no_of(read: list[dict[str, Any]] | None, body: str) -> datetime | None:
    """The last no of this organisation, of what was read with `beside_origin`."""
    last = next((one["at"] for one in reversed(read or []) if one["body"] == body), None)
    return datetime.fromisoformat(last) if last is not None else None


def _said(case: OuterRef | UUID) -> QuerySet[CaseStep]:
    found = CaseStep.objects.filter(case=OuterRef("case"), step_code="place_found", at__lt=OuterRef("at"))
    whose = Subquery(found.order_by("-at").values("organisation_id")[:1])
    no = CaseStep.objects.filter(case=case, step_code="place_needed", reason_code=THEY_SAID_NO)
    return no.annotate(whose=whose).order_by("at")
