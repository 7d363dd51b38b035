"""Of a desk that said yes on the telephone: who was told, and has to hear of a no (ADR 0123); until when the referral
waits for it (ADR 0157, ADR 0163).
"""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hamkori.casework.case.queries.coordination import ENDS, NATIONAL_HERE, SENDER_HERE, YES_BEFORE
from hamkori.casework.case.rules.clocks import late
from hamkori.casework.referral.queries.calls import said_here, says_yes
from hamkori.casework.referral.queries.closed_there import expiry
from hamkori.casework.referral.queries.received import Received
from hamkori.web.kit import moments
from hamkori.web.received.wanted import phone
from hamkori.web.words import calling, coordinator, lists
from hamkori.web.words.calls import called, read_of

SAID: Final = {
    SENDER_HERE: gettext_lazy("The sender was told by telephone: yes (%(when)s). If you decline, call them too."),
    NATIONAL_HERE: gettext_lazy(
        "The coordinator was told by telephone: yes (%(when)s), and may have told the sender. If you decline, call "
        "both."
    ),
}
"""By whose call it was."""


def told_yes(received: Received) -> list[str]:
    """Of each of both who was told yes, and no "no" after it; then where they are called. Nothing where nobody was."""
    found: dict[str, str] = {}
    for one in said_here(received.referral):
        if one.answer == "said_no":
            break
        if one.answer in ("said_yes", YES_BEFORE) and one.side not in found:
            found[one.side] = str(SAID[one.side]) % {"when": moments.moment(one.at, received.at)}
    if not found:
        return []
    reached = [calling.the_sender(number)] if (number := phone(received)) or NATIONAL_HERE not in found else []
    return [*found.values(), *reached, *([coordinator.reached()] if NATIONAL_HERE in found else [])]


def until_when(received: Received) -> dict[str, str]:
    """Until when the referral waits for this desk: to write down the yes that it said on the telephone; or, where it
    said none, for an answer that is late.
    """
    found = received.referral
    yes = says_yes(said_here(found))
    ends = expiry([found.pk]).get(found.pk) if yes or late(found.answer_due_at, received.at) else None
    if ends is None:
        return {}
    when = {"when": moments.moment(ends, received.at)}
    if not yes:
        return {"expires": _("It expires %(when)s.") % when}
    said = _(
        "Because of this yes the referral waits for you until %(when)s. Accept or decline before: then it expires, and "
        "what was sent is deleted."
    )
    return {"waits_for_you": said % when}


def yes_since(received: Received, read_at: str) -> str:
    """That somebody there said yes on the telephone since the page was read, and that it stands; '' else."""
    read = read_of(read_at)
    last = next((one for one in said_here(received.referral) if one.answer in ENDS), None)
    if read is None or last is None or last.answer != "said_yes" or last.at <= read:
        return ""
    return lists.inside(called(last, received.at))
