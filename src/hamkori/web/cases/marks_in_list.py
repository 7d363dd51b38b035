"""The marks of a row of the list of cases: what the person lacks, then each open referral in a word."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from hamkori.casework.referral.rules.stopped import EMERGENCY
from hamkori.casework.work.queries.case_dots import Dot
from hamkori.casework.work.queries.case_list import Line
from hamkori.web.words import lists, red

GRAVEST = ("late", "wait")
TWO = 19
"""So many letters two marks may have together to stand beside one another in every language."""


def tags(line: Line, above: str) -> list[dict[str, Any]]:
    """What the person lacks, unless the next step says it; then open referrals in a word, alike counted."""
    lacks, found = _lacks(line, above), dict[tuple[str, str], int]()
    for one in line.referrals:
        if not (one.no_emergency and lacks and lacks[0][0] == str(red.NO_EMERGENCY)):
            key = (short(one), _tone(one))
            found[key] = found.get(key, 0) + 1
    if line.state == "draft":
        found = {(_("draft"), ""): 1}
    marks = [*((text, tone, 1) for text, tone in lacks), *((*key, n) for key, n in found.items())]
    return [
        {"text": text if n == 1 else f"{text} {n}", "tone": tone, "lacks": (text, tone) in lacks}
        for text, tone, n in marks
    ]


def _lacks(line: Line, above: str) -> list[tuple[str, str]]:
    """Emergency care, a place for tonight, a doctor: the gravest first. What stands `above` is not said again."""
    place = (str(red.NO_PLACE), str(red.NO_PLACE_YET), str(red.SAID_YES), str(red.STAYS), str(red.SLEEPS))
    bed = line.no_place or line.awaits_place or any(one.unplaced for one in line.referrals)
    emergency = [one for one in line.referrals if one.no_emergency]
    found = []
    if emergency and above != str(red.WITHOUT) % {"service": lists.label("service", EMERGENCY)}:
        found.append((str(red.NO_EMERGENCY), "late"))
    if bed and not above.startswith(place):
        found.append((_("No place"), "late"))
    if line.brought:
        found.append((str(red.HEARD_NO), "wait"))
    if line.ill and above != str(red.NO_DOCTOR):
        found.append((_("Needs a doctor"), "wait"))
    return found


def in_a_line(tags: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The marks that a row of one line has room for, what the person lacks and the gravest first, and those that it
    only counts.
    """
    tones = [*GRAVEST, "info", "done", ""]
    ordered = sorted(tags, key=lambda one: (not one["lacks"], min(tones.index(one["tone"]), len(GRAVEST))))
    room = 2 if len(ordered) == 2 and sum(len(one["text"]) for one in ordered) <= TWO else 1
    return ordered[:room], ordered[room:]


def short(one: Dot) -> str:
    """A referral in one or two words."""
    if one.stopped:
        return {
            "declined": _("declined"),
            "unaccepted": _("returned"),
            "lapsed": _("expired"),
            "missed": _("did not come"),
        }[one.stopped]
    if one.unread:
        return str(red.CALL_NOW)
    if one.late:
        return {"accepted": _("arrival late"), "finished": _("not confirmed")}.get(one.state, _("answer late"))
    if one.paused:
        return str(red.ASK_FIRST)
    return {
        "sent": _("waiting"),
        "accepted": _("accepted"),
        "serving": _("help under way"),
        "finished": _("finished"),
        "disputed": _("disputed"),
    }[one.state]


def _tone(one: Dot) -> str:
    if one.unread or one.late or one.stopped:
        return "late" if one.not_here or ((one.unread or one.late) and not one.stopped) else "wait"
    done = "wait" if one.paused else "done"
    return {"sent": "wait", "serving": "info", "accepted": done, "finished": "done"}.get(one.state, "wait")
