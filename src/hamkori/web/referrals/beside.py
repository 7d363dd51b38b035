"""One call to the coordinator about all that they are called about for one person: it is recorded for each."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final
from uuid import uuid5

from django.utils.translation import ngettext

from hamkori.access.context import now
from hamkori.casework.case.queries.shown import Shown
from hamkori.casework.referral.actions import confirm
from hamkori.casework.referral.queries import referrals
from hamkori.casework.referral.queries.calls import of_sender
from hamkori.casework.referral.queries.origin import case_of
from hamkori.web.words.calls import meanwhile

if TYPE_CHECKING:
    from django.http import HttpRequest

    from hamkori.access.actor import Actor
    from hamkori.casework.referral.models import Referral

TO_COORDINATOR: Final = ("coordinator", "no_coordinator")


def called(request: HttpRequest, actor: Actor, first: Referral, answer: str) -> str:
    """Records it for those that stood in the row of the first, too, and says for how many; '' for it alone. Left out
    is what has been answered since, or of which something else was heard: its own row says so.
    """
    also, marks = request.POST.getlist("also"), request.POST.getlist("also_of")
    if answer not in TO_COORDINATOR or len(also) != len(marks) or actor.operation is None:
        return ""
    number = 1
    for code, mark in zip(also, marks, strict=True):
        # An act for each, so that each has its row in the record; of its page the row says which it is.
        acts = replace(actor.doing(uuid5(actor.operation, code)), shown=Shown(code, mark))
        one = referrals.referral(acts, code)
        heard = meanwhile(request.POST.get("read_at", ""), of_sender(one), answer, now())
        if one.state_code == "sent" and case_of(one).pk == case_of(first).pk and not heard:
            confirm.call(acts, one, answer=answer)
            number += 1
    return ngettext("Noted for %(n)d referral.", "Noted for %(n)d referrals.", number) % {"n": number} if also else ""
