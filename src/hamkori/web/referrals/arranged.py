"""What the sender agreed by telephone with a desk that has not answered yet: whether it is written, and its form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hamkori.casework.case.rules.clocks import NOW
from hamkori.casework.case.rules.sides import Side
from hamkori.casework.referral.queries.calls import is_turned_to_no, says_yes, slips
from hamkori.casework.referral.queries.doubt import is_another
from hamkori.casework.referral.queries.meeting import has_meeting, line_now
from hamkori.casework.referral.queries.referrals import SenderPage, Taken
from hamkori.web.kit import moments
from hamkori.web.kit.meeting import HourField, MeetingLine
from hamkori.web.referrals.told_person import of_arranged
from hamkori.web.words import referral as words
from hamkori.web.words.place_told import MAY_GO


class ArrangeForm(MeetingLine):
    """The line alone: no day and no part of it is agreed in Hamkori yet, so the day is written beside the hour."""

    hour = HourField(label=gettext_lazy("Day and hour"), required=False, max_length=40)

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
    yes by telephone. `line`: what stands in it, where it was opened. Who can open it corrects it once it is open, so
    that nothing of it is replaced unread.
    """
    if state != "sent":
        return {"line_wrote": _kept(page, state)}
    written = has_meeting(page.referral)
    opens = written and "contact" in page.holds and Side.SENDER in page.sides
    may = Side.SENDER in page.sides and page.live and says_yes(page.calls)
    last = _last(page)
    at = last.at if written and last is not None else None
    form = ArrangeForm(initial=line or {}, auto_id="arrange_%s") if may and (line is not None or not opens) else None
    return {
        "arranged": written,
        "if_told": _after_no(page, last, written=written),
        "arranged_aged": at is not None and is_another(page.card, at),
        "arranged_at": moments.moment(at, page.at) if at is not None else "",
        "meeting": opens,
        "meeting_readers": words.ARRANGED_READERS,
        "arrange_form": form,
        "arrange_over": at.isoformat() if at is not None else "",
        "arrange_opens": may and form is None,
        "arrange_unread": written and not line,
        "version": page.referral.version,
        **of_arranged(page),
    }


def _after_no(page: SenderPage, last: Taken | None, *, written: bool) -> str:
    """After a no, or a yes that was put back: whether the person is told, and what has become of hour and place."""
    if written or not is_turned_to_no(page.calls, slips(page.referral)):
        return ""
    return str(MAY_GO if last is None else PUT_ASIDE)


PUT_ASIDE: Final = gettext_lazy("Hour and meeting point that were agreed are put aside until they say yes again.")


def _kept(page: SenderPage, state: str) -> str:
    """After they accepted, where no line of theirs took its place: that the own team wrote it, and whether they read
    it; '' of all others.
    """
    line = line_now(page.referral.pk) if state == "accepted" and has_meeting(page.referral) and _last(page) else None
    if line is None:
        return ""
    slots = {"when": moments.moment(line.at, page.at)}
    if line.is_read and page.referral.arrival_part_code != NOW:
        return (
            _(
                "Written by your team before they accepted (%(when)s). They have opened it. If it is not the time that "
                "they accepted for, call them before you tell the person."
            )
            % slots
        )
    if line.is_read:
        return _("Written by your team before they accepted (%(when)s). They have opened it.") % slots
    return _("Written by your team before they accepted (%(when)s). They have not opened it: call them.") % slots


def typed(form: ArrangeForm, shown: Mapping[str, Any]) -> dict[str, Any]:
    """The form as it came back, in the place of the page's own. Who can open what is written had it open."""
    unread = shown.get("arranged") and not shown.get("meeting")
    return {"arrange_form": form, "arrange_opens": False, "arrange_unread": unread}


def meanwhile_of(page: SenderPage) -> str:
    """That another line was written since the form was opened: when, and by whom of the team."""
    last = _last(page)
    if last is None:
        return ""
    return _("Not saved yet. Written meanwhile: hour or meeting point, %(when)s, %(name)s.") % {
        "when": moments.moment(last.at, page.at),
        "name": last.name or _("Your team"),
    }


def _last(page: SenderPage) -> Taken | None:
    """When the team wrote the line last."""
    return next((one for one in reversed(page.taken) if one.step == "arrange"), None)
