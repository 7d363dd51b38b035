"""Hour and meeting point on the receiver's page: that they are written, what they say once opened, and their form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from hamkori.access.actor import Actor
from hamkori.casework.case.rules.clocks import NOW
from hamkori.casework.case.rules.sides import Side
from hamkori.casework.referral.actions.disclosure import open_meeting
from hamkori.casework.referral.queries.meeting import has_meeting, line_now, no_meeting, time_stands
from hamkori.casework.referral.queries.received import Received
from hamkori.web.kit import moments
from hamkori.web.received import forms, hours
from hamkori.web.words.received import agreed, agreed_day, agreed_time, came
from hamkori.web.words.referral import ARRANGED_READERS, MEETING_READERS, meeting_rows


def _expected(received: Received) -> bool:
    return not (received.missed or received.arrival_passed or came(received))


def rows(received: Received) -> list[tuple[str, object]]:
    """That nobody wrote when and where to meet, or who can open it; who can has it as a locked box."""
    name = _("Hour and meeting point")
    if no_meeting(received.referral) and _expected(received):
        return [(name, _("Not written. Call the sender."))]
    if has_meeting(received.referral) and Side.RECEIVER not in received.sides:
        return [(name, MEETING_READERS)]
    return []


def opened(actor: Actor, received: Received) -> dict[str, Any]:
    """What is written of it; nothing where it was locked before this reader was named. An hour stands once, beside its
    day.
    """
    line = open_meeting(actor, received.referral)
    rows = meeting_rows(line)
    if line.get("hour") and received.state == "accepted":
        theirs = None if received.referral.arrival_part_code == NOW else line_now(received.referral.pk)
        if theirs is None:
            rows[0] = (agreed_time(), agreed(received, line))
        else:  # with a day of its own, which need not be that of the answer
            when = {"when": moments.moment(theirs.at, received.at)}
            rows[0] = (_("Hour, as agreed by telephone (%(when)s)") % when, line["hour"])
            rows.insert(0, (agreed_time(), agreed_day(received)))
    return {"meeting_line": line, "meeting_rows": rows}


def arranged(received: Received, found: Mapping[str, Any]) -> dict[str, Any]:
    """While the answer is awaited: that the sender wrote hour and meeting point, agreed by telephone, and what was
    opened of it. `found`: what `opened` gave. Also that it was written anew since it was opened here, and that it is
    from before the age was corrected.
    """
    line = line_now(received.referral.pk) if has_meeting(received.referral) else None
    if line is None:
        return {}
    card = received.card
    aged = card is not None and card.age_at(line.at) != card.age_band_code
    return {
        "arranged": True,
        "line_at": line.at.isoformat(),
        "arranged_at": moments.moment(line.at, received.at),  # "tonight" is of the day on which it was written
        "arranged_readers": ARRANGED_READERS,
        "arranged_anew": line.changed_at is not None and "meeting_line" not in found,
        "arranged_aged": aged,
        **found,
    }


def shown(received: Received, tried: Mapping[str, Any], found: Mapping[str, Any]) -> dict[str, Any]:
    """The locked box, and the form: where nothing is written, and where it was opened, to put it right."""
    referral, typed = received.referral, tried.get("expect")
    if Side.RECEIVER not in received.sides or received.state != "accepted":
        return {}
    on, part = referral.arrival_on, referral.arrival_part_code
    shows: dict[str, Any] = {"meeting_locked": has_meeting(referral) and "meeting_line" not in found}
    if isinstance(typed, hours.HourForm):
        return {**shows, "hour_form": typed, "hour_tried": True, "expect_form": _fresh(received)}
    if on is None or received.paused or came(received) or not time_stands(referral, on, part, received.at):
        return shows
    if "meeting_line" in found or (
        no_meeting(referral) and typed is None
    ):  # what was typed stands under "Another time"
        line = found.get("meeting_line", {})
        shows["hour_form"] = hours.HourForm(stands=(on, part), initial=line, auto_id="hour_%s")
    return shows


def _fresh(received: Received) -> forms.ArrivalForm:
    return forms.ArrivalForm(today=timezone.localdate(received.at), auto_id="expect_%s")
