"""Hour, meeting point and whom to ask for, as they are asked: with a new time, or for the one that stands."""

import re
from datetime import date, datetime, time, timedelta
from typing import Any, Final, cast

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from hamkori.casework.case.rules.clocks import COMES_WITHIN, NOW, part_ends, part_of, parts_of_day, starts
from hamkori.web.kit.meeting import MeetingLine, hour_and_minutes
from hamkori.web.received.part_in_words import days_in_words, part_in_words
from hamkori.web.words import lists

OVER: Final = "over"
"""The code of what is said of an hour that is over today."""
HALF_A_DAY: Final = 12
JUST_NOW = timedelta(minutes=30)
"""An hour that was this short a time ago is not over: it is being kept."""


class MeetingForm(MeetingLine):
    """Hour, place and a name, locked for both who go there; the hour is one at which the person is expected.

    `wall`: what the clock on the wall says; nobody is late sooner than COMES_WITHIN from then. None: no hour is asked.
    """

    def __init__(self, *args: Any, wall: datetime | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.wall = wall

    def _post_clean(self) -> None:
        """Once day and part are known: an hour that is over, or that lies in another part of the day, is none."""
        super()._post_clean()  # type: ignore[misc]
        found, wall = self.cleaned_data, self.wall
        on, part, written = found.get("arrival_on"), found.get("arrival_part"), found.get("hour", "")
        if wall is None or on is None or not part or self.errors:
            return
        hour, days = first_hour(written), days_in_words(written)
        if days is not None and part != NOW and wall.date() + timedelta(days=days) != on:
            self.add_error("hour", OTHER_DAY[days])
        elif hour is not None:
            self._check_hour(on, part, hour, wall)
        lies_in = part_in_words(written)
        if lies_in and lies_in != part and not self.errors:
            self._check_words(on, part, lies_in, wall)

    def _check_words(self, on: date, part: str, lies_in: str, wall: datetime) -> None:
        """A part of the day in words is the one that was pressed; "now" may be in it."""
        begins, ends = datetime.combine(on, _begins(lies_in)), wall + COMES_WITHIN
        if part != NOW or begins > ends or part_ends(on, lies_in) <= wall:
            self.add_error("hour", self.elsewhere_in_words(part, lies_in, ends))

    def _check_hour(self, on: date, part: str, hour: time, wall: datetime) -> None:
        at, ends = datetime.combine(on, hour), wall + COMES_WITHIN
        if part != NOW:
            ends = max(part_ends(on, part), ends) if on == wall.date() else part_ends(on, part)
        elif at + JUST_NOW < wall and at + timedelta(days=1) <= ends:
            at += timedelta(days=1)  # "now" goes on after midnight
        if (meant := _twelve_later(on, part, hour, wall)) is not None:
            self._read_as(meant)
        elif at + JUST_NOW < wall:
            over = _("This hour is over today. Write a later one, or choose another day.")
            self.add_error("hour", ValidationError(over, code=OVER))
        elif at > ends or f"{hour:%H:%M}" < starts(part):
            self.add_error("hour", self.elsewhere(part, hour, ends))

    def _read_as(self, meant: time) -> None:
        """What was written as an hour of the morning stands in the field as it is read; it is looked at, then kept."""
        typed = cast("QueryDict", self.data).copy()
        typed[self.add_prefix("hour")] = f"{meant:%H:%M}"
        self.data = typed
        said = _("In the evening this is %(hour)s, which is written here now. Look, then press again.")
        self.add_error("hour", said % {"hour": f"{meant:%H:%M}"})

    def elsewhere(self, part: str, hour: time, ends: datetime) -> str:
        """What is said of an hour that does not lie in this part of the day, where another can be chosen."""
        lies_in = part_of(hour)
        if lies_in in OTHER and lies_in != part:
            return str(OTHER[lies_in]) % {"hour": f"{hour:%H:%M}"}
        return outside(part, hour, ends)

    def elsewhere_in_words(self, part: str, lies_in: str, ends: datetime) -> str:
        """The same of a part of the day in words."""
        return str(IN_WORDS[lies_in])


OTHER: Final = {
    "morning": _("%(hour)s is in the morning. Choose the morning, or another hour."),
    "afternoon": _("%(hour)s is in the afternoon. Choose the afternoon, or another hour."),
    "evening": _("%(hour)s is in the evening. Choose the evening, or another hour."),
}
"""Part of the day -> what is said of an hour in it with which another part was pressed."""
IN_WORDS: Final = {
    "morning": _("You wrote a word for the morning. Choose the morning, or write another time."),
    "afternoon": _("You wrote a word for the afternoon. Choose the afternoon, or write another time."),
    "evening": _("You wrote a word for the evening. Choose the evening, or write another time."),
}
"""The same of words that name it."""


OTHER_DAY: Final = {
    0: _("You wrote a word for today, and another day is chosen. Write the hour alone, or choose today."),
    1: _("You wrote a word for tomorrow, and another day is chosen. Write the hour alone, or choose tomorrow."),
}
"""Of a day in words that is not the one that is agreed: both sides would read both."""


def outside(part: str, hour: time, ends: datetime) -> str:
    """When this part of the day ends, or begins where the hour lies before it."""
    begins = starts(part)
    early = f"{hour:%H:%M}" < begins
    slots = {"part": lists.label("part_of_day", part), "time": begins if early else f"{ends:%H:%M}"}
    if early:
        return gettext("“%(part)s” begins at %(time)s. Write an hour after it.") % slots
    return gettext("“%(part)s” ends at %(time)s. Write an hour before it.") % slots


def _twelve_later(on: date, part: str, hour: time, wall: datetime) -> time | None:
    """What an hour before noon means with this evening: "8" is 20:00. None where that is no hour of it either."""
    if on != wall.date() or part != parts_of_day()[-1] or hour.hour >= HALF_A_DAY:
        return None
    meant = hour.replace(hour=hour.hour + HALF_A_DAY)
    at = datetime.combine(on, meant)
    fits = wall <= at + JUST_NOW and at <= max(part_ends(on, part), wall + COMES_WITHIN)
    return meant if fits and f"{meant:%H:%M}" >= starts(part) else None


def is_ahead(written: str, agreed_at: datetime, at: datetime) -> bool | None:
    """Of an hour with "now": whether it is not over; what is written as no hour is None. All three on the wall."""
    hour = first_hour(written)
    if hour is None:
        return None
    on = datetime.combine(agreed_at.date(), hour, agreed_at.tzinfo)
    return at < (on + timedelta(days=1) if on + JUST_NOW < agreed_at else on)  # "now" goes on after midnight


def _begins(part: str) -> time:
    return time.fromisoformat(starts(part) or "00:00")


def first_hour(text: str) -> time | None:
    """The hour that was written: alone, or with its minutes among words. Of words alone the part of the day counts."""
    among = re.search(r"\d+\s*[:.]\s*\d+", text)
    return _clock(text) or (_clock(among[0]) if among else None)


def part_written(text: str) -> str | None:
    """The part of the day of the hour that was written, or of its words; '' of an hour after the last one, None where
    neither says it.
    """
    hour = first_hour(text)
    return part_of(hour) if hour is not None else part_in_words(text) or None


def _clock(hour: str) -> time | None:
    """The hour, if it was written as one, alone or with its minutes."""
    found = hour_and_minutes(hour)
    return time(*found) if found else None


class HourForm(MeetingForm):
    """The line alone, of the time that is agreed."""

    def __init__(self, *args: Any, stands: tuple[date, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stands = stands

    def elsewhere(self, part: str, hour: time, ends: datetime) -> str:
        """Nothing else can be chosen here: when the time that stands ends, or begins."""
        return outside(part, hour, ends)

    def elsewhere_in_words(self, part: str, lies_in: str, ends: datetime) -> str:
        """The same: of the time that stands."""
        return outside(part, _begins(lies_in), part_ends(self.stands[0], part) if part != NOW else ends)

    def clean(self) -> dict[str, Any]:
        """The day and the part that stand; and something of the line."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        found["arrival_on"], found["arrival_part"] = self.stands
        self.needs_something()
        return found
