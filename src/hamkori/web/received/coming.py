"""What the receiver's page says of the arrival, by the kind of help: what is asked, and what comes next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from hamkori.calendar.rules import Calendar
from hamkori.casework.case.rules.clocks import COMES_WITHIN, NOW, arrival_end
from hamkori.casework.case.rules.sides import Side
from hamkori.casework.consent.rules.packet import PLACE
from hamkori.casework.referral.queries.meeting import has_meeting, may_have_passed, no_meeting
from hamkori.casework.referral.queries.received import Received
from hamkori.casework.referral.rules.last_night import UNREACHED
from hamkori.web.kit import moments
from hamkori.web.received import wanted
from hamkori.web.received.hours import is_ahead
from hamkori.web.templatetags.kit import grouped
from hamkori.web.words import arrival, asked, calling, lists
from hamkori.web.words import received as words

if TYPE_CHECKING:
    from hamkori.web.received.forms import AcceptForm


def said(received: Received, line: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The sentences of this page, the words of the sender, and what comes next. `line`: what was opened of hour and
    meeting point.
    """
    found, at = received.referral, received.at
    ahead = hour_ahead(received, line)
    early = words.early(received) or (words.agreed_day(received) if ahead else "")
    confirms = _heard(received) and found.heard_code == "came" and "serve" in received.steps
    may_miss = received.arrival_passed or (may_have_passed(found, at) and not ahead)
    shut = ahead and not line

    def moment(when: Any) -> str:
        return moments.moment(when, at) if when is not None else ""

    return {
        "says": arrival.of(found.service_code),
        "which": _which(received),
        "early": early,
        "early_label": arrival.say("came" if shut else "came_early", found.service_code),
        "early_ask": arrival.say("early_ask", found.service_code, early=early),
        "missed_label": arrival.say("missed" if may_miss else "not_here", found.service_code),
        "may_miss": may_miss or confirms,
        "after_hour": may_miss and not received.arrival_passed,
        "missed_wait": arrival.say("missed_early", found.service_code)
        if early and not shut
        else _missed_wait(received, line, shut=shut),
        "missed_told": arrival.say("missed_told", found.service_code, missed=moment(found.missed_at)),
        "missed_until": arrival.say("missed_until", found.service_code, over=moment(received.due_at)),
        "sender_phone": calling.the_sender(wanted.phone(received)) if found.missed_at is not None else "",
        "confirms": confirms,
        "come_first": (first := confirms or _come_first(received, early)),
        # People come early: it can be said in the first screen, and the page does not ask it.
        "come_early": "serve" in received.steps and bool(early) and not (first or received.paused),
        "opens_next": received.state == "accepted" and bool(early),
        "heard": arrival.heard(found.heard_code, found.service_code) if _heard(received) else "",
        "comes_next": _comes_next(received),
    }


def _which(received: Received) -> str:
    """Beside the press, which of the persons who are expected it is: two may be of one sex and age."""
    found, card = received.referral, received.card
    who = asked.person(card.sex_code, card.age_band_code) if card is not None else _("The person")
    slots = {"who": who, "organisation": words.sender(found), "number": grouped(found.code)}
    if found.visible_at is None:
        return ""
    return _("%(who)s, sent %(when)s by %(organisation)s: %(number)s") % {
        **slots,
        "when": moments.moment(found.visible_at, received.at),
    }


def now_means(received: Received, form: AcceptForm) -> str:
    """Beside the buttons of the times: what "now" promises whoever goes to the person, where it is one of them. Where
    an hour is agreed by telephone that button has another name. A shelter's page has no line left on a telephone.
    """
    if (
        not arrival.goes(received.referral.service_code)
        or form.arranged
        or not any(part == NOW for _on, part in form.ahead)
    ):
        return ""
    hours, by = COMES_WITHIN // timedelta(hours=1), moments.clock_time(received.at + COMES_WITHIN)
    return arrival.say("now_means", received.referral.service_code, n=hours, by=by)


def where_to_meet(received: Received, missing: Iterable[str]) -> str:
    """Of whom they go to: that nobody has said where, and whom to ask. `missing`: the parts that were not given."""
    found = received.referral
    if not (arrival.goes(found.service_code) and no_meeting(found) and PLACE in missing):
        return ""
    return " ".join((_("Where to meet the person: not given."), calling.the_sender(wanted.phone(received))))


