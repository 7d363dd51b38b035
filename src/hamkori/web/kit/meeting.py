"""Hour, meeting point and whom to ask for: the three fields of the line that says where two meet, on either side."""

import re
import unicodedata

from django import forms
from django.utils.translation import gettext_lazy as _

from hamkori.web.kit.forms import KitForm, TextField

MEETING = ("hour", "place", "ask_for")
UNREADABLE = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "So"})
"""Kinds of signs that stand in no hour: what is not seen, and pictures."""


class HourField(TextField):
    """An hour between 0:00 and 23:59, or words; each hour among them is one."""

    def validate(self, value: str) -> None:
        """Whoever goes there must be able to read it."""
        super().validate(value)
        if any(unicodedata.category(sign) in UNREADABLE for sign in value):
            raise forms.ValidationError(_("Write it in letters and figures, without pictures."), code="no_words")
        figures = [value] if value.isdecimal() else re.findall(r"\d+\s*[:.]\s*\d+", value)
        if not all(_is_hour(one) for one in figures):
            raise forms.ValidationError(_("Write an hour between 0:00 and 23:59, or words."), code="no_hour")


def hour_and_minutes(figures: str) -> tuple[int, int] | None:
    """The hour, if it was written as one, alone or with its minutes."""
    found = re.fullmatch(r"([01]?\d|2[0-3])(?:\s*[:.]\s*([0-5]\d))?", figures.strip())
    return (int(found[1]), int(found[2] or 0)) if found else None


def with_minutes(written: str) -> str:
    """An hour as it is read: written as a number alone it has its minutes, so that beside a day it is no date."""
    alone = hour_and_minutes(written) if written.strip().isdecimal() else None
    return f"{alone[0]:02d}:{alone[1]:02d}" if alone is not None else written


def _is_hour(figures: str) -> bool:
    return hour_and_minutes("".join(figures.split())) is not None or (figures.isdecimal() and int(figures) < 24)


class MeetingLine(KitForm):
    """The line, locked for both who go there; none of its fields is asked for alone."""

    sensitive = MEETING

    hour = HourField(label=_("Hour"), required=False, max_length=40)
    place = TextField(label=_("Meeting point"), required=False, max_length=300)
    ask_for = TextField(label=_("Whom to ask for"), required=False, max_length=120)

    def meeting(self) -> dict[str, str]:
        """The meeting line, as far as it was written."""
        return {name: text for name in MEETING if (text := self.cleaned_data.get(name, "").strip())}

    def meeting_fields(self) -> list[forms.BoundField]:
        """The fields of the sealed line."""
        return [self[name] for name in MEETING]

    def needs_something(self) -> None:
        """Of a form that holds the line alone: something of it was written."""
        if not self.errors and not self.meeting():
            self.add_error("hour", _("Write the hour, the meeting point or whom to ask for."))
