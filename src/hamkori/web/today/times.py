"""When a row of Today is due, came, or comes back, in words."""

from datetime import datetime
from typing import Final

from django.template import Context
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hamkori.casework.work.queries.due import Due
from hamkori.casework.work.queries.helped import UNTOLD
from hamkori.casework.work.rules.worklist import (
    ASKS_ON,
    GOES_ON,
    LEFT,
    NEEDS_ANEW,
    OTHER_AGE,
    SLEEPS_HERE,
    SLEEPS_ON,
    STILL,
    THERE,
    UNSENT,
)
from hamkori.web.kit import moments
from hamkori.web.templatetags.kit import due
from hamkori.web.today.buttons import goes_on
from hamkori.web.today.calls import again_from
from hamkori.web.words import referral

STARTED: Final = {
    **dict.fromkeys(("draft", "danger.draft", "danger.open", UNSENT), gettext_lazy("begun %(when)s")),
    **dict.fromkeys(("part", "part.unshared"), gettext_lazy("asked %(when)s")),
    **dict.fromkeys((STILL, SLEEPS_HERE, SLEEPS_ON, LEFT, OTHER_AGE, UNTOLD), gettext_lazy("said %(when)s")),
    NEEDS_ANEW: gettext_lazy("opened %(when)s"),
    **dict.fromkeys((GOES_ON, ASKS_ON, THERE), gettext_lazy("withdrawn %(when)s")),
}
"""Rows that say since when, and no time limit."""
STOPPED: Final = {
    "stopped.declined": gettext_lazy("declined %(when)s"),
    "stopped.unaccepted": gettext_lazy("returned %(when)s"),
    "stopped.lapsed": gettext_lazy("expired %(when)s"),
}
"""What happened then to what gave no help."""
COMES: Final = ("got.arrival", "sent.comes", "sent.doubt")


def of_call(one: Due, now: datetime) -> str:
    """Of what only a call helps: when the next one to the coordinator is due, where she was called already."""
    until = one.rests_until or again_from(one, now)
    return _("call again at %(time)s") % {"time": moments.clock_time(until)} if until is not None else ""


def when(one: Due, now: datetime) -> str | SafeString:
    if one.back_at is not None:
        return _("comes back %(when)s") % {"when": moments.moment(one.back_at, now)}
    if one.at is not None and goes_on(one, now):
        return _("result %(when)s") % {"when": moments.target(one.at, now)}  # the title says what goes on
    return _when_due(one, now)


def _when_due(one: Due, now: datetime) -> str | SafeString:
    if one.what == "consent" and one.at is not None:
        return _of_answers(one, moments.last_day(one.at, now), now)  # a day of hers, no target of ours
    if one.came_at is not None and not one.late:
        return _("said %(when)s") % {"when": moments.moment(one.came_at, now)}
    if one.what in STARTED and one.started_at is not None and not one.late:
        return str(STARTED[one.what]) % {"when": moments.moment(one.started_at, now)}
    if one.what in COMES and not one.late and one.on is not None:
        # The time that was agreed, and not our limit for saying what became of it.
        at = (one.on, one.part, one.agreed_at)
        # That the hour is written says the button by which it is read; no time of ours stands beside it.
        written = None if one.hour_written and one.to_tell else one.hour_written
        return referral.part_of_day(*at, now, written=written, opens=not one.supervised)
    if one.at is not None and (one.stopped or one.spoken or one.told_there):
        # Where somebody was reached today it is as late as before, and no longer in red.
        said = moments.moment(one.at, now) if one.stopped else moments.target(one.at, now)
        return str(STOPPED[one.what]) % {"when": said} if one.what in STOPPED else said
    return due(Context({"now": now}), at=one.at, start=one.started_at) if one.at is not None else _day(one, now)


def _of_answers(one: Due, day: str, now: datetime) -> str:
    """The day on which the answers end; of a child's that have ended already, the day on which they are asked again."""
    if one.asks_child and one.on is not None:
        return _day(one, now)
    return _("answers end %(day)s") % {"day": day} if one.asks_child else day


def when_owed(one: Due, now: datetime) -> str | SafeString:
    """Of the coordinator's rows until when an answer is awaited, when she calls again, or since when it is late."""
    if one.what == "national.unread" and one.at is not None and not one.reached:
        return format_html("<b>{}</b>", moments.answer_by(one.at, now))  # red is what is late
    if one.reached and one.quiet_until is not None:
        return _("call again at %(time)s") % {"time": moments.clock_time(one.quiet_until)}
    return when(one, now)


def call_again(one: Due, now: datetime) -> str:
    """Of the coordinator's rows that are not urgent: from which day on they call once more, after a call; else ''."""
    if one.quiet_until is None or one.reached:
        return ""
    day = moments.day(timezone.localdate(one.quiet_until), timezone.localdate(now))
    return _("without an answer call again %(day)s") % {"day": day}


def _day(one: Due, now: datetime) -> str:
    return moments.day(one.on, timezone.localdate(now)) if one.on is not None else ""


def tone(one: Due) -> str:
    """How its hour looks: late, soon, or so long that the line under the title stands beside it."""
    if one.late and not one.spoken:
        return "late"
    if one.stopped and not one.in_peace:
        return "soon"
    return "long" if one.hour_stands else ""
