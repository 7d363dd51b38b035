"""The living style guide: every component of the kit on one page, with invented codes and times and nobody's data.

The page is what the kit is looked at and measured by: light, dark, narrow, right to left, with errors. It asks no database.
"""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from hamkori.web.forms import Answers, Choices, DateField, KitForm, LongText, Segments, Ticks, TimeField
from hamkori.web.icons import ICONS

NOW: Final = datetime(2026, 11, 25, 9, 5, tzinfo=UTC)
COLOURS: Final = (
    "ground card sunken ink muted line control brand brand-tint header danger danger-tint wait wait-tint done done-tint info "
    "info-tint focus"
).split()

CONSENT: Final = [
    ("not_asked", gettext_lazy("not asked")),
    ("yes", gettext_lazy("yes")),
    ("yes_anonymous", gettext_lazy("yes, without name")),
    ("no", gettext_lazy("no")),
]
SIGN: Final = [
    ("not_asked", gettext_lazy("not asked")),
    ("present", gettext_lazy("present")),
    ("absent", gettext_lazy("absent")),
    ("unknown", gettext_lazy("unknown")),
]


class Sample(KitForm):
    """One field of each kind."""

    mark_needed = True
    sensitive = ("call_her", "wish")

    call_her = forms.CharField(
        label=gettext_lazy("What to call her"),
        help_text=gettext_lazy("Any word that is safe. It is sealed as you save."),
        required=False,
    )
    region = forms.ChoiceField(
        label=gettext_lazy("Region"), choices=[("", gettext_lazy("Choose")), ("1", "Sughd"), ("2", "Khatlon")]
    )
    until = DateField(label=gettext_lazy("Until"), help_text=gettext_lazy("90 days; at most 180."))
    hour = TimeField(label=gettext_lazy("Part of the day"), required=False)
    how = forms.ChoiceField(
        label=gettext_lazy("How she answered"),
        choices=[("said", gettext_lazy("In words")), ("signed", gettext_lazy("Signed on paper"))],
        widget=Choices(hints={"signed": gettext_lazy("The paper stays with you.")}),
    )
    goes = forms.MultipleChoiceField(
        label=gettext_lazy("What may go"),
        choices=[("contact", gettext_lazy("Contact")), ("needs", gettext_lazy("Needs")), ("identity", gettext_lazy("Identity"))],
        widget=Ticks(
            hints={
                "contact": gettext_lazy("what to call her, safe telephone, hours"),
                "needs": gettext_lazy("needs, wishes, risk reasons"),
                "identity": gettext_lazy("legal names, date of birth, papers"),
            }
        ),
        required=False,
    )
    soon = forms.ChoiceField(
        label=gettext_lazy("How soon"),
        help_text=gettext_lazy("The desk sees this as a clock."),
        choices=[
            ("urgent", gettext_lazy("within 2 hours")),
            ("day", gettext_lazy("within a day")),
            ("normal", gettext_lazy("3 working days")),
        ],
        widget=Segments,
    )
    wish = forms.CharField(label=gettext_lazy("What she wishes"), widget=LongText, required=False)
    alone = forms.BooleanField(
        label=gettext_lazy("She is alone with me"), help_text=gettext_lazy("Nobody listens."), required=False
    )


class Signs(KitForm):
    """Two lines of a screening list."""

    hours = forms.ChoiceField(
        label=gettext_lazy("Excessive working days or hours"),
        choices=SIGN,
        widget=Answers(unasked="not_asked"),
        initial="present",
    )
    salary = forms.ChoiceField(
        label=gettext_lazy("Low or no salary"),
        help_text=gettext_lazy("from the registration"),
        choices=SIGN,
        widget=Answers(unasked="not_asked"),
        initial="not_asked",
    )


class Consent(KitForm):
    """Two questions of consent."""

    social = forms.ChoiceField(
        label=gettext_lazy("Shelter and social help"), choices=CONSENT, widget=Segments(unasked="not_asked"), initial="yes"
    )
    protection = forms.ChoiceField(
        label=gettext_lazy("Police: protection from somebody"),
        choices=CONSENT,
        widget=Segments(unasked="not_asked"),
        initial="no",
    )


@require_safe
def sheet(request: HttpRequest) -> HttpResponse:
    """All components; `?task` shows the phone's page inside a task, `?sealed` the vault closed, `?rtl` right to left."""
    task = "task" in request.GET
    context: dict[str, Any] = {
        "title": _("Style guide"),
        "actor_name": "Zarina",
        "actor_role": _("case worker"),
        "body_name": "Umed centre, Kulob",
        "vault_open_until": None if "sealed" in request.GET else NOW + timedelta(hours=2, minutes=35),
        "nav": places(),
        "back": {"url": "#main", "label": _("Cases")} if task else None,
        "in_task": task,
        "rtl": "rtl" in request.GET,
        "now": NOW,
        "undo": {"text": _("Accepted. The sender was told."), "url": "#undo", "seconds": 0},
        "icons": sorted(ICONS),
        "colours": COLOURS,
        "empty_form": Sample(),
        "wrong_form": Sample({"call_her": "…", "until": "23.02.2028x", "soon": ""}, auto_id="wrong_%s"),
        "signs": Signs(),
        "consent": Consent(auto_id="consent_%s"),
        **moments(),
        **lists(),
    }
    return render(request, "styleguide.html", context)


