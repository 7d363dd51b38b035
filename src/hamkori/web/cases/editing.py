"""What stands in the open about a case: next step and day, risk, language, what comes along."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.forms import BoundField
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from hamkori.access.scope import require
from hamkori.calendar.queries import calendar
from hamkori.casework.case.actions.details import details
from hamkori.casework.case.actions.goes_on import help_goes_on
from hamkori.casework.case.queries import cases
from hamkori.casework.case.queries.said_before import waits_for_needs
from hamkori.casework.case.rules import days
from hamkori.casework.case.rules.merging import merged
from hamkori.casework.case.rules.said import said_of
from hamkori.casework.referral.queries.origin import came_from
from hamkori.operations import first_stands
from hamkori.refusal import Invalid, NotNow
from hamkori.web.cases import beforehand, corrected, doctor_seen, writers
from hamkori.web.kit import moments, versions
from hamkori.web.kit.forms import DateField, KitForm, Segments
from hamkori.web.kit.posting import actor_of, done, version_of
from hamkori.web.kit.written import gives_back
from hamkori.web.nav import places
from hamkori.web.words import directory, lists
from hamkori.web.words.case import planned
from hamkori.web.words.comes_along import Known, count_children, questions
from hamkori.web.words.fields import Coded, Codes
from hamkori.web.words.ways import to_case

if TYPE_CHECKING:
    from hamkori.casework.case.models import Case


FIRST = ("next_step_code", "next_step_on")
"""What stands first, with a button of its own: it is set far more often than all the rest."""
PLACE = "place"
"""The locked part that has the district, of which the region stands in the open."""
FIRST_DAY = timedelta(days=1)
PLACES = "HOME"
"""The group of help where somebody sleeps."""
DAYS = 3
"""So many working days after tomorrow can be chosen with one press."""


class OpenForm(KitForm):
    """The coded fields that the team may change at any time."""

    next_step_code = Coded(
        "next_step",
        gettext_lazy("Next step"),
        none=gettext_lazy("Choose"),
        needed=gettext_lazy("Choose the next step."),
        widget=forms.Select,
    )
    next_step_on = DateField(
        label=gettext_lazy("On which day"), error_messages={"required": gettext_lazy("Choose a day for it.")}
    )
    risk_code = Coded("risk_level", gettext_lazy("Risk"), widget=Segments(unasked="not_asked"))
    has_danger = forms.BooleanField(
        label=gettext_lazy("Somebody is in danger"),
        help_text=gettext_lazy("Call first. While this is ticked, referrals leave at once."),
        required=False,
    )
    need_tonight_codes = Codes("need_tonight", gettext_lazy("What is needed tonight"), required=False)
    children_code, doctor_code, stairs_code = questions().values()
    sex_code = Coded("sex", gettext_lazy("Sex"), widget=Segments(unasked="other_or_not_said"))
    language_code = Coded("language", gettext_lazy("The person's language"), widget=forms.Select)
    needs_interpreter = forms.BooleanField(label=gettext_lazy("An interpreter is needed"), required=False)

    def __init__(
        self,
        *args: Any,
        today: date | None = None,
        stood: Sequence[object] = (),
        planned: Mapping[str, object] | None = None,
        as_it_stands: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["doctor_code"].help_text = _(
            "For the summary. Needed today: tick “a doctor” above, then Today asks for one."
        )
        self.kept: Mapping[str, object] = {}
        if today is not None:
            changed = {*self.changed_data}
            others = changed - {*FIRST}
            self.day("next_step_on").between(*days.next_step(today), stood if others else ())
            if (others or as_it_stands) and planned is not None and others == changed:
                # A day that is over stays, and none where none is planned: danger is ticked without a plan, and all
                # that is needed is still so after the case was opened again.
                self.kept = planned
                for name in FIRST:
                    self.fields[name].required = False

    def clean(self) -> dict[str, Any]:
        """Nobody says that a child needs a doctor, and that none comes along."""
        said: dict[str, Any] = super().clean() or {}
        count_children(self, said.get("doctor_code"))
        return said

    def clean_next_step_code(self) -> object:
        """The step that was chosen; where it was not touched and another answer is changed, the one that stands."""
        return self.kept.get("next_step_code", self.cleaned_data["next_step_code"])

    def clean_next_step_on(self) -> object:
        """The day that was chosen; or, in the same way, the one that stands."""
        return self.kept.get("next_step_on", self.cleaned_data["next_step_on"])

    @property
    def rest(self) -> list[BoundField]:
        """What is folded away where only the next step is set."""
        return [field for field in self.visible_fields() if field.name not in FIRST]

    @property
    def rest_wrong(self) -> bool:
        """Whether something is to be mended there."""
        return any(field.errors for field in self.rest)

    def codes(self) -> dict[str, Any]:
        """What is written."""
        return {name: self.cleaned_data[name] for name in self.fields}


@require_http_methods(["GET", "POST"])
@gives_back(lambda _request: OpenForm())
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """The sheet of coded fields. Somebody else was faster: 409, both answers side by side, and a choice for each."""
    actor = actor_of(request)
    case = cases.case(actor, code)
    require(actor, "case.edit", case)
    if request.method == "POST" and doctor_seen.SEEN in request.POST:
        return doctor_seen.saved(request, actor, case)
    status = 400 if request.method == "POST" else 200
    both: versions.Meeting | None = None
    was = request.POST.get("was", "")
    if request.method != "POST":
        was = versions.opened_with({name: getattr(case, name) for name in OpenForm.base_fields})
    form = _form(request, case)
    if request.method == "POST":
        if form.is_valid():
            stood, told_before = (case.next_step_code, case.next_step_on), said_of(case)
            try:
                by_me = case.edited_by == actor.membership_id
                names, keep = tuple(OpenForm.base_fields), versions.kept(request.POST, OpenForm.base_fields)
                opened, version = versions.was(request.POST, names), version_of(request)
                write = help_goes_on if request.GET.get("goes_on") == "1" else _writes(request)
                saved = write(actor, case, version=version, codes=form.codes(), was=opened, keep=keep)
            except Invalid as refusal:
                form.say(refusal)
            except NotNow as refusal:
                if refusal.guard != "version_same":
                    raise
                status = 409
                case = cases.case(actor, code)
                both = _meanwhile(request, form, case)
            else:
                said = saved_step(saved, stood, places(request)["now"], done=_is_done(request))
                said = writers.chosen(by_me=by_me) if keep else said
                messages.success(request, " ".join(filter(None, (said, corrected.of_facts(saved, told_before)))))
                return done(actor, reverse("case", args=[case.code]))
        first_stands(actor)
    whole = _is_whole(request)
    context = {
        "title": _("Change the details that are not locked") if whole else _("Next step"),
        "replaces": "" if both else planned(case, places(request)["now"]),
        "is_done": _is_done(request),
        "whole": whole,
        "reads": beforehand.of_details(case),
        "writes_place": whole and PLACE in cases.standing(case).writes,
        "day_open": bool(form["next_step_on"].value() or form["next_step_on"].errors),
        "days": _days(timezone.localdate(places(request)["now"]), request.POST.get("day", "")),
        "back": to_case(case.code),
        "in_task": True,
        "case": case,
        "form": form,
        "both": both,
        "was": was,
        "operation": request.POST.get("operation", ""),
    }
    return render(request, "cases/edit.html", context, status=status)


def _writes(request: HttpRequest) -> Callable[..., Case]:
    """Where the whole sheet stands open, whoever saves it has read what is needed and whether somebody is in danger."""
    return partial(details, needs_shown=_is_whole(request))


def _is_whole(request: HttpRequest) -> bool:
    """Whether all that stands in the open is asked, and not the next step alone."""
    return request.GET.get("all") == "1"


def _is_done(request: HttpRequest) -> bool:
    """Whether whoever comes has done the step that was planned: the next one is asked for, and nothing is filled in."""
    return request.GET.get("done") == "1"


def saved_step(case: Case, stood: tuple[str, date | None], now: datetime, *, done: bool = False) -> str:
    """What was done or put off, of what `stood` before, and what is planned now, with the day of the week: somebody
    who meant another day sees it at once.
    """
    if case.next_step_on is None:
        return _("Saved. No next step is planned yet.")
    day, (code, on) = moments.week_day(case.next_step_on, timezone.localdate(now)), stood
    values = {"step": lists.label("next_step", case.next_step_code), "day": day}
    if done and code:
        return _("Done: %(done)s. Next: %(step)s, %(day)s.") % {"done": lists.label("next_step", code), **values}
    if code and code != case.next_step_code:
        return _("Not done, replaced: %(before)s. Next: %(step)s, %(day)s.") % {
            "before": lists.label("next_step", code),
            **values,
        }
    if code == case.next_step_code and on is not None and on < case.next_step_on:
        return _("Put off: %(step)s, %(day)s.") % values
    return _("Saved. Next step: %(step)s, %(day)s.") % values


def _is_over(day: object, today: date) -> bool:
    """Whether what was planned for this day is late."""
    return isinstance(day, date) and day < today


def _days(today: date, chosen: str) -> list[tuple[str, str, str]]:
    """Today, tomorrow and the next working days, each a button that saves; the one that was pressed has a mark."""
    tomorrow = today + timedelta(days=1)
    days = [today, tomorrow, *islice(calendar().days_after(tomorrow), DAYS)]
    return [
        (value := day.isoformat(), capfirst(moments.week_day(day, today)), "done" if value == chosen else "")
        for day in days
    ]


def _sent(request: HttpRequest) -> QueryDict | None:
    """What was sent; the button of a day fills in that day."""
    day = request.POST.get("day", "")
    if not day:
        return request.POST or None
    sent = request.POST.copy()
    sent["next_step_on"] = day
    return sent


def _form(request: HttpRequest, case: Case) -> OpenForm:
    before = versions.was(request.POST, ("next_step_on",)) or {}
    initial, at = {name: getattr(case, name) for name in OpenForm.base_fields}, places(request)["now"]
    today = timezone.localdate(at)
    if _is_over(case.next_step_on, today):
        initial["next_step_on"] = None  # nobody plans for a day that is over
    if case.from_referral and not case.next_step_code and at < case.begun_at + FIRST_DAY:
        initial["next_step_code"] = _proposed(case)
    return OpenForm(
        _sent(request),
        initial=initial | dict.fromkeys(FIRST) if _is_done(request) else initial,
        today=today,
        stood=(case.next_step_on, *before.values()),
        planned=None if _is_done(request) else {name: getattr(case, name) for name in FIRST},
        as_it_stands=_is_whole(request) and waits_for_needs(case),
    )


def _proposed(case: Case) -> str:
    """The step with which most help begins, in an own case of the first day that has none yet: where they sleep, to
    receive them. Later somebody decides what comes next.
    """
    sleeps = any(directory.group(one.service) == PLACES for one in came_from(case))
    return "settle_in" if sleeps else "meet"


def _meanwhile(request: HttpRequest, form: OpenForm, case: Case) -> versions.Meeting:
    """Somebody was faster: each answer that both changed, and what is put together. What was typed stays."""
    names = tuple(OpenForm.base_fields)
    was, keep = versions.was(request.POST, names), versions.kept(request.POST, names)
    if version_of(request) != case.version:
        keep = {}  # they were for another version than the one that is shown now
    mine = form.codes()
    theirs = {name: getattr(case, name) for name in mine}
    put = merged(was, mine, theirs, keep)
    who = writers.other(actor_of(request), case.edited_by, case.edited_at, places(request)["now"])
    labels = {name: form.fields[name].label or "" for name in mine}
    return versions.Meeting(
        who=who,
        fields=[
            versions.question(
                name,
                labels[name],
                partial(_said, form.fields[name]),
                before=None if was is None else was.get(name, ""),
                mine=mine[name],
                theirs=theirs[name],
                who=who,
            )
            for name in put.asked
        ],
        together=versions.together(labels, put.by_me, put.by_them, who),
        kept={name: keep[name] for name in put.not_kept},
    )


def _said(field: forms.Field, value: Any) -> Any:
    """An answer in words; of several a list of them."""
    if isinstance(field, Codes):
        return [lists.label(field.listed, code) for code in value or ()]
    if isinstance(field, DateField):
        day = value if isinstance(value, date) else parse_date(str(value))
        return moments.dated(day) if day else ""
    if isinstance(field, forms.BooleanField):
        return _("Yes") if value else _("No")
    if isinstance(field, Known):
        return field.said(value)
    return lists.label(field.listed, value) if isinstance(field, Coded) else str(value or "")
