"""The forms of the receiving side: accept, ask, decline, the steps of the team. Codes, but for the line and a note."""

from collections.abc import Container, Iterable
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any, ClassVar, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from hamkori.calendar.rules import NIGHT_ENDS
from hamkori.casework.case.rules import days
from hamkori.casework.case.rules.clocks import (
    NOW,
    is_tonight,
    part_ends,
    part_of,
    parts_ahead,
    parts_of_day,
    starts,
)
from hamkori.casework.case.rules.sheets import LONGEST
from hamkori.casework.case.rules.sides import Side
from hamkori.casework.referral.queries.received import Received
from hamkori.casework.referral.rules.last_night import UNREACHED
from hamkori.casework.referral.rules.lifecycle import NO_NIGHT, REASON_LISTS, RESULTS, STANDS
from hamkori.people.queries import Colleague
from hamkori.vocabulary import codelist
from hamkori.web.kit import moments
from hamkori.web.kit.forms import DateField, KitForm, LongText, Segments, TextField, Ticks
from hamkori.web.kit.meeting import MEETING
from hamkori.web.received import instead
from hamkori.web.received.colleagues import READS_ALL, colleagues
from hamkori.web.received.hours import OVER, MeetingForm, first_hour, part_written
from hamkori.web.received.last_night import LastNightForm
from hamkori.web.words import directory, lists
from hamkori.web.words import received as words
from hamkori.web.words.fields import Coded

EARLY_QUESTIONS = {
    "HOME": ("safe_in_this_region", "length_of_stay", "children_ages", "daily_medicine"),
    "SAFE": ("safe_in_this_region", "can_travel", "needs_escort"),
    "MOVE": ("can_travel", "needs_escort", "children_ages"),
    "HEALTH": ("daily_medicine", "interpreter", "step_free", "can_travel"),
    "MHPSS": ("talk_first", "interpreter", "can_travel"),
    "LEGAL": ("has_papers", "interpreter", "talk_first"),
    "JUST": ("has_papers", "interpreter", "talk_first"),
    "DOC": ("has_papers", "can_travel", "interpreter"),
    "CHILD": ("children_ages", "safe_in_this_region", "needs_escort"),
}
"""Questions that desks of this group of help ask first; the others follow in the list's order."""


def question_codes(service_code: str, asked: Iterable[str]) -> list[str]:
    """The questions that can still be asked of this group of help, the useful ones first."""
    group, gone = directory.group(service_code), set(asked)
    fit = [one.code for one in codelist("question_code") if group in one.data.get("groups", (group,))]  # type: ignore[operator]
    first = [code for code in EARLY_QUESTIONS.get(group, ()) if code in fit]
    return [code for code in (*first, *(one for one in fit if one not in first)) if code not in gone]


_reason = partial(Coded, none=_("Choose a reason"), needed=_("Choose a reason."), widget=forms.Select)
_result = partial(Coded, "referral_result", needed=_("Choose a result."))


