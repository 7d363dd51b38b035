"""What the sender agreed by telephone with a desk that has not answered yet: whether it is written, and its form."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from hamkori.casework.case.rules.sides import Side
from hamkori.casework.referral.queries.calls import says_yes
from hamkori.casework.referral.queries.meeting import has_meeting
from hamkori.casework.referral.queries.referrals import SenderPage
from hamkori.web.kit import moments
from hamkori.web.kit.meeting import HourField, MeetingLine
from hamkori.web.words import referral as words


class ArrangeForm(MeetingLine):
    """The line alone: no day and no part of it is agreed in Hamkori yet, so the day is written beside the hour."""

    hour = HourField(label=_("Day and hour"), required=False, max_length=40)

    def clean_hour(self) -> str:
        """With a word beside the figures: 9 o'clock of which day nobody could tell."""
        hour: str = self.cleaned_data["hour"]
        if hour and not any(sign.isalpha() for sign in hour):
            raise forms.ValidationError(_("Write the day too, in words: tonight, 21:00."), code="no_day")
        return hour

    def clean(self) -> dict[str, Any]:
        """Something of the line."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        self.needs_something()
        return found


def shown(page: SenderPage, state: str, line: dict[str, Any] | None) -> dict[str, Any]:
    """Of what waits for its first answer: that a line is written, since when, and who can open it; its form, after a
    yes by telephone. `line`: what stands in it, where it was opened.
    """
    if state != "sent":
        return {}
    written = has_meeting(page.referral)
    may = Side.SENDER in page.sides and page.live and says_yes(page.calls)
    at = next((one.at for one in reversed(page.taken) if one.step == "arrange"), None)
    return {
        "arranged": written,
        "arranged_at": moments.moment(at, page.at) if written and at is not None else "",
        "meeting": written and "contact" in page.holds and Side.SENDER in page.sides,
        "meeting_readers": words.ARRANGED_READERS,
        "arrange_form": ArrangeForm(initial=line or {}, auto_id="arrange_%s") if may else None,
    }
