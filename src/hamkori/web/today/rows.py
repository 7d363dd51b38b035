"""Rows of Today in words: a verb, a code, a clock time."""

from datetime import datetime
from typing import Any, Final

from django.template import Context
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hamkori.casework.work.queries.today import Draft, Due
from hamkori.web.kit import moments
from hamkori.web.templatetags.kit import due, grouped
from hamkori.web.words import case as words
from hamkori.web.words import lists

ICONS = {
    "next_step": "calendar",
    "no_next_step": "calendar",
    "child": "warning",
    "consent": "question",
    "question": "question",
    "desk.answer": "desk",
    "national.late": "phone",
}


def row(one: Due, now: datetime) -> dict[str, Any]:
    """Values for `{% item %}`."""
    return {
        "href": _href(one),
        "what": _what(one),
        "sub": _sub(one),
        "when": _when(one, now),
        "late": one.late,
        "icon": "late" if one.late else ICONS.get(one.what, "referrals"),
        "tone": "late" if one.late else "wait",
    }


def _href(one: Due) -> str:
    if one.what == "national.late":
        return reverse("coordination_late")
    if one.what == "consent":
        return reverse("consent", args=[one.case])
    if one.referral:
        return reverse("referral", args=[one.referral])
    return reverse("case", args=[one.case])


# The verb of a row: what it is, or what it is once its time has passed. A whole sentence for each.
VERBS: Final = {
    "next_step": "%(step)s",
    "no_next_step": gettext_lazy("Choose the next step"),
    "child": gettext_lazy("Tell child protection"),
    "consent": gettext_lazy("The consent ends"),
    "consent.late": gettext_lazy("Ask again: the consent has ended"),
    "sent.answer": gettext_lazy("No answer yet: %(service)s"),
    "sent.arrival": gettext_lazy("Did the person arrive? %(service)s"),
    "sent.miss": gettext_lazy("The person did not come: %(service)s"),
    "sent.confirm": gettext_lazy("Ask the person how it was: %(service)s"),
    "question": gettext_lazy("Answer a question: %(question)s"),
    "got.arrival": gettext_lazy("The person comes, %(part)s: %(service)s"),
    "got.arrival.late": gettext_lazy("Did the person come? %(service)s"),
    "got.miss": gettext_lazy("Contact the person again: %(service)s"),
    "got.result": gettext_lazy("Say what was done: %(service)s"),
    "got.dispute": gettext_lazy("Your result is disputed: %(service)s"),
    "desk.answer": gettext_lazy("Answer a referral: %(service)s"),
    "national.late": gettext_lazy("Call: %(body)s"),
}


def _what(one: Due) -> str:
    verb = VERBS.get(f"{one.what}.late") if one.late else None
    return str(verb or VERBS[one.what]) % {
        "service": lists.label("service", one.service),
        "step": lists.label("next_step", one.step),
        "question": lists.label("question_code", one.step),
        "part": lists.label("part_of_day", one.part).lower(),
        "body": one.body,
    }


def _sub(one: Due) -> SafeString:
    code = one.case or one.referral
    parts = [words.person_of(one.sex, one.age_band) if one.sex else ""]
    if one.what == "national.late":
        parts.append(lists.label("service", one.service))
    elif one.body:
        parts.append(one.body)
    parts.append(lists.label("region", one.region))
    if one.supervised:
        parts.append(_("you supervise"))
    return format_html(
        '<span class="code">{}</span>{}', grouped(code), "".join(f"\u00a0· {part}" for part in parts if part)
    )


def _when(one: Due, now: datetime) -> str | SafeString:
    if one.what == "consent" and one.at is not None:
        return moments.last_day(one.at, now)  # a day of hers, no target of ours
    if one.at is not None:
        return due(Context({"now": now}), at=one.at, start=one.started_at)
    if one.on is not None:
        return moments.day(one.on, timezone.localdate(now))
    return _("none set")


def draft(one: Draft) -> dict[str, Any]:
    """A registration that waits to be finished."""
    return {
        "at": one.begun_at,
        "url": f"{reverse('register', args=[one.code])}?page={one.page}",
        "discard_url": reverse("discard_case", args=[one.code]),
        "code": one.code,
    }