class ArrivalForm(MeetingForm):
    """When she can come: in the open a day and a part of it, and the meeting line."""

    NEEDED: ClassVar = {
        "arrival_on": _("Say on which day."),
        "arrival_part": _("Say which part of the day."),
    }

    arrival_on = DateField(
        label=_("On which day?"),
        error_messages={"required": NEEDED["arrival_on"]},
    )
    arrival_part = Coded("part_of_day", _("Part of the day"), needed=NEEDED["arrival_part"], widget=Segments)

    field_order: tuple[str, ...] = ("arrival_on", "arrival_part", *MEETING)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.day("arrival_on").between(*days.arrival(today))

    def clean(self) -> dict[str, Any]:
        """Without a day "now" is today, and it goes with no other."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        if found.get("arrival_part") == NOW:
            if not found.get("arrival_on") and not self["arrival_on"].data:
                self.errors.pop("arrival_on", None)
                found["arrival_on"] = self.today
            elif "arrival_on" not in self.errors and found["arrival_on"] != self.today:
                self.add_error("arrival_part", _("“Now” is valid today only."))
        return found


class AcceptForm(ArrivalForm):
    """Who will meet the person, and when: now, a button for each part of today and tomorrow, or another day."""

    arrival_part = Coded(
        "part_of_day", _("Part of the day"), needed=ArrivalForm.NEEDED["arrival_part"], but=(NOW,), widget=Segments
    )
    when = forms.ChoiceField(required=False)
    team = forms.MultipleChoiceField(
        label=_("Who will meet this person?"),
        error_messages={
            "required": _("Name who will meet this person. Then accept once more; what you wrote is kept.")
        },
        widget=Ticks,
    )

    field_order = ("team", "when", "arrival_on", "arrival_part", *MEETING)
    TICKED: ClassVar = _("Every colleague who is ticked meets the person and can open what is shared.")
    TICKED_YOU: ClassVar = _(
        "Every colleague who is ticked meets the person and can open what is shared. You are ticked already."
    )

    ON_DUTY: ClassVar = _("Tick who is on duty: others do not read who comes.")

    def __init__(
        self,
        *args: Any,
        people: Iterable[Colleague],
        agreed: Iterable[str],
        now: bool = False,
        arranged: bool = False,
        own: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.arranged, self.takes_hour, wall = arranged, now, self.wall
        self.line_told = False
        listed = list(people)
        offered, hints = colleagues(listed, agreed)
        # What is true of all of them the one sentence above says, once.
        self.offer("team", offered, None if {*hints.values()} == {str(READS_ALL)} else hints)
        beforehand = len(listed) > 1 and own in self.initial.get("team", ())
        self.fields["team"].help_text = str(self.TICKED_YOU if beforehand else self.TICKED)
        self.mark_needed = len(listed) > 1 and not self["team"].value()
        # Shown may be less than what is taken: a page on which help was needed now is sent when it is not.
        self.taken = parts_ahead(wall, now=True) if wall is not None else ()
        self.ahead = parts_ahead(wall, now=now) if wall is not None else ()
        self.offer(
            "when", [(HOUR, HOUR), (NEXT_DAY, NEXT_DAY), *((_slot(day, part), part) for day, part in self.taken)]
        )
        for name in ("arrival_on", "arrival_part"):
            self.fields[name].required = False

    def sleeps_there(self, people: Iterable[Colleague]) -> None:
        """A place to sleep is given: who works there reads that somebody comes only if they are ticked."""
        if any(one.function == "shelter_worker" and "desk_officer" not in one.roles for one in people):
            self["team"].help_text = f"{self['team'].help_text} {self.ON_DUTY}"

    def days(self) -> list[date]:
        """The days that have buttons, in order."""
        return list(dict.fromkeys(on for on, _part in self.ahead))

    def slots(self) -> list[tuple[str, list[tuple[str, str, bool]]]]:
        """Each day with its buttons: what is sent, the part of the day, and whether it was pressed already."""
        days: dict[date, list[tuple[str, str, bool]]] = {}
        for on, part in self.ahead:
            slot = _slot(on, part)
            days.setdefault(on, []).append((slot, self._called(on, part), slot == self["when"].value()))
        return [(moments.day(on, self.today), buttons) for on, buttons in days.items()]

    def pressed(self) -> str:
        """The time that was pressed before something else was missing; '' where none was."""
        return next((f"{day}, {name.lower()}" for day, slots in self.slots() for _slot, name, on in slots if on), "")

    def tomorrow(self) -> tuple[str, str] | None:
        """Of an hour that is over today: the button that accepts for it tomorrow, and what it says."""
        hour = first_hour(self["hour"].value() or "") if self.has_error("hour", OVER) else None
        on = self.today + NEXT
        if hour is None or (on, part := part_of(hour)) not in self.taken:
            return None
        return _slot(on, part), str(_("Accept for tomorrow %(hour)s") % {"hour": f"{hour:%H:%M}"})

    def is_late(self) -> bool:
        """Whether the last part of today has begun, so that an hour is likely to be meant for tomorrow."""
        return self.wall is not None and f"{self.wall:%H:%M}" >= starts(parts_of_day()[-1])

    def _called(self, on: date, part: str) -> str:
        """The part of the day; of today's last what whoever reads it at this hour takes it for: before the night ends
        "this evening" may be taken for the night that is.
        """
        assert self.wall is not None
        if part == NOW and self.arranged and (on, NOW) == [one for one in self.ahead if one[0] == on][-1]:
            # The sender has written an hour, and no other button of today is left that it could lie in.
            return str(_("As agreed by telephone"))
        if is_tonight(on, part, self.wall):
            return str(_("Tonight"))
        if on == self.today and part == parts_of_day()[-1] and self.wall.hour < NIGHT_ENDS:
            return str(_("This evening, from %(time)s") % {"time": starts(part)})
        return lists.label("part_of_day", part)

    def elsewhere(self, part: str, hour: time, ends: datetime) -> str:
        """Of an hour after the last part of the day, with whichever button: until when one can be agreed, and the other
        way, by the name of its button.
        """
        on, last = self.cleaned_data["arrival_on"], parts_of_day()[-1]
        if part_of(hour):
            return super().elsewhere(part, hour, ends)
        slots = {"hour": f"{hour:%H:%M}", "time": f"{max(part_ends(on, last), ends):%H:%M}"}
        return str(TOO_LATE) % {**slots, "part": self._called(on, last)}

    def clean(self) -> dict[str, Any]:
        """The button's day and part, else those of another day; of today only what is not over."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        if found.get("when") in (HOUR, NEXT_DAY):
            return self._by_hour(found)
        chosen = {_slot(day, part): (day, part) for day, part in self.taken}.get(found.get("when", ""))
        if chosen is not None:
            found["arrival_on"], found["arrival_part"] = chosen
        elif "when" not in self.errors:
            for name in ("arrival_on", "arrival_part"):
                if not found.get(name) and name not in self.errors:
                    self.add_error(name, self.NEEDED[name])
            on, part = found.get("arrival_on"), found.get("arrival_part")
            if on == self.today and part and (on, part) not in self.taken:
                self.add_error("arrival_part", _("This part of the day is over. Choose a later one."))
        return found

    def _by_hour(self, found: dict[str, Any]) -> dict[str, Any]:
        """In the part of the day in which the hour lies that was written; today after the last one it is "now", which
        goes on past midnight. Whether that hour is over, is asked of it as of any other.
        """
        if "hour" in self.errors:
            return found
        part = part_written(found.get("hour", ""))
        if part is None:
            self.add_error("hour", _("Write the hour, for example 15:30; or press a part of the day below."))
            return found
        on, last = (self.today, NOW) if found["when"] == HOUR else (self.today + NEXT, parts_of_day()[-1])
        found["arrival_on"], found["arrival_part"] = on, part if (on, part) in self.taken else last
        return found


