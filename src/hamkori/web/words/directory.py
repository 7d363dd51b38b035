"""What the directory's codes are called on a page. Also for other pages that show services."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils import dates, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hamkori.directory.queries import Listing
from hamkori.directory.rules import hours
from hamkori.directory.rules.texts import Shown
from hamkori.vocabulary import codelist
from hamkori.vocabulary.country import COUNTRY
from hamkori.web.kit import moments
from hamkori.web.words import lists

GROUP_ICONS = {
    "SAFE": "risk",
    "HOME": "shelter",
    "HEALTH": "health",
    "MHPSS": "mind",
    "LEGAL": "law",
    "JUST": "law",
    "DOC": "paper",
    "CHILD": "care",
}


def group(service_code: str) -> str:
    """The group that a kind of help belongs to."""
    return str(codelist("service").entry(service_code).data["group"])


def service_icon(service_code: str) -> str:
    """The picture of a kind of help."""
    return GROUP_ICONS.get(group(service_code), "together")


def area(code: str) -> str:
    """The country, a region or a unit by its name."""
    if code == COUNTRY:
        return _("the whole country")
    return lists.label("region" if code in codelist("region") else "area", code)


def areas(listing: Listing) -> str:
    """Where it works, as far as it says so."""
    return ", ".join(area(code) for code in listing.areas or (listing.region,))


def distance(code: str) -> str:
    """A distance as far as a list may tell it."""
    return {
        "same_district": _("same district"),
        "same_region": _("same region"),
        "other_region": _("other region"),
    }[code]


def usual_answer(minutes: int | None) -> str:
    """The usual time until a first answer, rounded as people say it."""
    if minutes is None:
        return _("not known yet")
    minutes = max(1, minutes)
    if minutes < 60:
        return ngettext("about %(n)d minute", "about %(n)d minutes", minutes) % {"n": minutes}
    if minutes < 48 * 60:
        n = round(minutes / 60)
        return ngettext("about %(n)d hour", "about %(n)d hours", n) % {"n": n}
    n = round(minutes / 1440)
    return ngettext("about %(n)d day", "about %(n)d days", n) % {"n": n}


def weekday(day: int) -> str:
    """Day 1 is Monday."""
    return str(dates.WEEKDAYS[day - 1])


def stretches(day: int, week: Iterable[hours.Stretch]) -> str:
    """A day's opening as it is typed and shown: 08:00-12:00, 13:00-17:00."""
    return ", ".join(f"{hours.clock(one.opens)}-{hours.clock(one.closes)}" for one in week if one.day == day)


def week(listing: Listing) -> list[tuple[str, str]]:
    """Days and their hours; days with the same hours that follow each other are one line. Empty: not known."""
    if listing.day_and_night:
        return [(_("every day"), _("day and night"))]
    lines: list[tuple[int, int, str]] = []
    for day in range(1, 8) if listing.week else ():
        written = stretches(day, listing.week) or _("closed")
        if lines and lines[-1][2] == written:
            lines[-1] = (lines[-1][0], day, written)
        else:
            lines.append((day, day, written))
    return [(weekday(a) if a == b else f"{weekday(a)}\u2013{weekday(b)}", written) for a, b, written in lines]


def closed_now(listing: Listing, now: datetime) -> str:
    """That nobody is at the desk now, and when somebody is; '' where somebody is, or where its hours are not known."""
    opens = _opens(listing, now)
    return _("closed; it opens %(opens)s") % {"opens": moments.moment(opens, now)} if opens else ""


def closed_until(listing: Listing, now: datetime) -> str:
    """The same in a badge."""
    opens = _opens(listing, now)
    return _("closed until %(opens)s") % {"opens": moments.moment(opens, now)} if opens else ""


def _opens(listing: Listing, now: datetime) -> datetime | None:
    """When a desk opens at which nobody is now; None where somebody is, or where its hours are not known."""
    local = timezone.localtime(now)
    if not hours.closed_throughout(listing.week, local, local + timedelta(minutes=1)):
        return None
    return hours.opens_next(listing.week, local)


def other_language(text: Shown) -> str:
    """The mark that a text is not in the reader's language; '' if it is, or if nothing is shown."""
    if not text.text or not text.other_language:
        return ""
    return _("in %(language)s") % {"language": lists.label("language", text.language)}
