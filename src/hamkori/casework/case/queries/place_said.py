"""What was said of a place for tonight in a case, by its steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from hamkori.casework.case.models import CaseStep
from hamkori.casework.case.queries.place_told import BY_TELEPHONE
from hamkori.casework.case.rules.lifecycle import DID_NOT_GET_THERE, OF_THE_BED, PLACE_STEPS
from hamkori.casework.case.rules.put_back import Word, first_found, slip_of, undone_of
from hamkori.casework.case.rules.still_there import asked_from

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from hamkori.casework.case.models import Case


def last_said(case: Case) -> str:
    """The step that was said last."""
    said = CaseStep.objects.filter(case=case, step_code__in=PLACE_STEPS).order_by("-at").first()
    return said.step_code if said is not None else ""


def last_found(case: Case) -> CaseStep | None:
    """The step that said that a place was found, where that was said last, and whose."""
    said = CaseStep.objects.filter(case=case, step_code__in=PLACE_STEPS).order_by("-at").first()
    return said if said is not None and said.step_code == "place_found" and said.reason_code else None


def recorded(case: Case) -> CaseStep | None:
    """The step that said which place was found, while nothing was said since but that the person is there, or goes to
    another one.
    """
    return _found_before(case, slip_of) or last_found(case)


def recorded_at(case: Case) -> datetime | None:
    """When that place was found: a slip that was put back moves no hour. None: none is recorded."""
    rows = CaseStep.objects.filter(case=case, step_code__in=PLACE_STEPS).order_by("at")
    words = [Word(*one) for one in rows.values_list("step_code", "reason_code", "organisation_id", "at")]
    said, off = recorded(case), CaseStep.objects.filter(case=case, step_code="call_off", reason_code="reached")
    return (
        first_found(words, off.values_list("organisation_id", "at")).get(said.at, said.at) if said is not None else None
    )


def is_promised(case: Case) -> bool:
    """Whether an organisation said yes by telephone to the place that is recorded: who called it off can be said."""
    said = recorded(case)
    return said is not None and said.reason_code == BY_TELEPHONE


def to_put_back(case: Case) -> CaseStep | None:
    """The step that said which place was found, where nothing was said since but, once, that the person is there, goes
    to another one, or that this one is none after all.
    """
    return _found_before(case, undone_of)


def _found_before(case: Case, before: Callable[[list[tuple[str, str]]], int | None]) -> CaseStep | None:
    """The same by one rule. None where whoever promised it was told since that nobody comes: they are asked anew."""
    said = [*CaseStep.objects.filter(case=case, step_code__in=PLACE_STEPS).order_by("-at")[:3]]
    number = before([(one.step_code, one.reason_code) for one in said])
    found = said[number] if number is not None and said[number].reason_code else None
    if found is None or (found.reason_code == BY_TELEPHONE and _is_called_off(case, found, said[0].at)):
        return None
    return found


def _is_called_off(case: Case, found: CaseStep, since: datetime) -> bool:
    told = CaseStep.objects.filter(case=case, step_code="call_off", reason_code="reached", at__gt=since)
    body = found.organisation_id
    return (told.filter(organisation=None) if body is None else told.filter(organisation_id=body)).exists()


def is_there_asked(case: Case, at: datetime) -> bool:
    """Whether it is asked if the person is at the place that was found, or still sleeps there."""
    said = CaseStep.objects.filter(case=case, step_code__in=PLACE_STEPS).order_by("-at").values_list("step_code", "at")
    (step, said_at), *before = [*said[:2]] or [("", at)]
    if step != "place_reached":
        return step == "place_found"
    again = [one for one, _at in before] == ["place_reached"]
    return at >= asked_from(timezone.localtime(said_at), again=again)


def may_have_missed(case: Case) -> bool:
    """Whether it may be said that the person did not get there: a place was found, and nothing was said since but that
    they are there.
    """
    last = _last_two(case)
    return last[:1] == ["place_found"] or last == ["place_reached", "place_found"]


def is_there_after_all(case: Case) -> bool:
    """Whether it was said last that the place which was found is none, or that they did not get there: whoever knows
    that they are there says so all the same.
    """
    return _last_two(case) == ["place_needed", "place_found"]


def _last_two(case: Case) -> list[str]:
    said = CaseStep.objects.filter(case=case, step_code__in=PLACE_STEPS).order_by("-at")
    return [*said.values_list("step_code", flat=True)[:2]]


def is_looked_for(case: Case) -> bool:
    """Whether it was said last of the person that they did not get there. A need that was ticked again says nothing."""
    said = CaseStep.objects.filter(case=case, step_code__in=PLACE_STEPS)
    last = said.exclude(step_code="place_needed", reason_code__in=OF_THE_BED).order_by("-at").first()
    return last is not None and (last.step_code, last.reason_code) == ("place_needed", DID_NOT_GET_THERE)