def places() -> list[dict[str, Any]]:
    """The rail of a case worker who is desk officer too."""
    return [
        {"url": "#today", "label": _("Today"), "icon": "today", "current": True, "count": 2, "count_label": _("late"), "late": True},
        {"url": "#cases", "label": _("Cases"), "icon": "cases", "count": 14, "key": "KeyG KeyC"},
        {"url": "#referrals", "label": _("Referrals"), "icon": "referrals", "count": 5},
        {"url": "#desk", "label": _("Desk inbox"), "icon": "desk"},
        {"url": "#directory", "label": _("Directory"), "icon": "directory"},
    ]


def moments() -> dict[str, datetime]:
    """Targets before and after `NOW`."""
    return {
        "sent": NOW - timedelta(hours=1, minutes=10),
        "soon": NOW + timedelta(minutes=50),
        "tomorrow": NOW + timedelta(days=1),
        "past": NOW - timedelta(hours=2, minutes=45),
    }


def lists() -> dict[str, Any]:
    """Rows for lists, tables and cards."""
    return {
        "agreed": [
            {"kind": _("Shelter and social"), "answer": _("yes"), "state": "yes"},
            {"kind": _("Health"), "answer": _("yes, without name"), "state": "yes"},
            {"kind": _("Legal"), "answer": _("not asked"), "state": "unasked"},
            {"kind": _("Police"), "answer": _("no"), "state": "no"},
        ],
        "case_tags": [
            {"text": _("Risk: high"), "tone": "late", "icon": "danger"},
            {"text": _("Presumed victim"), "tone": "info"},
        ],
        "tasks": [
            {"label": _("Risk and safety plan"), "hint": _("High risk: every 14 days"), "url": "#", "state": "late", "when": _("1 day late")},
            {"label": _("Assistance plan"), "hint": _("Usually within 10 working days"), "url": "#", "state": "todo", "state_label": _("Not started")},
            {"label": _("Signs of trafficking"), "url": "#", "state": "done", "state_label": _("Done")},
        ],
        "events": [
            {"what": _("Coordinator told: no answer from the shelter"), "at": NOW - timedelta(hours=2, minutes=45), "by": _("by the clock")},
            {"what": _("Referred to a shelter"), "at": NOW - timedelta(hours=5), "by": "Zarina", "note": _("urgent")},
            {"what": _("Decided: presumed victim"), "at": NOW - timedelta(days=1), "by": "Zarina"},
        ],
        "steps": [
            {"label": _("Danger now"), "state": "done", "url": "#"},
            {"label": _("Deceptive recruitment"), "state": "done", "url": "#"},
            {"label": _("Exploitative conditions"), "state": "now"},
            {"label": _("Result and decision"), "state": "todo"},
        ],
        "columns": [{"label": _("Body")}, {"label": _("Late"), "num": True}, {"label": _("Median answer"), "num": True}, {"label": _("Last")}],
        "table_rows": [
            [{"text": "Shelter, Khatlon", "href": "#"}, 3, "52 h", {"text": _("late"), "tone": "late"}],
            [{"text": "Nilufar centre", "href": "#"}, 0, "6 h", {"text": _("answered"), "tone": "done"}],
        ],
        "card_rows": [
            (_("Kind of help"), _("shelter and social")),
            (_("Needed"), _("26 November")),
            (_("Person"), _("woman, 18–29")),
            (_("Region"), "Khatlon"),
            (_("Languages"), _("Tajik, Uzbek")),
            (_("Risk"), _("high")),
        ],
        "later_rows": [(_("Then"), _("contact, needs")), (_("Who reads it"), _("the people they name"))],
        "answers": [
            {"label": _("Safe to talk now"), "value": _("yes"), "href": "#"},
            {"label": _("District"), "value": "Kulob", "href": "#"},
            {"label": _("Interpreter"), "value": "", "href": "#"},
        ],
        "filters": [
            {"label": "Khatlon", "url": "#", "on": True},
            {"label": _("Late"), "url": "#", "on": False},
            {"label": _("Mine"), "url": "#", "on": False},
        ],
        "people": [
            {"name": "Zarina", "what": _("case worker"), "why": _("leads the case; all but the psychological part")},
            {"name": "Nilufar centre", "what": _("one psychologist"), "why": _("accepted referral; contact and needs; until 23 February")},
        ],
        "mine": {"value": _("30 November"), "when": "14:15"},
        "theirs": {"value": _("2 December"), "who": "Farrukh", "when": "14:12"},
        "states": [
            ("draft", _("draft")), ("sent", _("waiting")), ("accepted", _("accepted")), ("serving", _("being helped")),
            ("finished", _("finished")), ("declined", _("declined")), ("withdrawn", _("ended")), ("disputed", _("disputed")),
        ],
    }
