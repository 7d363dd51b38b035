"""Of what was sent: whether it is late, as the page of a case and the list of cases say it."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from hamkori.casework.case.queries.arrival_calls import is_gone
from hamkori.casework.case.rules.clocks import RESTING, late
from hamkori.casework.referral.models import ReferralClock, ReferralOrigin
from hamkori.casework.referral.queries.calls import heard_there, of_sender
from hamkori.definer import HkNow


def unmet() -> Exists:
    """Of a request's origin: the time when she was expected is over, nobody said whether she came, it does not rest.

    Or what was disputed is not answered in time, or nobody has asked the person how it was.
    """
    expected = Q(clock_code="arrival", referral__state_code="accepted")
    disputed = Q(clock_code="dispute", referral__state_code="disputed")
    unconfirmed = Q(clock_code="confirm", referral__state_code="finished")
    rests = Q(clock_code="arrival", referral__heard_code__in=RESTING, next_at__gt=HkNow())
    kinds_of = expected | disputed | unconfirmed
    clocks = ReferralClock.objects.filter(kinds_of, referral=OuterRef("referral_id"), due_at__lte=HkNow())
    return Exists(clocks.exclude(rests))


def overdue(pair: ReferralOrigin, at: datetime) -> bool:
    """A request of which `unmet` and the calls were asked is late: no answer, to a dispute too, no word of her coming,
    or the desk told a coordinator since that the person is not there.
    """
    one = pair.referral
    if one.state_code == "sent":
        return late(one.answer_due_at, at)
    return bool(pair.unmet) or is_gone(heard_there(one, of_sender(pair)))  # type: ignore[attr-defined]
