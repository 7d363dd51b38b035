"""Times in words, as pages say them: "today 11:20", "by tomorrow 10:00", "since 24 November 16:05".

Every sentence is whole, so that a translator can turn it round. Times are shown in the installation's zone and always
as hours and minutes; a year stands only where it is another one. Nothing here counts down: a target is a clock time.
A day has one form in words, "1 March 2027"; in figures, 01.03.2027, it stands where it is typed, and nowhere else.
"""

from datetime import date, datetime, timedelta
from typing import Final

from django.utils import formats, timezone
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy, pgettext, pgettext_lazy
from django.utils.translation import gettext as _

from hamkori.calendar.rules import NIGHT_ENDS

DAYS: Final = (
    pgettext_lazy("day of a time", "Monday"),
    pgettext_lazy("day of a time", "Tuesday"),
    pgettext_lazy("day of a time", "Wednesday"),
    pgettext_lazy("day of a time", "Thursday"),
    pgettext_lazy("day of a time", "Friday"),
    pgettext_lazy("day of a time", "Saturday"),
    pgettext_lazy("day of a time", "Sunday"),
)
BY: Final = (
    gettext_lazy("by Monday %(time)s"),
    gettext_lazy("by Tuesday %(time)s"),
    gettext_lazy("by Wednesday %(time)s"),
    gettext_lazy("by Thursday %(time)s"),
    gettext_lazy("by Friday %(time)s"),
    gettext_lazy("by Saturday %(time)s"),
    gettext_lazy("by Sunday %(time)s"),
)


def clock_time(at: datetime) -> str:
    """16:40, in every language."""
    return timezone.localtime(at).strftime("%H:%M")


def day(on: date, today: date) -> str:
    """Today, yesterday, tomorrow, or the date."""
    words = {0: _("today"), -1: _("yesterday"), 1: _("tomorrow")}
    return words.get((on - today).days) or full_day(on, today)


def day_dated(on: date, today: date) -> str:
    """Today, yesterday or tomorrow with its date, which is read to somebody; else the date alone."""
    named, dated_so = day(on, today), full_day(on, today)
    return named if named == dated_so else f"{named}, {dated_so}"


def full_day(on: date, today: date) -> str:
    """24 November; with the year if it is not this year."""
    if on.year == today.year:
        # Translators: a format of django.utils.dateformat for "24 November".
        return formats.date_format(on, pgettext("date format", "j E"))
    return dated(on)


def dated(on: date) -> str:
    """24 November 2025, with its year: on paper, and of whatever else lives on."""
    # Translators: a format of django.utils.dateformat for "24 November 2025".
    return formats.date_format(on, pgettext("date format", "j E Y"))


def in_figures(on: date) -> str:
    """24.11.2025, as it is typed."""
    return formats.date_format(on, "SHORT_DATE_FORMAT")


def week_day(on: date, today: date) -> str:
    """The same with the day of the week, where it is not today or beside it; of another year the date alone."""
    if abs((on - today).days) <= 1 or on.year != today.year:
        return day(on, today)
    return _with_week_day(on)


def today_in_full(at: datetime) -> str:
    """Wednesday, 25 November; at the head of a page, so that every language begins it with a capital."""
    return capfirst(_with_week_day(timezone.localdate(at)))


def _with_week_day(on: date) -> str:
    """Wednesday, 25 November; in the middle of a sentence English alone writes the day with a capital."""
    # Translators: a format of django.utils.dateformat for "Wednesday, 25 November".
    said = formats.date_format(on, pgettext("date format", "l, j E"))
    return said if (get_language() or "en").startswith("en") else said[:1].lower() + said[1:]


def last_day(ends_at: datetime, now: datetime) -> str:
    """The last day of something that ends when that day is over, as an agreement does."""
    return day(timezone.localdate(ends_at - timedelta(microseconds=1)), timezone.localdate(now))


def _named(at: datetime, now: datetime) -> int | None:
    """Which day of the week is said in place of "tomorrow", from Monday on; None: "tomorrow" is clear.

    Until the night ends whoever was woken calls the morning that comes "tomorrow".
    """
    on, local = timezone.localdate(at), timezone.localtime(now)
    return on.weekday() if local.hour < NIGHT_ENDS and (on - local.date()).days == 1 else None


def moment(at: datetime, now: datetime) -> str:
    """Day and clock time; at night the day that comes by its name."""
    named = _named(at, now)
    on = day(timezone.localdate(at), timezone.localdate(now)) if named is None else DAYS[named]
    return _("%(day)s %(time)s") % {"day": on, "time": clock_time(at)}


def passed(at: datetime, now: datetime) -> str:
    """When something was done: of today the clock time alone."""
    today = timezone.localdate(at) == timezone.localdate(now)
    return clock_time(at) if today else moment(at, now)


def reminder(at: datetime, now: datetime) -> str:
    """When something comes back: of another day than today and tomorrow also which day of the week that is."""
    local = timezone.localtime(at)
    if (local.date() - timezone.localdate(now)).days in (0, 1):
        return moment(at, now)
    return _("%(day)s, %(time)s") % {"day": _with_week_day(local.date()), "time": clock_time(at)}


def target(at: datetime, now: datetime) -> str:
    """What a target says: "by 16:05" while it runs, "late since 11:20" once it has passed. Today's day is left out."""
    time, where = clock_time(at), (timezone.localdate(at) - timezone.localdate(now)).days
    values = {"time": time, "day": full_day(timezone.localdate(at), timezone.localdate(now))}
    named = _named(at, now)
    if named is not None:
        sentence = str(BY[named])
    elif at > now:
        sentence = {0: _("by %(time)s"), 1: _("by tomorrow %(time)s")}.get(where, _("by %(day)s %(time)s"))
    else:
        late = {0: _("late since %(time)s"), -1: _("late since yesterday %(time)s")}
        sentence = late.get(where, _("late since %(day)s %(time)s"))
    return sentence % values


def answer_by(at: datetime, now: datetime) -> str:
    """Until when an answer is awaited: of another day with its name, as whoever calls at night reads no "tomorrow"."""
    if timezone.localdate(at) == timezone.localdate(now):
        return _("answer by %(time)s") % {"time": clock_time(at)}
    return _("answer by %(time)s (%(day)s)") % {"time": clock_time(at), "day": DAYS[timezone.localtime(at).weekday()]}


def late_words(at: datetime) -> str:
    """What the target will say when it passes while the page is open; by then it is the same day."""
    return _("late since %(time)s") % {"time": clock_time(at)}
