"""Somebody accepted an adult, and the person is a child since: whether they take children has nobody said.

The age was put right after they had agreed, and the directory does not say that they admit such a child. It is over
once they agree on another time, the person is there, or the referral ends. Of whom an adult was sent to and who has not
answered it is the same until they answer.
"""

from __future__ import annotations

import json
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.db.models import BooleanField, Case, Exists, Func, OuterRef, Subquery, Value, When

from hamkori.casework.case.rules.age import CHILD_BANDS
from hamkori.casework.referral.models import ReferralCard, ReferralStep
from hamkori.casework.referral.queries.calls import calls_now, no_since
from hamkori.casework.referral.queries.received import takes
from hamkori.casework.referral.rules.ages import former, said
from hamkori.casework.referral.rules.lifecycle import OTHER_AGE
from hamkori.directory.models import Service
from hamkori.vocabulary import codelist

if TYPE_CHECKING:
    from collections.abc import Callable

    from hamkori.casework.referral.models import Referral

    Doubt = Callable[[Referral, ReferralCard | None, tuple[str, ...] | list[str]], bool]


def doubted(found: Referral, card: ReferralCard | None, admits: tuple[str, ...] | list[str]) -> bool:
    """Whether its receiver accepted somebody else than a child, and says of no such child that it admits them. Also of
    whom they said that they came on a page from before the age was corrected.
    """
    if card is None:
        return False
    if found.state_code == "serving":
        if getattr(found, "came_as", "") != OTHER_AGE:
            return False
    elif found.state_code != "accepted" or found.missed_at is not None or found.heard_code == "came":
        return False
    since = found.agreed_at is not None and is_another(card, found.agreed_at)
    return since and card.age_band_code in CHILD_BANDS and not takes(admits, card.sex_code, card.age_band_code)


def read_another_age(referral: UUID, at: datetime | None) -> bool:
    """Whether a page of this moment said another age than the summary says now. None: nobody read one."""
    card = ReferralCard.objects.filter(referral=referral).first() if at is not None else None
    return card is not None and is_another(card, at)


def came_as(referral: UUID) -> str:
    """What is kept of the press that the person came; '' where the page said the age of now."""
    came = ReferralStep.objects.filter(referral=referral, step_code="serve").order_by("-at")
    return came.values_list("reason_code", flat=True).first() or ""


def is_another(card: ReferralCard, at: datetime | None) -> bool:
    """Whether it says another age than at that moment. What was corrected and put back is the same."""
    return said(former(card.former_ages), card.age_band_code, at) != card.age_band_code


def doubted_asked(found: Referral, card: ReferralCard | None, admits: tuple[str, ...] | list[str]) -> bool:
    """Whether an adult was sent and waits for an answer, the person is a child since, and they say of no such child
    that they admit them.
    """
    if card is None or found.state_code != "sent" or not is_another(card, found.sent_at):
        return False
    return card.age_band_code in CHILD_BANDS and not takes(admits, card.sex_code, card.age_band_code)


def doubted_now(found: Referral, of: Doubt = doubted) -> bool:
    """The same of a referral that was read whole. One query, and one more of who is being helped."""
    if found.state_code == "serving":
        found.came_as = came_as(found.pk)  # type: ignore[attr-defined]
    return of(found, ReferralCard.objects.filter(referral=found).first(), getattr(found, "admits", None) or ())


OF_CARD: Final = ("sex_code", "age_band_code", "corrected_at", "former_ages")


def to_call_now(found: Referral) -> bool:
    """Of one that was accepted: whether somebody has to call there: such a doubt, or a no on the telephone since."""
    return doubted_now(found) or no_since(found, calls_now(found.pk)) is not None


def beside_row() -> dict[str, Any]:
    """What a row of a referral's origin, or of who may see it, reads beside it without a query more."""
    card = ReferralCard.objects.filter(referral=OuterRef("referral_id"))
    service = Service.objects.filter(pk=OuterRef("referral__service_id"))
    came = ReferralStep.objects.filter(referral=OuterRef("referral_id"), step_code="serve").order_by("-at")
    return {
        "came_as": Subquery(came.values("reason_code")[:1]),
        **{f"card_{name}": Subquery(card.values(name)[:1]) for name in OF_CARD},
        "admits": Subquery(service.values("admission_codes")[:1]),
    }


def doubted_row(row: Any, of: Doubt = doubted) -> bool:
    """The same of such a row."""
    row.referral.came_as = row.came_as or ""
    card = {name: getattr(row, f"card_{name}") for name in OF_CARD}
    return of(row.referral, ReferralCard(**{**card, "former_ages": card["former_ages"] or []}), row.admits or ())


@cache
def groups_of_children() -> str:
    """Sex and age of a child -> the groups of the directory that are such a child, as the database reads it."""
    groups = codelist("admission_group").codes
    found = {
        f"{sex} {band}": [group for group in groups if takes([group], sex, band)]
        for sex in codelist("sex").codes
        for band in sorted(CHILD_BANDS)
    }
    return json.dumps(found)


class Doubted(Func):
    """Beside a referral's key: either of both holds, and no call since then reached anybody."""

    function = "referral_doubted"
    output_field = BooleanField()

    def __init__(self, key: str) -> None:
        super().__init__(key, Value(groups_of_children()))


def to_call() -> Case:
    """Of a referral's origin, asked of those alone whose age was put right."""
    corrected = ReferralCard.objects.filter(referral=OuterRef("referral_id"), corrected_at__isnull=False)
    still = When(
        Exists(corrected), referral__state_code__in=("sent", "accepted", "serving"), then=Doubted("referral_id")
    )
    return Case(still, default=Value(value=False), output_field=BooleanField())


def call_since() -> Subquery:
    """Of a referral's origin: what came of the last call since its age was put right."""
    card = ReferralCard.objects.filter(referral=OuterRef(OuterRef("referral_id"))).values("corrected_at")[:1]
    calls = ReferralStep.objects.filter(referral=OuterRef("referral_id"), step_code="call", undone_at=None)
    calls = calls.filter(at__gt=Subquery(card))
    return Subquery(calls.order_by("-at").values("reason_code")[:1])
