"""Who slept at a place and left it without a word: to those who received them (ADR 0155, 0158).

Until the result is confirmed they read whether the sender's side knows by now that the person is safe, and where the
sender is called. `referral_known_safe` in walls/59_looked_for.sql decides it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Case, CharField, DateTimeField, Func, OuterRef, Q, Subquery, When

from hamkori import definer
from hamkori.casework.referral.models import Referral, ReferralOwnCase
from hamkori.casework.referral.queries.goes_on import PLACES
from hamkori.people.queries import phone_of

AWAITED = ("finished", "disputed")
"""States in which the result waits to be confirmed."""


class KnownSafe(Func):
    """Beside a referral: when it was known that the person is safe; None while it is not."""

    function = "referral_known_safe"
    output_field = DateTimeField()
    arity = 1


def known_safe(referral: UUID) -> datetime | None:
    """The same, asked now."""
    found: datetime | None = definer.value("referral_known_safe", referral)
    return found


def has_left(of: str = "", states: tuple[str, ...] = AWAITED) -> Q:
    """Of a referral, or of what has one under this name: the person slept there, and could not be reached."""
    named = {"result_code": "not_reached", "served_at__isnull": False, "service_code__in": PLACES}
    return Q(**{f"{of}{name}": value for name, value in named.items()}, **{f"{of}state_code__in": states})


def beside_receiver() -> dict[str, Any]:
    """Read beside the rows of those who receive: whether it is known, and of whom it is, by the own case."""
    own = ReferralOwnCase.objects.filter(referral=OuterRef("referral_id"))
    safe = When(has_left("referral__"), then=KnownSafe("referral_id"))
    said = {f"left_{name}": Subquery(own.values(f"case__{name}_code")[:1]) for name in ("sex", "age_band", "children")}
    return {"known_safe": Case(safe, default=None, output_field=DateTimeField()), **said}


def beside_own() -> dict[str, Any]:
    """Read beside an own case: whether its person has left so, when they were known to be safe, and the number of the
    sender's desk. Each beside the row and not joined to it.
    """
    of = Referral.objects.filter(pk=OuterRef("referral_id"))
    left = of.filter(has_left())
    return {
        "left_at": Subquery(left.values("finished_at")[:1]),
        "known_safe": Subquery(left.annotate(known=KnownSafe("pk")).values("known")[:1]),
        "sender_phone": Subquery(
            of.annotate(number=phone_of("from_organisation_id")).values("number")[:1], output_field=CharField()
        ),
    }