TOO_LATE: Final = _(
    "%(hour)s is too late: until %(time)s an hour can be agreed here. Write an earlier one; or empty this field, write "
    "%(hour)s beside the meeting point, and press “%(part)s”."
)
HOUR: Final = "hour"
"""In the place of a part of the day: that of the hour that is written."""
NEXT_DAY: Final = "next_day"
"""The same of tomorrow."""
NEXT: Final = timedelta(days=1)


def _slot(on: date, part: str) -> str:
    """A part of a day as a button sends it; "now" is now, also when midnight has passed since."""
    return NOW if part == NOW else f"{on.isoformat()}.{part}"


def is_written(form: AcceptForm | None) -> bool:
    """Whether something stands in the line of a form that comes back, or is missing there."""
    return form is not None and any(form[name].value() or form[name].errors for name in MEETING)


class AskForm(KitForm):
    """One coded question."""

    question_code = forms.ChoiceField(label=_("Question"), error_messages={"required": _("Choose a question.")})

    def __init__(self, *args: Any, asks: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        listed = [(code, lists.label("question_code", code)) for code in asks]
        self.offer("question_code", [("", _("Choose a question")), *listed])


class DeclineForm(KitForm):
    """Why not, and what could fit instead."""

    reason = Coded(REASON_LISTS["decline"], _("Reason"), needed=_("Choose a reason."))
    suggested_service = forms.ChoiceField(
        label=_("What could help instead"),
        required=False,
        help_text=_("The sender sees it first, and can ask for it. Nothing is passed on from here."),
    )

    def __init__(
        self,
        *args: Any,
        asked: str = "",
        offered: Container[str] = (),
        sex: str = "",
        age_band: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.offer("suggested_service", instead.services(asked, offered, sex, age_band))


class UnacceptForm(KitForm):
    """Giving an acceptance back, with a reason."""

    reason = _reason(REASON_LISTS["unaccept"], _("Reason"))


class FinishForm(LastNightForm):
    """How help ended, in one code; a reason if it could not be given; a note, locked for the sender's team."""

    sensitive = ("note",)

    result = _result(_("How did it end?"))
    reason = _reason(
        REASON_LISTS["finish"],
        _("Why it could not be given"),
        required=False,
        help_text=_("Only with the answer that you could not give it."),
    )
    note = TextField(
        label=_("Note for the sender's team"),
        help_text=_("Locked: only they can open it. It is deleted when they confirm the result."),
        widget=LongText(rows=3),
        required=False,
        max_length=LONGEST,
    )

    def __init__(self, *args: Any, state: str, early: str = "", **kwargs: Any) -> None:
        """`early`: why it cannot be said yet that nobody was reached. Offered only where it was chosen before."""
        super().__init__(*args, **kwargs)
        shut = (UNREACHED,) if early and not self.is_bound else ()
        offered = (code for code in RESULTS.get(state, ()) if code not in shut)
        self.offer("result", [(code, lists.label("referral_result", code)) for code in offered])
        self.fields["result"].help_text = early

    def clean(self) -> dict[str, Any]:
        """The reason belongs to one result only."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        if found.get("result") == "not_given" and not found.get("reason") and "reason" not in self.errors:
            self.add_error("reason", _("Choose a reason."))
        return found


class AmendForm(LastNightForm):
    """A wrong or questioned result, mended. The same once more is no correction, and needs no reason."""

    result = _result(_("What is right?"))
    reason = _reason(
        REASON_LISTS["amend"],
        _("Why it changes"),
        but=(STANDS, NO_NIGHT),  # said by choosing the same result, and by nothing else
        required=False,
        help_text=_("If you choose the same result again, you keep it: no reason is needed."),
    )

    def __init__(self, *args: Any, was: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._was = was

    def clean(self) -> dict[str, Any]:
        """Another result has a reason."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        if found.get("result") not in (None, self._was) and not found.get("reason") and "reason" not in self.errors:
            self.add_error("reason", _("Choose a reason."))
        return found


class StaffForm(KitForm):
    """Who joins, and who is released."""

    joins = forms.MultipleChoiceField(label=_("Add"), required=False, widget=Ticks)
    leaves = forms.MultipleChoiceField(label=_("Remove"), required=False, widget=Ticks)

    def __init__(
        self,
        *args: Any,
        received: Received,
        people: Iterable[Colleague],
        keyless: Iterable[Colleague],
        mine: str,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.mine = mine
        self.keyless = [one.name for one in keyless]
        free, hints = colleagues(people, received.agreed.sections)
        self.someone_free = bool(free)
        self.offer("joins", free, hints if Side.RECEIVER in received.sides else None)
        self.offer("leaves", [(str(one.membership_id), words.team((one,))) for one in received.workers])

    def clean(self) -> dict[str, Any]:
        """Somebody must be named; who leaves cannot hand anything on in the same step."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        if not found.get("joins") and not found.get("leaves") and not self.errors:
            self.add_error("joins", _("Tick somebody to add or to remove."))
        if found.get("joins") and self.mine in found.get("leaves", ()):
            self.add_error("leaves", _("Add your colleague first. Then remove yourself in a second step."))
        return found


class WithdrawForm(KitForm):
    """How the person said that it shall end."""

    how_said = Coded("how_said", _("How was it said?"), needed=_("Say how the person told you."))