def ask_where_first(received: Received) -> str:
    """The same before anybody there has accepted: the summary has no region, and a place is sent to none of those who
    go to the person. '' where it was agreed by telephone already.
    """
    if not arrival.goes(received.referral.service_code) or has_meeting(received.referral):
        return ""
    said = _("Where to meet the person: not given. Ask the sender before you accept.")
    return f"{said} {calling.the_sender(wanted.phone(received))}"


def _come_first(received: Received, early: str) -> bool:
    """Whether it is what is asked next: the agreed part of the day has begun, and no miss was said."""
    open_now = "serve" in received.steps and not received.paused
    return open_now and not early and received.referral.missed_at is None


def hour_ahead(received: Received, line: Mapping[str, Any] | None) -> bool:
    """Whether, of "now", an hour is written that is not over; where nobody has it open here, as long as "now" lasts.
    Of a part of the day the hour lies in that part, and whoever reads it need not wait (ADR 0135). Not where the sender
    said that the person came, or once a miss was said.
    """
    found, at = received.referral, timezone.localtime(received.at)
    now = received.state == "accepted" and found.arrival_part_code == NOW and has_meeting(found)
    if not now or found.agreed_at is None or found.heard_code == "came" or found.missed_at is not None:
        return False
    agreed_at = timezone.localtime(found.agreed_at)
    if at >= agreed_at + COMES_WITHIN:
        return False
    ahead = is_ahead(line["hour"], agreed_at, at) if line and line.get("hour") else True
    return ahead is True  # in words: whoever has them open knows


def ends_early(received: Received, line: Mapping[str, Any] | None = None) -> str:
    """Of who is expected still: from when on help can end because they could not be reached, as "did not come" can be
    said; '' once it can (ADR 260). `line`: as in `said`.
    """
    found, at = received.referral, received.at
    awaited = received.state == "accepted" and found.missed_at is None
    if not awaited or received.arrival_passed or words.came(received):
        return ""
    result = lists.label("referral_result", UNREACHED)
    if hour_ahead(received, line):
        said = _("Open hour and meeting point: once that hour is over, “%(result)s” can be chosen here.")
        return " ".join((said % {"result": result}, _("Until then, call the sender.")))
    if may_have_passed(found, at) or received.due_at is None:
        return ""
    said = _("“%(result)s” can be chosen here once the agreed time is over (%(over)s).")
    over = moments.moment(received.due_at, at)
    return " ".join((said % {"result": result, "over": over}, _("Until then, call the sender.")))


def _missed_wait(received: Received, line: Mapping[str, Any] | None, *, shut: bool) -> str:
    """From when on it can be said that nobody came: from the hour that is written, or once our time is over. `shut`: of
    "now" the hour is opened first.
    """
    service = received.referral.service_code
    if shut:
        return arrival.say("missed_shut", service)
    if has_meeting(received.referral) and (not line or line.get("hour")):
        return arrival.say("missed_hour", service)
    over = moments.moment(received.due_at, received.at) if received.due_at is not None else ""
    return arrival.say("missed_wait", service, over=over)


def outcome(received: Received) -> str:
    """How it stands or ended, in a word."""
    found = received.referral
    return words.outcome(received.state, found.reason_code, found.service_code, missed=received.missed)


def _heard(received: Received) -> bool:
    """Whether the sender has said what it knows of the arrival, and it is asked of this reader still."""
    asked = received.state == "accepted" and received.referral.missed_at is None
    return asked and bool(received.sides & {Side.RECEIVER, Side.RECEIVER_SUPERVISOR})


def _comes_next(received: Received) -> list[tuple[str, object]]:
    """For the desk and the supervisor: who does what once it is accepted, and when nobody came."""
    found = received.referral
    on, part = found.arrival_on, found.arrival_part_code
    if Side.RECEIVER in received.sides or received.state != "accepted" or on is None or received.arrival_passed:
        return []  # those who were named have the same before them as buttons
    if has_meeting(found):
        if_not = arrival.say("next_if_not_then", found.service_code)
    else:
        wall = Calendar(timezone.get_current_timezone_name())
        ends = moments.moment(arrival_end(on, part, wall, found.agreed_at), received.at)
        if_not = arrival.say("next_if_not", found.service_code, time=ends)
    return [
        (_("Now"), _("Only those who were named can unlock what was shared. It is shown on their Today.")),
        (capfirst(words.agreed(received)), arrival.say("next", found.service_code)),
        (if_not, arrival.say("next_not", found.service_code)),
    ]
