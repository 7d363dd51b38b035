"""How long an answer is valid: what a form offers, and where it would end earlier than the answer that stands."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hamkori.casework.consent.queries.consent import Asked, Said
from hamkori.casework.consent.rules import consent as rules
from hamkori.web.consent import words
from hamkori.web.consent.rows import NOT_ASKED, stands_as
from hamkori.web.kit import moments

KEPT = "kept"
"""The choice that lets an answer end when the one before it would have ended."""
DAYS = (30, rules.UNTIL_DEFAULT.days, rules.UNTIL_AT_MOST.days)
"""How long an answer may be valid; another day is written."""


def last(end: datetime) -> date:
    """The last day of what ends when that day is over."""
    return timezone.localdate(end - timedelta(microseconds=1))


def kept(former: Asked, today: date) -> date | None:
    """The last day that stands, where what is offered first would end before it."""
    stood = [last(end) for key, end in former.ends.items() if end is not None and stands_as(former, key) != NOT_ASKED]
    day = max(stood, default=None)
    return day if day is not None and day > today + rules.UNTIL_DEFAULT and rules.until_ok(day, today) else None


def lengths(former: Asked, today: date) -> list[tuple[str, str]]:
    """As long as until now where that is longer; else so many days, and which day that is."""
    stood = kept(former, today)
    found = []
    if stood is not None:
        found.append((KEPT, _("as before, until %(day)s") % {"day": moments.full_day(stood, today)}))
    for days in DAYS:
        text = ngettext("%(n)d day, until %(day)s", "%(n)d days, until %(day)s", days)
        found.append((str(days), text % {"n": days, "day": moments.full_day(today + timedelta(days=days), today)}))
    return found


def chosen(code: str, former: Asked, today: date) -> date | None:
    """The day that a choice means; None: nothing that can be meant."""
    if code == KEPT:
        return kept(former, today)
    return today + timedelta(days=int(code)) if code else None


def shortened(former: Asked, said: Iterable[Said], day: date | None, today: date) -> list[str]:
    """Each answer that would end before the one that stands, with both days."""
    found = []
    for row in said:
        key = (row.kind, row.purpose)
        end = former.ends.get(key)
        if day is None or end is None or not row.agrees or stands_as(former, key) == NOT_ASKED or last(end) <= day:
            continue
        slots = {"row": words.row(key), "day": moments.full_day(day, today)}
        slots["before"] = moments.full_day(last(end), today)
        found.append(_("%(row)s: until %(day)s; before: until %(before)s.") % slots)
    return found
