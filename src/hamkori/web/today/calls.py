"""A call is said on Today itself: the answers beside a row, for the coordinator and for the sender's side."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.urls import reverse

from hamkori.casework.case.queries.coordination import UNREACHED
from hamkori.casework.case.queries.shown import Shown
from hamkori.casework.work.queries.due import Due
from hamkori.web.words import calls, lists
from hamkori.web.words.calling import coordinator_answers


def of_body(group: Sequence[Due]) -> dict[str, Any]:
    """The coordinator's: one call is one press for all that this organisation is called about. Nothing where no number
    is recorded; whoever was reached already is not asked about again.
    """
    about = [one.referral for one in group if one.referral and not one.spoken]
    if not about or not group[0].phone:
        return {}
    return {"url": reverse("coordination_call", args=[about[0]]), "also": about[1:], "answers": calls.answers()}


def of_sender(one: Due, referrals: Mapping[str, UUID]) -> dict[str, Any]:
    """The team's and the supervisor's, before a call about a desk that reads nothing in time: whom its row says
    to call was reached, or nobody. What comes after it stands on the page of the referral.
    """
    again = one.call is None or (one.supervised and one.call.answer in UNREACHED)  # who can ask no other calls again
    calls_it = one.unread and one.calls_now and again and not one.stopped
    if not calls_it or one.referral not in referrals:
        return {}
    shown = Shown(one.referral)
    shown.same("referral", referrals[one.referral])
    to_coordinator = one.alone or not one.phone
    desk = [(answer, lists.label("call_answer", answer)) for answer in ("reached", "not_reached")]
    return {
        "url": reverse("referral_call", args=[one.referral]),
        "page_of": shown.field,
        "answers": coordinator_answers() if to_coordinator else desk,
    }
