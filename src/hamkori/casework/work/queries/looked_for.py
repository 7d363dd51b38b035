"""Who is looked for: it was said that they did not arrive, and nobody has said since that they are safe (ADR 0133).

`case_looked_for` in walls/59_looked_for.sql decides it, for Today, the case, the list of cases and the rail alike.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db.models import Func, JSONField, Q, TextField, Value

from hamkori import definer
from hamkori.casework.case.models import CaseAccess, CaseStep
from hamkori.casework.case.queries.coordination import NATIONAL, TEAM, Call
from hamkori.casework.case.queries.place_told import PlaceTold
from hamkori.casework.referral.models import ReferralOrigin
from hamkori.casework.work.queries.no_place import PLACE
from hamkori.directory.rules.suit import kinds

AFTER_CLOSING: Final = timedelta(days=3)
"""The longest that somebody is looked for whose case was closed meanwhile."""
DID_NOT_GET_THERE: Final = "place_needed"
"""The step that says so of a place that was found; of a referral it is `miss` or `hear`."""
HERE: Final = "here"
"""In its place: an organisation says that the person is with them (ADR 0232)."""
UNREACHED: Final = "finish"
"""The step of a place where the person slept, whose result is that they could not be reached (ADR 0155)."""


@dataclass(frozen=True)
class Here:
    """An organisation that says, since when, that the person is with them, and where it is called."""

    to: UUID
    at: datetime
    phone: str


@dataclass(frozen=True)
class Helps(Here):
    """Another organisation that helps the person now, when it met them, where it is called, and its name."""

    body: str = ""


@dataclass(frozen=True, kw_only=True)
class Looked:
    """Since when, and how it was said; of which referral, if of one, with whom to call there."""

    at: datetime
    step: str
    referral: UUID | None
    code: str
    service: str
    to: UUID | None
    phone: str
    unwanted: bool
    """The person said since that this organisation must get nothing."""
    said_come: bool
    """The reader's team had said before that the person came."""
    call: Call | None
    """The last call of the reader's side about it. It says nothing of the person."""
    there: Call | None
    """What the desk that expected the person told a coordinator since, last. It ends nothing: the person is asked."""
    not_found_at: datetime | None
    """When somebody looked for the person in vain, last."""
    found_at: datetime | None
    """Of a place to which an organisation had said yes by telephone: when it was found."""
    result: str
    """Of who slept there: how help ended, as it is put right since."""
    result_at: datetime | None = None
    back_at: datetime | None = None
    """When it was put right; when those there said that the person is back with them, which ends nothing."""
    not_back_at: datetime | None = None
    doubted_at: datetime | None = None
    """When they said that this is not so; and when it was said before that the person is safe, which is open again."""
    meant: str = ""
    meant_at: datetime | None = None
    """Of a place that was found: whose that is, a code, and when it was found."""
    here: Here | None = None
    """Who says that the person is with them since before it was said that they did not get there (ADR 0232)."""
    place_at: datetime | None = None
    """When another place was found since, if it is one for tonight."""
    helps: Helps | None = None
    """Of other organisations that help the person now the one that met them last; nothing is told to it."""
    whose: str = ""
    place: str = ""
    """Whose that is, a code; of an organisation that is listed its name."""

    @property
    def word(self) -> str:
        """How it was said; HERE where an organisation says otherwise."""
        return HERE if self.here is not None else self.step

    @property
    def called(self) -> UUID | None:
        """Whom to call: who says that the person is with them, else who expected them."""
        return self.here.to if self.here is not None else self.to


class LookedFor(Func):
    """Beside a row of a case: what `looked_for` reads; nothing where nobody is looked for."""

    function = "case_looked_for"
    output_field = JSONField()

    def __init__(self, case: str = "case_id") -> None:
        super().__init__(case, Value(list(kinds([PLACE])), ArrayField(TextField())))


def looked_for(said: Mapping[str, Any] | None) -> Looked | None:
    """What the database said of one case."""
    if not said:
        return None
    times = ("not_found_at", "found_at", "result_at", "back_at", "not_back_at", "doubted_at", "meant_at")
    not_found, found, result_at, back, not_back, doubted, meant_at = (
        datetime.fromisoformat(said[one]) if said[one] else None for one in times
    )
    return Looked(
        at=datetime.fromisoformat(said["at"]),
        step=said["step"],
        referral=_id(said["referral"]),
        code=said["code"] or "",
        service=said["service"] or "",
        to=_id(said["to"]),
        phone=said["phone"] or "",
        unwanted=said["unwanted"],
        said_come=said["said_come"],
        call=_call(TEAM, said["call"]),
        there=_call(NATIONAL, said["there"]),
        not_found_at=not_found,
        found_at=found,
        result=said["result"] or "",
        result_at=result_at,
        back_at=back,
        not_back_at=not_back,
        doubted_at=doubted,
        meant=said["meant"] or "",
        meant_at=meant_at,
        here=_here(said["here"]),
        helps=_helps(said["helps"]),
    )


