"""The living style guide: every component of the kit on one page, with invented codes and times and nobody's data.

The page is what the kit is looked at and measured by: light, dark, narrow, right to left, with errors. It asks no
database. Its sample words are English in every language, for they are for who builds pages; the shell is translated.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from hamkori.web.kit.assets import KIT
from hamkori.web.kit.forms import Answers, Choices, DateField, KitForm, LongText, Segments, Ticks, TimeField
from hamkori.web.kit.icons import ICONS
from hamkori.web.kit.versions import Meeting, Who

NOW: Final = datetime(2026, 11, 25, 9, 5, tzinfo=UTC)
SWATCH: Final = re.compile(r"^\.s-([a-z-]+) ", re.M)

SIGN: Final = [
    ("not_asked", "not asked"),
    ("present", "present"),
    ("absent", "absent"),
    ("unknown", "unknown"),
]


class Sample(KitForm):
    """One field of each kind."""

    mark_needed = True
    sensitive = ("call_her", "wish")

    call_her = forms.CharField(
        label="What to call the person",
        help_text="Any word that is safe. It is locked as you save.",
        required=False,
    )
    region = forms.ChoiceField(label="Region", choices=[("", "Choose"), ("1", "Sughd"), ("2", "Khatlon")])
    until = DateField(label="Until", help_text="90 days; at most 180.")
    hour = TimeField(label="Part of the day", required=False)
    how = forms.ChoiceField(
        label="How the person answered",
        choices=[("said", "In words"), ("signed", "Signed on paper")],
        widget=Choices(hints={"signed": "The paper stays with you."}),
    )
    goes = forms.MultipleChoiceField(
        label="What may be shared",
        choices=[("contact", "Contact"), ("needs", "Needs"), ("identity", "Identity")],
        widget=Ticks(
            hints={
                "contact": "what to call the person, safe number, hours",
                "needs": "needs, wishes, risk reasons",
                "identity": "legal names, date of birth, documents",
            }
        ),
        required=False,
    )
    soon = forms.ChoiceField(
        label="How soon",
        help_text="They see until when an answer is due.",
        choices=[
            ("urgent", "within 2 hours"),
            ("day", "within a day"),
            ("normal", "3 working days"),
        ],
        widget=Segments,
    )
    wish = forms.CharField(label="What the person wishes", widget=LongText, required=False)
    alone = forms.BooleanField(label="The person is alone with me", help_text="Nobody listens.", required=False)


class Signs(KitForm):
    """Two lines of a screening list."""

    hours = forms.ChoiceField(
        label="Excessive working days or hours",
        choices=SIGN,
        widget=Answers(unasked="not_asked"),
        initial="present",
    )
    salary = forms.ChoiceField(
        label="Low or no salary",
        help_text="from the registration",
        choices=SIGN,
        widget=Answers(unasked="not_asked"),
        initial="not_asked",
    )


@require_safe
def sheet(request: HttpRequest) -> HttpResponse:
    """All components; `?task` shows the phone inside a task, `?sealed` the vault closed, `?rtl` right to left."""
    task = "task" in request.GET
    context: dict[str, Any] = {
        "title": "Style guide",
        "actor_name": "Zarina",
        "actor_role": "case worker",
        "body_name": "Umed centre, Kulob",
        "vault_open_until": None if "sealed" in request.GET else NOW + timedelta(hours=2, minutes=35),
        "nav": places(),
        "back": {"url": "#main", "label": "Cases"} if task else None,
        "in_task": task,
        "rtl": "rtl" in request.GET,
        "now": NOW,
        "undo": {"text": "Accepted. The sender was told.", "url": "#undo", "seconds": 0},
        "icons": sorted(ICONS),
        "colours": colours(),
        "empty_form": Sample(),
        "wrong_form": Sample({"call_her": "…", "until": "23.02.2028x", "soon": ""}, auto_id="wrong_%s"),
        "signs": Signs(),
        **moments(),
        **_of_a_case(),
        **_of_tables(),
        "meeting": _of_two(),
    }
    return render(request, "styleguide.html", context)


def colours() -> list[str]:
    """The colours that the style sheet shows, by their names."""
    return SWATCH.findall((KIT / "css" / "data.css").read_text())


def places() -> list[dict[str, Any]]:
    """The rail of a case worker who is referral officer too."""
    return [
        {
            "url": "#today",
            "label": "Today",
            "icon": "today",
            "current": True,
            "count": 2,
            "count_label": "late",
            "late": True,
        },
        {"url": "#cases", "label": "Cases", "icon": "cases", "count": 14, "key": "KeyG KeyC"},
        {"url": "#referrals", "label": "Referrals", "icon": "referrals", "count": 5},
        {"url": "#desk", "label": "Incoming", "icon": "desk"},
        {"url": "#directory", "label": "Directory", "icon": "directory"},
    ]


def moments() -> dict[str, datetime]:
    """Targets before and after `NOW`."""
    return {
        "sent": NOW - timedelta(hours=1, minutes=10),
        "soon": NOW + timedelta(minutes=50),
        "tomorrow": NOW + timedelta(days=1),
        "past": NOW - timedelta(hours=2, minutes=45),
    }


def _of_a_case() -> dict[str, Any]:
    """What a case page lists."""
    return {
        "agreed": [
            {"kind": "Shelter and social", "answer": "yes", "state": "yes"},
            {"kind": "Health", "answer": "yes, without name", "state": "yes"},
            {"kind": "Legal", "answer": "not asked", "state": "unasked"},
            {"kind": "Police", "answer": "no", "state": "no"},
        ],
        "case_tags": [
            {"text": "Risk: high", "tone": "late", "icon": "danger"},
            {"text": "Presumed victim", "tone": "info"},
        ],
        "tasks": [
            {
                "label": "Risk and safety plan",
                "hint": "High risk: every 14 days",
                "url": "#",
                "state": "late",
                "when": "1 day late",
            },
            {
                "label": "Assistance plan",
                "hint": "Usually within 10 working days",
                "url": "#",
                "state": "todo",
                "state_label": "Not started",
            },
            {"label": "Signs of trafficking", "url": "#", "state": "done", "state_label": "Done"},
        ],
        "events": [
            {
                "what": "Coordinator told: no answer from the shelter",
                "at": NOW - timedelta(hours=2, minutes=45),
                "by": "automatically",
            },
            {"what": "Referred to a shelter", "at": NOW - timedelta(hours=5), "by": "Zarina", "note": "urgent"},
            {"what": "Decided: presumed victim", "at": NOW - timedelta(days=1), "by": "Zarina"},
        ],
        "steps": [
            {"label": "Danger now", "state": "done", "url": "#"},
            {"label": "Deceptive recruitment", "state": "done", "url": "#"},
            {"label": "Exploitative conditions", "state": "now"},
            {"label": "Result and decision", "state": "todo"},
        ],
    }


def _of_two() -> Meeting:
    """What two people wrote at the same time."""
    who = Who(name="Firuza", when="today 11:25")
    needs = {
        "name": "needs",
        "legend": "What is needed",
        "who": who,
        "before": {"lines": [("clothes", "")]},
        "mine": {"lines": [("clothes", ""), ("a phone", "new")]},
        "theirs": {"lines": [("clothes", "gone"), ("school things", "new")]},
    }
    return Meeting(who=who, fields=[needs], together=[("Wishes", "changed by Firuza")])


def _of_tables() -> dict[str, Any]:
    """Tables, facts and people."""
    return {
        "columns": [
            {"label": "Organisation"},
            {"label": "Late", "num": True},
            {"label": "Median answer", "num": True},
            {"label": "Last"},
        ],
        "table_rows": [
            [{"text": "Shelter, Khatlon", "href": "#"}, 3, "52 h", {"text": "late", "tone": "late"}],
            [{"text": "Nilufar centre", "href": "#"}, 0, "6 h", {"text": "answered", "tone": "done"}],
        ],
        "card_rows": [
            ("Kind of help", "shelter and social"),
            ("Needed", "26 November"),
            ("Person", "woman, 18–29"),
            ("Region", "Khatlon"),
            ("Languages", "Tajik, Uzbek"),
            ("Risk", "high"),
        ],
        "later_rows": [("Then", "contact, needs"), ("Who reads it", "the people they name")],
        "answers": [
            {"label": "Safe to talk now", "value": "yes", "href": "#"},
            {"label": "District", "value": "Kulob", "href": "#"},
            {"label": "Interpreter", "value": "", "href": "#"},
        ],
        "filters": [
            {"label": "Khatlon", "url": "#", "on": True},
            {"label": "Late", "url": "#", "on": False},
            {"label": "Mine", "url": "#", "on": False},
        ],
        "people": [
            {"name": "Zarina", "what": "case worker", "why": "lead worker; all but the psychological part"},
            {
                "name": "Nilufar centre",
                "what": "one psychologist",
                "why": "accepted referral; contact and needs; until 23 February",
            },
        ],
        "mine": {"value": "30 November", "when": "14:15"},
        "theirs": {"value": "2 December", "who": "Farrukh", "when": "14:12"},
        "states": [
            ("draft", "draft"),
            ("sent", "waiting"),
            ("accepted", "accepted"),
            ("serving", "being helped"),
            ("finished", "finished"),
            ("declined", "declined"),
            ("withdrawn", "ended"),
            ("disputed", "disputed"),
        ],
    }
