"""Referrals that stopped without help, and of which nobody has decided yet what comes next.

What counts as decided: a later referral of the same case for help of the same group, of another kind of it only as
urgent as the first (a health check of next week is no emergency care, and such care is urgent whatever was chosen);
"nothing more to do"; a closed case; a case that was opened again since, for it was decided when it was closed, unless
that was a mistake (ADR 145). Help of another kind that a decline named is asked for besides: the first need stays
(ADR 109). `my_stopped` in walls/58_stopped.sql counts the same for the rail.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, F, Func, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact

from hamkori.access.worded import worded
from hamkori.casework.case.models import CaseStep
from hamkori.casework.case.rules.closing import BY_MISTAKE
from hamkori.casework.referral.models import Referral, ReferralOrigin, ReferralWord
from hamkori.casework.referral.rules.card import URGENT
from hamkori.casework.referral.rules.stopped import EMERGENCY, STOPPED, stop
from hamkori.refusal import ENDED

_NOT_COME: Final = Q(referral__missed_at__isnull=False) | Q(referral__heard_code="did_not_come")
_STOP: Final = Q(referral__state_code__in=STOPPED) | (Q(referral__state_code="accepted") & _NOT_COME)

STOPPED_AT: Final = Coalesce("referral__ended_at", "referral__missed_at", "referral__heard_at")
"""When it stopped: of its origin."""


def _is_urgent() -> Q:
    """Whether what stopped was urgent: emergency care is, whatever was chosen beside it."""
    return Q(Exact(OuterRef("referral__urgency_code"), URGENT)) | Q(
        Exact(OuterRef("referral__service_code"), EMERGENCY)
    )


def undecided(found: QuerySet[ReferralOrigin], *, settled: bool = False) -> QuerySet[ReferralOrigin]:
    """Of these, the referrals that stopped and wait for their sender; `settled`: those that would, and it was said that
    nothing more is to do.
    """
    said = Q(referral__sender__settled_at__gte=F("stopped_at"))
    asked = OuterRef("referral__service_code")
    later = ReferralOrigin.objects.annotate(group=group(F("referral__service_code"))).filter(
        Q(referral__service_code=asked)
        # Of another kind of the same group one that its sender took back again has asked nobody; where help had begun
        # the person's word ended it, and what comes next was decided.
        | (
            Q(group=group(asked))
            & ~Q(referral__state_code=ENDED, referral__served_at=None)
            & (Q(referral__urgency_code=URGENT) | ~_is_urgent())
        ),
        case=OuterRef("case_id"),
        referral__sent_at__gt=OuterRef("stopped_at"),
    )
    opened_since = CaseStep.objects.filter(
        case=OuterRef("case_id"), step_code="reopen", at__gte=OuterRef("stopped_at")
    ).exclude(reason_code=BY_MISTAKE)
    return (
        found.filter(_STOP, case__state_code="open")
        .annotate(stopped_at=STOPPED_AT)
        .filter(
            ~Exists(later),
            ~Exists(opened_since),
            ~Exists(ReferralWord.objects.filter(referral=OuterRef("referral_id"))),
            said if settled else Q(referral__sender__settled_at=None) | ~said,
        )
    )


def group(service_code: F | OuterRef) -> Func:
    """The group of a kind of help: what its code begins with."""
    return Func(service_code, Value("-"), Value(1), function="split_part", output_field=TextField())


def waits(of: str = "pk", *, settled: bool = False) -> Exists:
    """Of a referral's key: whether it stopped and waits for its sender, or would if it were put back."""
    return Exists(undecided(ReferralOrigin.objects.filter(referral=OuterRef(of)), settled=settled))


def waits_in_case(of: str = "case_id") -> Exists:
    """Of a case's key: whether one of its referrals stopped and waits."""
    return Exists(undecided(ReferralOrigin.objects.filter(case=OuterRef(of))))


def waiting(found: Referral) -> tuple[str, bool]:
    """How one referral stopped, if nobody has decided what comes next, else ''; and whether it would wait, but somebody
    said that nothing more is to do. Of one that did not stop nothing is asked.
    """
    how = stopped(found)
    still, settled = next(iter(_waits(found.pk) if how else ()), (False, False))
    return how if still else "", settled


@worded
def _waits(referral: UUID) -> QuerySet[Referral, tuple[Any, ...]]:
    return Referral.objects.filter(pk=referral).values_list(waits(), waits(settled=True))


@dataclass(frozen=True)
class Answered:
    """What a case has heard so far. `by`: organisation and help that came to nothing, and the last no that was said
    there, if any: when, and why; `asked`: of the same how the last one stopped, when that was, and why; of a person who
    did not come when it was sent; `named`: help named instead.
    """

    by: Mapping[tuple[UUID, str], tuple[datetime, str] | None]
    asked: Mapping[tuple[UUID, str], tuple[str, datetime, str]]
    named: frozenset[str]


def answered(sent: Iterable[Referral]) -> Answered:
    """Who is not to be offered first again for this person, and which help was suggested instead. `sent`: what was sent
    in the case, the newest last.
    """
    found = [one for one in sent if stopped(one)]
    return Answered(
        by={
            (one.to_organisation_id, one.service_code): (one.ended_at, one.reason_code)
            if one.state_code == "declined" and one.ended_at is not None
            else None
            for one in found
        },
        asked={
            (one.to_organisation_id, one.service_code): (how, one.ended_at, one.reason_code)
            if (how := stopped(one)) in STOPPED and one.ended_at is not None
            else (how, one.sent_at, "")
            for one in found
            if one.sent_at is not None
        },
        named=frozenset(one.suggested_service_code for one in found if one.suggested_service_code),
    )


def newest_since() -> dict[str, Subquery]:
    """Beside a row with `stopped_at`: other help that was asked for since, the newest: which, when, number, state."""
    rows = ReferralOrigin.objects.filter(case=OuterRef("case_id"), referral__sent_at__gt=OuterRef("stopped_at"))
    rows = rows.exclude(referral__state_code=ENDED).order_by("-referral__sent_at")
    return {
        "since_help": Subquery(rows.values("referral__service_code")[:1]),
        "since_at": Subquery(rows.values("referral__sent_at")[:1]),
        "since_code": Subquery(rows.values("referral__code")[:1]),
        "since_state": Subquery(rows.values("referral__state_code")[:1]),
    }


def stopped(one: Referral | Any) -> str:
    """How it stopped: a state of STOPPED, "missed", or ''. Says nothing of what was decided since."""
    found = stop(one)
    return found[0] if found is not None else ""
