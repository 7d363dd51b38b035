"""Somebody needs a safe place for tonight, and no organisation has one for them yet: said within the last day.

`my_counts` in walls/60_pages.sql counts the same for the rail.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from hamkori.casework.referral.models import ReferralOrigin, ReferralStep
from hamkori.casework.referral.rules.card import URGENT
from hamkori.directory.rules.suit import kinds

PLACE: Final = "safe_place"
NOTHING: Final = "nothing_now"
SHELTER: Final = ("shelter_social", "help")
"""The question of consent on which such a place rests."""
LATELY: Final = timedelta(hours=24)
"""So long after it was said, or anything of the case was changed, tonight is still tonight."""
HELPED: Final = ("finished", "disputed", "confirmed")
GIVEN: Final = ("", "given", "partly")


def without_place(at: datetime) -> Q:
    """Of a row of access: whether its case says so, nobody has accepted, and no shelter is being waited for.

    A referral that waits has a row of its own where it is urgent or late.
    """
    after = at - LATELY
    lately = Q(case__begun_at__gt=after) | Q(case__opened_at__gt=after) | Q(case__edited_at__gt=after)
    asked = ReferralOrigin.objects.filter(case=OuterRef("case_id"), referral__service_code__in=kinds([PLACE]))
    has = asked.filter(
        Q(referral__state_code__in=("accepted", "serving"))
        | Q(referral__state_code__in=HELPED, referral__result_code__in=GIVEN)
        | Q(referral__state_code="sent", referral__urgency_code=URGENT)
        | Q(referral__state_code="sent", referral__answer_due_at__lte=at)
    )
    said = Q(case__state_code__in=("draft", "open"), case__need_tonight_codes__contains=[PLACE])
    return (said & lately | _taken_back(asked, after)) & Q(~Exists(has))


def _taken_back(asked: QuerySet[ReferralOrigin], after: datetime) -> Q:
    """A place that somebody had accepted ended by the person's word, whatever was said to be needed before.

    It ends when it is said afterwards that nothing is needed, as "A place was found" does.
    """
    word = ReferralStep.objects.filter(
        referral=OuterRef("referral_id"), step_code="withdraw", from_code__in=("accepted", "serving"), at__gt=after
    )
    answered = Q(case__need_tonight_codes__contains=[NOTHING], case__edited_at__isnull=False)
    stands = asked.filter(Q(Exists(word)), ~answered | Q(Exists(word.filter(at__gte=OuterRef("case__edited_at")))))
    return Q(case__state_code="open") & Q(Exists(stands))


def was_for_a_place(pair: ReferralOrigin) -> bool:
    """Whether this is what was asked for."""
    return pair.referral.service_code in kinds([PLACE])
