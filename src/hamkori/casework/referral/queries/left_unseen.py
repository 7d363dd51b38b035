"""Who slept at a place and left it without a word: to those who received them (ADR 0155, 0158, 0174).

They read whether the sender's side knows by now that the person is safe, and where the sender is called; also where
they put the result right and are looked for all the same, or it is confirmed and "safe" rests on a word of theirs.
`referral_left` in walls/59_looked_for.sql decides it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Case, CharField, Exists, Func, JSONField, OuterRef, Q, Subquery, UUIDField, When

from hamkori import definer
from hamkori.casework.referral.models import Referral, ReferralOwnCase, ReferralStep
from hamkori.casework.referral.queries.goes_on import PLACES
from hamkori.people.queries import phone_of

AFTER_HELP = ("finished", "disputed", "confirmed")
"""States in which somebody may have left so."""


@dataclass(frozen=True, kw_only=True)
class Gone:
    """Since when; whether the result was put right since, and they are looked for all the same; when it was known that
    the person is safe; when those here said that they are back, that they called the sender, reached nobody there, or
    have read that the person is safe. `aside`: the result is confirmed, and the page of the referral alone says it.
    """

    at: datetime
    corrected: bool
    safe: datetime | None
    back: datetime | None
    called: datetime | None
    tried: datetime | None
    read: datetime | None
    aside: bool


class Left(Func):
    """Beside a referral: what `gone` reads; None where nobody left so."""

    function = "referral_left"
    output_field = JSONField()
    arity = 1


def gone(said: Mapping[str, Any] | None) -> Gone | None:
    """What was read with it."""
    if not said:
        return None
    names = ("at", "safe", "back", "called", "tried", "read")
    at, safe, back, called, tried, read = (datetime.fromisoformat(said[name]) if said[name] else None for name in names)
    assert at is not None
    corrected, aside = said["corrected"], said["aside"]
    return Gone(at=at, corrected=corrected, safe=safe, back=back, called=called, tried=tried, read=read, aside=aside)


def gone_of(referral: UUID) -> Gone | None:
    """The same, asked now."""
    said = definer.value("referral_left", referral)
    return gone(json.loads(said) if isinstance(said, str) else said)


def safe_by_word(referral: UUID) -> datetime | None:
    """To the sender's side: since when those there say that the person is back, where "safe" rests on that alone."""
    said: datetime | None = definer.value("referral_safe_by_word", referral)
    return said


def may_have_left(of: str = "", states: tuple[str, ...] = AFTER_HELP) -> Q:
    """Of a referral, or of what has one under this name: the person slept there, and could not be reached; or the
    result was put right since. Once it is confirmed: or somebody said since that they are back.
    """
    named = {"served_at__isnull": False, "service_code__in": PLACES, "state_code__in": states}
    steps = ReferralStep.objects.filter(referral=OuterRef(f"{of}pk"))
    amended = Q(Exists(steps.filter(step_code="amend"))) & ~Q(**{f"{of}state_code": "confirmed"})
    told = Q(Exists(steps.filter(step_code="call_sender", reason_code__in=("is_back", "not_back"))))
    unreached = Q(**{f"{of}result_code": "not_reached"}) | amended | told
    return Q(**{f"{of}{name}": value for name, value in named.items()}) & unreached


def beside_receiver() -> dict[str, Any]:
    """Read beside the rows of those who receive: whether they left, and of whom it is, by the own case."""
    own = ReferralOwnCase.objects.filter(referral=OuterRef("referral_id"))
    left = When(may_have_left("referral__"), then=Left("referral_id"))
    said = {f"left_{name}": Subquery(own.values(f"case__{name}_code")[:1]) for name in ("sex", "age_band", "children")}
    return {"gone": Case(left, default=None, output_field=JSONField()), **said}


def beside_own() -> dict[str, Any]:
    """Read beside an own case: whether its person has left so, and who sent them, with the number of that desk. Each
    beside the row and not joined to it.
    """
    of = Referral.objects.filter(pk=OuterRef("referral_id"))
    left = of.filter(may_have_left()).annotate(gone=Left("pk"))
    return {
        "gone": Subquery(left.values("gone")[:1], output_field=JSONField()),
        "sender_id": Subquery(of.values("from_organisation_id")[:1], output_field=UUIDField()),
        "sender_phone": Subquery(
            of.annotate(number=phone_of("from_organisation_id")).values("number")[:1], output_field=CharField()
        ),
    }
