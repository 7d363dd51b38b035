"""What a message says after a call of the coordinator: what came of it, what it is worth, and whom to call next."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from hamkori.casework.case.queries import coordination
from hamkori.casework.case.queries.arrival_calls import AT_ARRIVAL, NOT_WITH_THEM
from hamkori.casework.case.queries.coordination import YES_BEFORE, LateOne, Overview
from hamkori.casework.case.queries.heard_before import better_before
from hamkori.casework.case.queries.put_back import PUT_BACK
from hamkori.casework.case.queries.untold import TAKEN_BACK, untold
from hamkori.web.coordination.passed_on import name_of
from hamkori.web.kit import emergency, moments
from hamkori.web.templatetags.kit import grouped
from hamkori.web.words import desk_phone, lists
from hamkori.web.words.calls import SAVED, both

CALLED: Final = {
    **SAVED,
    "said_no": gettext_lazy(
        "Saved: %(body)s said no by telephone. The sender reads it, and asks elsewhere. In Hamkori it is still open."
    ),
    "reached": gettext_lazy("Saved: %(body)s was reached. Without an answer it is red again tomorrow."),
    "not_reached": gettext_lazy("Saved: %(body)s was not reached. It stays where it was."),
    PUT_BACK: gettext_lazy("Put back: that call counts no more. The answer of %(body)s is still open."),
    "with_them": gettext_lazy(
        "Saved: %(body)s says that the person is with them. The sender reads it, and asks the person."
    ),
    "not_known": gettext_lazy(
        "Saved: %(body)s does not know yet whether the person is with them. The sender reads it."
    ),
    NOT_WITH_THEM: gettext_lazy("Saved: %(body)s says that the person is not with them. The sender reads it."),
    coordination.NO_SENDER: gettext_lazy("Saved: the sender was not reached. Call them again at %(time)s."),
    "sender": gettext_lazy("Saved: you called the sender. The answer of %(body)s is still open."),
}
"""Which organisation, what came of the call, and when it comes back."""
UNREACHED: Final = gettext_lazy(
    "Saved: %(body)s was not reached. Now call who sent it: %(senders)s. In danger: %(danger)s."
)
DECLINED: Final = gettext_lazy(
    "Saved: %(body)s said no by telephone. Now call who sent it: %(senders)s. In danger: %(danger)s."
)
"""The same of an urgent one where nobody was reached, or they said no: who else can act now."""
AGREED: Final = gettext_lazy("Saved: %(body)s said yes by telephone. Now tell who sent it: %(senders)s.")
"""The same of an urgent one where they said yes: its sender agrees the rest with them, and reads no call of hers."""
FOR_ANOTHER: Final = gettext_lazy(
    "Saved: %(body)s said yes by telephone, but the summary was changed: the yes does not count. Now tell who sent it,"
    " they ask anew: %(senders)s."
)
"""The same where that yes is void, since she is told of no age that was corrected."""
SLIPPED: Final = gettext_lazy("Put back: that call counts no more. Now call who sent it: %(senders)s.")
"""The same where a yes or a no was put back."""
GONE: Final = gettext_lazy(
    "Saved: %(body)s says that the person is not with them. Now call who sent it: %(senders)s. In danger: %(danger)s."
)
"""The same where somebody was expected: only the sender can look for them."""
SENDER_NEXT: Final = {
    YES_BEFORE: FOR_ANOTHER,
    "not_reached": UNREACHED,
    "said_no": DECLINED,
    "said_yes": AGREED,
    NOT_WITH_THEM: GONE,
    TAKEN_BACK: SLIPPED,
}
"""Answer -> what is said of it, where its sender is called next."""
KNOWN_SAFE: Final = gettext_lazy(
    "Saved: %(body)s says that the person is not with them. The sender said %(when)s that the person is safe: nobody is"
    " to be looked for."
)
"""Of the same where the sender knows where the person is."""
HEARD_SINCE: Final = gettext_lazy(
    "Saved. Somebody has said meanwhile in Hamkori whether the person came. If that is not what you heard: the"
    " sender now reads both."
)
"""What has left her list by a word in Hamkori, and was told by the desk all the same."""
URGENTLY: Final = gettext_lazy("Saved: %(body)s was reached. Without an answer you call again at %(time)s.")
"""The same of an urgent one: when its answer is due, or in an hour where that time is over already."""


def said_of(found: Overview, codes: list[str], answer: str, *, several: bool) -> str:
    """What came of a call about these numbers, whom it reached, about how many, and when the first comes back; and the
    better news that was recorded before. `several`: more were meant.
    """
    called_about = [(of.body, one) for of in found.owing for one in of.rows if one.code in codes]
    urgent = [one for _of, one in called_about if one.urgent]
    again = min((one.quiet_until for one in urgent if one.quiet_until is not None), default=None)
    bodies = [body for body, _one in called_about] + [one.body for one in found.expired if one.code in codes]
    if not bodies and answer in AT_ARRIVAL:
        return str(HEARD_SINCE)
    body = next(iter(bodies), None)
    name = name_of(body)
    senders = [_of_sender(one) for _of, one in called_about if one.sender is not None]
    slipped = answer == PUT_BACK and any(untold(one.calls, one.slip) == TAKEN_BACK for _of, one in called_about)
    answer = TAKEN_BACK if slipped else answer
    if senders and answer in SENDER_NEXT:
        values = {"body": name, "senders": lists.several(dict.fromkeys(senders))}
        void = answer == "said_yes" and is_void(found, codes)
        said = str(SENDER_NEXT[YES_BEFORE if void else answer]) % (values | {"danger": emergency.number("life")})
    else:
        answer = PUT_BACK if slipped else answer
        text = URGENTLY if again is not None and answer == "reached" else CALLED[answer]
        again = found.at + coordination.AGAIN if answer == coordination.NO_SENDER else again
        said = str(text) % {"body": name, "time": moments.clock_time(again) if again is not None else ""}
    if answer == NOT_WITH_THEM and (
        safe := next((call for _of, one in called_about if (call := coordination.known_safe(one.calls))), None)
    ):
        said = str(KNOWN_SAFE) % {"body": name, "when": moments.moment(safe.at, found.at)}
    before = next((call for _of, one in called_about if (call := better_before(one.calls))), None)
    beside = any(len(of.rows) > 1 for of in found.bodies for one in of.rows if one.code in codes)
    return " ".join(filter(None, (said, both(before, found.at), _about(codes, several=several, beside=beside))))


def _about(codes: list[str], *, several: bool, beside: bool) -> str:
    """About how many it was said; of one `beside` which others of that desk stand: about which."""
    if several or len(codes) > 1:
        return ngettext("Noted for %(n)d referral.", "Noted for %(n)d referrals.", len(codes)) % {"n": len(codes)}
    return _("Noted for %(number)s.") % {"number": grouped(codes[0])} if beside and codes else ""


def is_void(found: Overview, codes: list[str]) -> bool:
    """Whether what was said there last, about one of these, is a yes that does not count."""
    rows = (one for of in found.bodies for one in of.rows if one.code in codes)
    return any(one.calls and one.calls[0].answer == YES_BEFORE for one in rows)


def _of_sender(one: LateOne) -> str:
    """Who sent it, and where that desk can be called."""
    assert one.sender is not None
    return f"{one.sender.name(lists.language())}, {desk_phone.own(one.sender_phone) or desk_phone.short('')}"
