"""Who else is asked in the same case for the same help, or has accepted, and what was said there on the telephone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.db.models import CharField, Exists, Func, OuterRef, Subquery, Value

from hamkori.casework.case.queries.coordination import Call
from hamkori.casework.referral.models import Referral, ReferralOrigin
from hamkori.casework.referral.queries.calls import Calls, counting, of_sender

if TYPE_CHECKING:
    from hamkori.casework.referral.queries.referrals import SenderPage


LIVE_ELSEWHERE: Final = ("sent", "accepted", "serving")
"""In which states another one may yet bring the help, or brings it."""


@dataclass(frozen=True)
class Other:
    """One of them, and the call about it that counts while its answer is awaited."""

    referral: Referral
    call: Call | None
    later: bool
    """It was sent after the one whose page is read."""

    @property
    def said_yes(self) -> bool:
        """They said yes on the telephone, and have not accepted yet."""
        return self.referral.state_code == "sent" and self.call is not None and self.call.answer == "said_yes"


def others() -> Exists:
    """Of a referral: whether another of the same case for the same group of help waits for an answer, was accepted, or
    helps.
    """
    mine = ReferralOrigin.objects.filter(referral=OuterRef(OuterRef("pk"))).values("case")[:1]
    there = ReferralOrigin.objects.filter(case=Subquery(mine), referral__state_code__in=LIVE_ELSEWHERE)
    there = there.alias(group=_group("referral__service_code")).filter(group=_group(OuterRef("service_code")))
    return Exists(there.exclude(referral=OuterRef("pk")))


def _group(code: str | OuterRef) -> Func:
    return Func(code, Value("-"), Value(1), function="split_part", output_field=CharField())


def same_help(page: SenderPage) -> list[Other]:
    """Those of the same group of help, the oldest first: while an answer is awaited here, or once it was accepted. One
    query, if there are any.
    """
    found, states = page.referral, {"sent": ("sent", "accepted"), "accepted": ("sent",)}
    if not getattr(found, "others", False) or found.state_code not in states:
        return []
    return _of_group(page, states[found.state_code])


def yes_elsewhere(page: SenderPage) -> Other | None:
    """Another of the same group of help, where they said yes on the telephone and have not accepted yet; the newest.
    None too where one has accepted: then the yes is not what the person relies on.
    """
    found = _of_group(page, ("sent", "accepted"))
    if any(one.referral.state_code == "accepted" for one in found):
        return None
    return next((one for one in reversed(found) if one.said_yes), None)


def heard_of(page: SenderPage) -> dict[UUID, Call]:
    """Of the others of the same group of help that wait for an answer: the call that counts. One query."""
    found = ((one.referral.pk, one.call) for one in _of_group(page, ("sent",)))
    return {key: call for key, call in found if call is not None}


def instead_of(page: SenderPage, *, lacks: bool) -> Other | None:
    """Of one that is over: the other of the same group of help that has the person, else that accepted, else that said
    yes on the telephone; the newest. One query, if there are any. `lacks`: a place is needed for tonight, and what was
    accepted is for a later day.
    """
    if not getattr(page.referral, "others", False):
        return None
    found = list(reversed(_of_group(page, LIVE_ELSEWHERE)))
    ranks = [
        [one for one in found if one.referral.state_code == "serving"],
        [one for one in found if one.referral.state_code == "accepted" and not lacks],
        [one for one in found if one.said_yes],
    ]
    return next((one for rank in ranks for one in rank), None)


def _of_group(page: SenderPage, states: tuple[str, ...]) -> list[Other]:
    found = page.referral
    group, _rest = found.service_code.split("-", 1)
    there = ReferralOrigin.objects.filter(
        case=page.case.pk,
        referral__state_code__in=states,
        referral__missed_at=None,
        referral__service_code__startswith=f"{group}-",
    ).exclude(referral=found.pk)
    read = there.annotate(calls=Calls("referral_id")).select_related("referral").order_by("referral__sent_at")
    return [Other(row.referral, counting(of_sender(row)), later=_is_later(row.referral, found)) for row in read]


def _is_later(one: Referral, than: Referral) -> bool:
    return one.sent_at is not None and than.sent_at is not None and one.sent_at > than.sent_at
