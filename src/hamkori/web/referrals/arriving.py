"""What the sender's page says of an arrival: when it was agreed, what was said of it, and what may be said now."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hamkori.casework.case.queries.arrival_calls import is_gone
from hamkori.casework.case.rules import clocks
from hamkori.casework.case.rules.clocks import part_of
from hamkori.casework.case.rules.sides import Side
from hamkori.casework.referral.queries import referrals as queries
from hamkori.casework.referral.queries.calls import heard_there, no_since, unsettled
from hamkori.casework.referral.queries.hearing import would_ask
from hamkori.casework.referral.queries.meeting import has_meeting, no_meeting
from hamkori.casework.referral.queries.referrals import SenderPage
from hamkori.casework.referral.rules.card import in_hurry
from hamkori.casework.referral.rules.stopped import MISSED
from hamkori.web.kit import moments
from hamkori.web.kit.meeting import hour_and_minutes
from hamkori.web.referrals import still_asked
from hamkori.web.referrals.told_person import telling
from hamkori.web.words import arrival, lists, missing
from hamkori.web.words import referral as words
from hamkori.web.words.received import dotted
from hamkori.web.words.ways import HOUR, REACH

if TYPE_CHECKING:
    from hamkori.casework.referral.models import Referral

AFTERWARDS = {
    "came": gettext_lazy("The organisation is asked to confirm it."),
    "did_not_come": gettext_lazy(
        "The organisation, your team and your supervisor are told now. You can ask another organisation at once."
    ),
    "unasked": gettext_lazy("The organisation, your team and your supervisor are told now. Ask the person first."),
    "above": gettext_lazy("The organisation and the team are told now. Find out whether the person is safe first."),
    "called": gettext_lazy("The call is noted. This comes back %(when)s."),
}
"""What each answer about the arrival does; of "did not come" `unasked`: where no consent is valid now; `above`: to who
supervises.
"""


def hearing(page: SenderPage, may: frozenset[str]) -> dict[str, Any]:
    """Whether an arrival asks the sender something, what was said of it, and when it is asked next; and who is still
    asked for the same help, until the person is late.
    """
    found = page.referral
    late = page.clock is not None and page.clock[0] == "arrival" and clocks.late(page.clock[2], page.at)
    early = not late
    heard = found.heard_code if queries.read_state(found) == "accepted" and found.missed_at is None else ""
    there = heard_there(found, page.calls)
    desk_said, desk_then = missing.heard(unsettled(found, page.calls), page.at)
    rests = clocks.rests(heard, page.next_at, page.at) and not is_gone(there)
    stands = heard == "did_not_come" and page.waits == MISSED  # the box about that says what comes next
    said = answers(page, early) if "hear" in may else []
    if (rests and heard in ("came", "did_not_come")) or stands:
        said = [one for one in said if one[0] != heard]  # what stands is not offered as its own correction
    by = next((one.name for one in reversed(page.taken) if one.step == "hear"), "") or _("Your team")
    again = moments.reminder(page.next_at, page.at) if rests and page.next_at else ""
    over, no = late or found.missed_at is not None, no_since(found, page.calls)
    # The red box, to which rows of Today lead: a warning about what may be said stands in it, not above it.
    asks = late and not (stands or (rests and heard in ("came", "did_not_come")))
    told = telling(page, early=early)
    known = bool(told.get("person_told"))
    if no is not None:  # nobody there waits: that the person was told still stands, and is offered no more
        told = {**told, "may_tell": False} if known else {}
    silent = not (known or no or found.heard_code or found.missed_at or page.open_question)
    return {
        "may_hear": "hear" in may,
        "read_at": page.at.isoformat(),
        # It says for when they were agreed; where nothing more is written, once.
        "arrival_said": "hear" in may and asks and no_meeting(found),
        "ask_only": arrival.say("ask_only", found.service_code),
        "say_title": arrival.say("say" if len(said) > 1 else "say_early", found.service_code),
        "says": arrival.of(found.service_code),
        "asked_there": dotted([lists.label("service", found.service_code), _to(found)]),
        "arrival_title": arrival.say("when_over" if over else "when", found.service_code),
        **_sentences(page, by, again),
        "desk_said": desk_said,
        "desk_then": desk_then,
        "hear_early": early,
        # Until something is said of the arrival, the page is for telling the person when and where.
        "tells_time": early and page.live and silent,
        **told,
        "hear_asks": asks,
        "late_since": capfirst(moments.target(page.clock[2], page.at)) if asks and page.clock is not None else "",
        "still_asked": still_asked.rows(page, may) if early else (),
        "answers": said,
        "heard": arrival.heard(heard, found.service_code),
        "heard_code": heard,
        "heard_stands": stands,
        "heard_at": found.heard_at,
        "heard_by": by,
        "asks_next": again,
        "came_waits": heard == "came" and bool(again) and not page.live,
    }


def _to(found: Referral) -> str:
    return queries.body_name(found.to_organisation, found.to_organisation_id, lists.language())


def _hurries(page: SenderPage) -> bool:
    return in_hurry(page.referral.urgency_code, page.card.risk_code, page.card.age_band_code)


def _sentences(page: SenderPage, by: str, again: str) -> dict[str, str]:
    """Those into which something is put. `by`: who spoke of it last; `again`: when it is asked next."""
    found, service = page.referral, page.referral.service_code
    said_at = moments.moment(found.heard_at, page.at) if found.heard_at is not None else ""
    return {
        "said_came": arrival.say("said_came", service, by=by, at=said_at),
        "said_missed": arrival.say("said_missed", service, by=by, at=said_at),
        "comes_back": arrival.say("back", service, at=again),
        "nobody_said": arrival.say("nobody_said", service, arrival=agreed(page)),
    }


def answers(page: SenderPage, early: bool) -> list[tuple[str, str, str]]:
    """What the sender may say of an arrival: code, its button, and what follows. "Did not come" waits for the agreed
    day or corrects "came", a call until it is late.
    """
    day = page.referral.arrival_on
    waits = {"called"} if early else set()
    if day is not None and day > timezone.localdate(page.at) and page.referral.heard_code != "came":
        waits.add("did_not_come")
    when = "" if early else moments.reminder(would_ask(page.at, hurries=_hurries(page)), page.at)
    buttons = {"called": _("I called. Remind me: %(when)s") % {"when": when}}
    asks = Side.SENDER in page.sides and (page.asks_child or not page.live)  # whom to ask first is for the team alone
    above = Side.SENDER_SUPERVISOR in page.sides  # nobody is told that they themselves are told
    service, not_come = page.referral.service_code, "above" if above else "unasked" if asks else "did_not_come"
    return [
        (
            code,
            buttons.get(code) or arrival.heard(code, service),
            str(AFTERWARDS[not_come if code == "did_not_come" else code]) % {"when": when},
        )
        for code, _label in lists.choices("heard")
        if code not in waits
    ]


def agreed(page: SenderPage, line: dict[str, Any] | None = None) -> str:
    """When she is expected, as long as she is. `line`: what was opened of hour and place."""
    found = page.referral
    if queries.read_state(found) != "accepted":
        return ""
    at = (found.arrival_on, found.arrival_part_code, found.agreed_at)
    written = words.hour_written(has_meeting(found), line)
    if written and (line or may_open(page)):  # it stands below, opened or locked
        return words.part_of_day(*at, page.at)
    return words.part_of_day(*at, page.at, written=written, opens=may_open(page))


def may_open(page: SenderPage) -> bool:
    """Whether the reader may open hour and meeting point: who works on the case and holds the contact."""
    return "contact" in page.holds and Side.SENDER in page.sides


def opens(page: SenderPage, part: str) -> str:
    """The part of the page that is opened. Of a button that reads the hour, alone or with how the person is reached:
    that, where it stands behind its lock and this reader may open it; else nothing.
    """
    if part not in (HOUR, REACH):
        return part
    waits = queries.read_state(page.referral) in ("sent", "accepted")
    return "meeting" if waits and has_meeting(page.referral) and may_open(page) else ""


def opened_rows(page: SenderPage, line: dict[str, Any]) -> list[tuple[str, str]]:
    """What was opened of hour and place. An hour that is a clock time of the agreed part of the day stands with its
    day, so that both are read to the person in one line; another, or words, stand as they were written.
    """
    on = page.referral.arrival_on
    if on is None or not is_dated(page, line):
        return words.meeting_rows(line)
    return words.meeting_rows(line, moments.day_dated(on, timezone.localdate(page.at)))


def is_dated(page: SenderPage, line: dict[str, Any] | None) -> bool:
    """Whether the hour that was opened says the agreed time alone: it is a clock time of that part of the day."""
    found, figures = page.referral, hour_and_minutes((line or {}).get("hour", ""))
    return figures is not None and found.arrival_on is not None and part_of(time(*figures)) == found.arrival_part_code