def word_of(said: Mapping[str, Any] | None) -> str:
    """How it was said, of what the database said of one case; '' where nobody is looked for."""
    return (HERE if said["here"] else str(said["step"])) if said else ""


def whom_to_call(gone: Looked, bodies: Mapping[UUID, str]) -> tuple[str, str]:
    """In a row of Today, who is called and where; of a place that was found who expected the person stands apart."""
    if gone.here is not None:
        return bodies.get(gone.here.to, ""), gone.here.phone
    if gone.referral is None:
        return "", ""
    return bodies.get(gone.to, "") if gone.to is not None else "", gone.phone


def looked_of(rows: Iterable[CaseAccess]) -> dict[UUID, Looked]:
    """Of rows that were read with `looked`: by their cases, those who are looked for."""
    found = {row.case_id: looked_for(row.looked) for row in rows}  # type: ignore[attr-defined]
    return {case: one for case, one in found.items() if one is not None}


def looked_by_name(rows: Iterable[CaseAccess], bodies: Mapping[UUID, str]) -> dict[UUID, Looked]:
    """The same with the name of who else helps each of them."""
    return {case: helper_named(one, bodies) for case, one in looked_of(rows).items()}


def helper_named(looked: Looked, bodies: Mapping[UUID, str]) -> Looked:
    """The same with the name of who else helps the person."""
    one = looked.helps
    return looked if one is None else replace(looked, helps=replace(one, body=bodies.get(one.to, "")))


def expected_by(looked: Looked, told: Iterable[PlaceTold], names: Mapping[UUID, str]) -> PlaceTold | None:
    """Who had said yes by telephone to the place where the person did not arrive, whatever was found since; None: that
    was no such place.
    """
    if looked.found_at is None:
        return None
    name = names.get(looked.to, "") if looked.to is not None else ""
    beyond = PlaceTold(
        organisation=looked.to,
        at=looked.found_at,
        since=looked.found_at,
        phone=looked.phone,
        last=False,
        told_at=None,
        lost=None,
        off="",
        sure=False,
        name=name,
    )
    found = next((one for one in told if one.at == looked.found_at), beyond)
    return replace(found, unwanted=looked.unwanted)


def of_it(pair: ReferralOrigin, looked: Mapping[UUID, Looked]) -> Looked | None:
    """That somebody is looked for who did not come to this one."""
    found = looked.get(pair.case_id)
    return found if found is not None and found.referral == pair.referral_id else None


def looked_now(case: UUID) -> Looked | None:
    """Of one case, asked now."""
    said = definer.value("case_looked_for", case, list(kinds([PLACE])))
    return looked_for(json.loads(said) if isinstance(said, str) else said)


@dataclass(frozen=True)
class Search:
    """What somebody said of who is looked for: that they are safe, or were looked for in vain."""

    reason: str
    at: datetime
    by: UUID | None


def searches(case: UUID, since: datetime) -> list[Search]:
    """All that was said so since then, the newest last."""
    said = CaseStep.objects.filter(case=case, step_code="looked_for", at__gte=since).order_by("at")
    return [Search(one.reason_code, one.at, one.membership_id) for one in said]


def with_closed(at: datetime) -> Q:
    """Of a row of a case: those that are not closed, and of the others the few in which somebody is still looked for.
    Asked of rows that are read with `looked`.
    """
    lately = Q(case__state_code="closed", case__closed_at__gt=at - AFTER_CLOSING, looked__isnull=False)
    return Q(case__state_code__in=("draft", "open")) | lately


def _here(said: Mapping[str, str] | None) -> Here | None:
    return Here(UUID(said["to"]), datetime.fromisoformat(said["at"]), said["phone"] or "") if said else None


def _helps(said: Mapping[str, str] | None) -> Helps | None:
    return Helps(UUID(said["to"]), datetime.fromisoformat(said["at"]), said["phone"] or "") if said else None


def _call(side: str, said: Mapping[str, str] | None) -> Call | None:
    return Call(side=side, answer=said["answer"], at=datetime.fromisoformat(said["at"])) if said else None


def _id(said: str | None) -> UUID | None:
    return UUID(said) if said else None
