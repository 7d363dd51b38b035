"""The sender's case of a request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import QuerySet

from hamkori.access.actor import Actor
from hamkori.access.worded import worded
from hamkori.casework.case.models import Case
from hamkori.casework.case.queries.shown import meant
from hamkori.casework.referral.models import Referral, ReferralOrigin, ReferralOwnCase
from hamkori.refusal import NotVisible

Reads = Callable[[datetime], Mapping[str, Any]]
"""What is to be read beside the origin of a referral at this time: a function of a module, so it is worded once."""


class Came(NamedTuple):
    """A request that an own case serves: its number, the kind of organisation, and what for."""

    code: str
    kind: str
    purpose: str


def case_of(referral: Referral) -> Case:
    """The sender's case of a request. NotVisible for everybody but its team and supervisor."""
    return _of(referral, _case(referral.pk)).case


def origin_of(referral: Referral, at: datetime, beside: Reads) -> ReferralOrigin:
    """The same with what is to be read beside it. NotVisible as above."""
    return _of(referral, _origin(referral.pk, at, beside=beside))


def nothing(_at: datetime) -> dict[str, Any]:
    """What a page reads beside it that reads nothing besides."""
    return {}


def _of(referral: Referral, found: list[ReferralOrigin]) -> ReferralOrigin:
    if not found:
        raise NotVisible
    found[0].referral = referral
    return found[0]


@worded
def _case(referral: UUID) -> QuerySet[ReferralOrigin]:
    return ReferralOrigin.objects.filter(referral=referral).select_related("case")


@worded
def _origin(referral: UUID, at: datetime, *, beside: Reads) -> QuerySet[ReferralOrigin]:
    return ReferralOrigin.objects.filter(referral=referral).annotate(**beside(at)).select_related("case")


def came_by_referral(case: Case) -> bool:
    """Whether this is the own case of an organisation that was referred the person; one query."""
    return ReferralOwnCase.objects.filter(case=case).exists()


def came_from(case: Case) -> tuple[Came, ...]:
    """The accepted requests that this own case serves, and what each was asked for; one query."""
    rows = ReferralOwnCase.objects.filter(case=case).select_related("referral")
    of = [row.referral for row in rows]
    return tuple(sorted(Came(one.code, one.recipient_kind_code, one.purpose_code) for one in of))


def case_behind(actor: Actor, found: Referral) -> Case:
    """The same for the page of a request. NotNow("page_of")."""
    case = case_of(found)
    meant(actor, "case", case.pk)
    return case
