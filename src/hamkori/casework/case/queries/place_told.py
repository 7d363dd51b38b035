"""Which organisations said yes on the telephone to a place for tonight, and who of them is to hear that nobody comes.

`case_places_told` in walls/59_place_told.sql says it, for the team and the supervisor of the case (ADR 0130), and that
such a place does not count any more, as `case_place_lost` does of many rows (ADR 0134).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import BooleanField, Case, Exists, Func, JSONField, OuterRef, Q, QuerySet, When

from hamkori import definer
from hamkori.casework.case.models import CaseStep

LATELY: Final = timedelta(hours=24)
"""The longest that it is named to call, since it was found or ceased to count: the database says the same."""
BY_TELEPHONE: Final = "organisation"
NOT_WANTED: Final = "not_wanted"
"""Why it is to hear that nobody comes: the team said that nobody goes there."""
NONE: Final[Mapping[UUID, str]] = {}


class PlacesTold(Func):
    """Beside a case: those organisations, the newest first."""

    function = "case_places_told"
    output_field = JSONField()
    arity = 1


class PlaceLost(Func):
    """Of a case: whether the place that was found so last does not count any more."""

    function = "case_place_lost"
    output_field = BooleanField()
    arity = 1


@dataclass(frozen=True)
class Lost:
    """Why a place does not count any more, a step of the database's, and since when."""

    why: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class PlaceTold:
    """One of them. `organisation` None: it is not listed. `off`: why it is to hear that nobody comes; '' where it is
    not. `sure`: nobody comes; otherwise the person may go there all the same.
    """

    organisation: UUID | None
    at: datetime
    since: datetime
    """When it was said last that it is needed: whoever heard of another one before that goes here all the same."""
    phone: str
    last: bool
    """No other place was found since."""
    told_at: datetime | None
    lost: Lost | None
    """Of the last: it does not count any more, and the person has no place by it."""
    off: str
    sure: bool
    unheard: bool = False
    """It would hear so because of a no that somebody else brought: it is kept until the person is asked (ADR 0190)."""
    unwanted: bool = False
    """The person wants it to get nothing."""
    name: str = ""
    slug: str = ""

    @property
    def may_be_asked(self) -> bool:
        """Whether it is asked first if theirs is still free, where nobody else has a place for the person."""
        return self.off != NOT_WANTED and not self.unwanted

    def is_over(self, *, no_to_all: bool) -> bool:
        """Whether nobody asks if the person got there: the place does not count, or they are to hear that nobody comes,
        or have heard it of who wants nothing from anyone.
        """
        return bool(self.lost or self.off or (self.told_at and no_to_all))


def places_told(said: Iterable[Mapping[str, Any]] | None) -> tuple[PlaceTold, ...]:
    """The same, of what was read with `PlacesTold`."""
    return tuple(
        PlaceTold(
            organisation=UUID(one["organisation"]) if one["organisation"] else None,
            at=datetime.fromisoformat(one["at"]),
            since=datetime.fromisoformat(one["since"]),
            phone=one["phone"],
            last=one["last"],
            told_at=datetime.fromisoformat(one["told_at"]) if one["told_at"] else None,
            lost=Lost(lost["why"], datetime.fromisoformat(lost["at"])) if (lost := one["lost"]) else None,
            off=one["off"],
            sure=one["sure"],
            unheard=bool(one["unheard"]),
            unwanted=one["unwanted"],
        )
        for one in said or ()
    )


def named(
    told: Iterable[PlaceTold], names: Mapping[UUID, str], slugs: Mapping[UUID, str] = NONE
) -> tuple[PlaceTold, ...]:
    """The same with the names of the organisations, and by what a form names them."""
    return tuple(
        replace(one, name=names.get(one.organisation, ""), slug=slugs.get(one.organisation, ""))
        if one.organisation is not None
        else one
        for one in told
    )


def beside_case(at: datetime) -> Case:
    """Of a row of a case: what is read with `places_told`, where a place was found so lately."""
    return Case(When(Exists(_found(at - LATELY)), then=PlacesTold("case_id")), default=None, output_field=JSONField())


def found_lately(at: datetime) -> Exists:
    """Of a row of a case: whether a place was found so within a day."""
    return Exists(_found(at))


def is_lost(at: datetime) -> Q:
    """Of a row of a case: whether the place that was found so last does not count any more. Asked of the database only
    where one was found within two days.
    """
    return Q(Exists(_found(at - LATELY))) & Q(PlaceLost("case_id"))


def beside_step() -> Case:
    """The same beside a step of the case with which a place was found."""
    found = When(step_code="place_found", reason_code=BY_TELEPHONE, then=PlacesTold("case_id"))
    return Case(found, default=None, output_field=JSONField())


def asked_now(case: UUID) -> tuple[PlaceTold, ...]:
    """The same of one case, asked now."""
    said = definer.value("case_places_told", case)
    return places_told(json.loads(said) if isinstance(said, str) else said)


def _found(at: datetime) -> QuerySet[CaseStep]:
    found = {"step_code": "place_found", "reason_code": BY_TELEPHONE, "at__gt": at - LATELY}
    return CaseStep.objects.filter(case=OuterRef("case_id"), **found)
