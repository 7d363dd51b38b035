"""Who did not arrive, and of whom somebody has said since that they are safe: who said so, and when (ADR 0161)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import JSONObject
from django.utils import timezone

from hamkori.casework.case.models import CaseStep
from hamkori.casework.case.rules.lifecycle import IS_SAFE
from hamkori.casework.referral.rules.tonight import is_asked
from hamkori.casework.work.rules.whereabouts import NOT_BACK
from hamkori.people.queries import name_of

if TYPE_CHECKING:
    from hamkori.casework.work.queries.happened import Step

_SAYS: Final = Q(step_code="looked_for") | Q(step_code="place_needed", reason_code=IS_SAFE)


@dataclass(frozen=True, kw_only=True)
class Safe:
    """When it was said, and by whom: the name as it is kept; '' where that is not read."""

    at: datetime
    name: str


def beside_stopped() -> Subquery:
    """Beside a referral's origin with `stopped_at`: the newest word since then; `safe_of` reads it."""
    rows = CaseStep.objects.filter(_SAYS, case=OuterRef("case_id"), at__gte=OuterRef("stopped_at")).order_by("-at")
    said = JSONObject(reason="reason_code", at="at", name=name_of("membership_id"))
    return Subquery(rows.values(said=said)[:1])


def safe_of(said: Mapping[str, Any] | None) -> Safe | None:
    """What it says; None: nobody has said that the person is safe, or something else was said after it."""
    if not said or said["reason"] != IS_SAFE:
        return None
    return Safe(at=datetime.fromisoformat(said["at"]), name=said["name"] or "")


def is_safe(step: str, reason: str) -> bool:
    """Whether a step of a case says that the person is safe."""
    return reason == IS_SAFE and step in ("looked_for", "place_needed")


def last_word(steps: Iterable[Step]) -> Step | None:
    """Of what happened in a case, the newest first: that the person is safe, where nothing else of their arrival was
    said since, and it was not put back.
    """
    for one in steps:
        if is_safe(one.step, one.reason) and not one.referral:
            return one
        if one.step in ("miss", "serve", "place_found", "place_needed", "place_reached", "looked_for"):
            return None
        if (one.step, one.reason) == NOT_BACK:
            return None
        if one.step == "hear" and one.reason in ("came", "did_not_come"):
            return None
    return None


def may_put_back(case: UUID, at: datetime) -> bool:
    """Whether the newest word about somebody who did not arrive is that they are safe, and the noon after that night
    is not over: so long a slip has a way back, as of a place where the person stays.
    """
    last = CaseStep.objects.filter(case=case, step_code__in=("looked_for", "place_needed")).order_by("-at").first()
    return last is not None and is_safe(last.step_code, last.reason_code) and in_time(last.at, at)


def said_since(case: UUID) -> CaseStep | None:
    """What was said of the person last, where that is not that they are safe."""
    last = CaseStep.objects.filter(case=case, step_code__in=("looked_for", "place_needed")).order_by("-at").first()
    return None if last is None or is_safe(last.step_code, last.reason_code) else last


def in_time(said_at: datetime, at: datetime) -> bool:
    """Whether what was said then can still be put back."""
    return is_asked(timezone.localtime(said_at), timezone.localtime(at))
