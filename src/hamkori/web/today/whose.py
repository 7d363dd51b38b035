"""Beside a row of Today: the person, where they are or why help stopped; to whoever supervises, whose case it is."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hamkori.casework.work.queries.due import Due
from hamkori.casework.work.queries.resting import calls_self
from hamkori.web.kit import moments
from hamkori.web.today import buttons, verbs, without
from hamkori.web.words import asked, lists, red
from hamkori.web.words import case as words


def whom(one: Due, now: datetime, under: Due | None) -> list[str]:
    """The person; of a line the row says it in which it stands."""
    return [] if under is not None else _person(one, now)


def _person(one: Due, now: datetime) -> list[str]:
    if one.what == "desk.answer" and one.sex:
        return [asked.kind_beside(verbs.what(one, now), lists.label("service", one.service))]
    # Of help that nobody gives the row says why; who it is and what they suggest stands on the page.
    said = (without.is_without(one) and not one.lines) or one.result_at is not None or one.ended
    tells = bool(one.sex) and not (one.what.startswith("got.") or said)
    person = words.person_of(one.sex, one.age_band, one.children) if tells else ""
    return [person] if person and person not in verbs.what(one, now) else []  # the title may have it already


def why(one: Due, now: datetime) -> list[str | SafeString]:
    """Of what stopped who gave no help, and why."""
    if not one.stopped:
        return []
    return [_stopped(one), without.had_said_yes(one, now), _("the consent has ended") if one.consent_ended else ""]


def instead(one: Due) -> str:
    """Of what stopped what they suggest, where nothing else was asked for since."""
    return suggested(one) if one.stopped and not without.is_without(one) else ""


def region(one: Due, under: Due | None) -> str:
    """From how far the person comes, to whoever answers: of an own case its page says it."""
    return lists.label("region", one.region) if one.what == "desk.answer" and under is None else ""


def _stopped(one: Due) -> str:
    """Which organisation gave no help, and the reason; how it stopped stands beside the time."""
    if one.not_here and one.phone:
        return ""  # who expected the person stands beside the number
    said = lists.label(without.REASONS[one.what], one.reason) if one.what in without.REASONS and one.reason else ""
    return lists.about(one.body, said) if one.body and said else one.body or said


def suggested(one: Due) -> str:
    """What whoever declined said would help instead."""
    return _("they suggest: %(service)s") % {"service": lists.label("service", one.suggested)} if one.suggested else ""


def of_lead(one: Due, *, mixed: bool) -> str:
    """To whoever supervises: whose case it is."""
    if one.lead:
        alone = one.lead_alone and not one.what.endswith("draft")
        said = _("lead worker: %(name)s") % {"name": red.alone(one.lead) if alone else one.lead}
        return f"{said}; {AWAY}" if alone and buttons.tells(one) else said
    return _("you supervise") if one.supervised and mixed else ""


AWAY: Final = gettext_lazy("if absent, call yourself")
"""Beside a worker who is alone on the team, where the row offers to tell the team."""


def told(one: Due, now: datetime) -> str:
    """For a supervisor: when the team was told of the case."""
    if one.told_at is None or not (one.supervised and one.to_look):
        return ""
    return _("told about this case %(when)s") % {"when": moments.moment(one.told_at, now)}


def told_and_calls(one: Due, now: datetime) -> str | SafeString:
    """The same of what cannot wait, in place of the button: it stays where it was, and they call themselves."""
    if one.told_at is None or not calls_self(one):
        return ""
    said = _("the team was told %(when)s: if nobody answers, call yourself")
    if one.lead_alone:
        said = _("the lead worker was told %(when)s, nobody else is on the team: call yourself")
    return format_html("<b>{}</b>", said % {"when": moments.moment(one.told_at, now)})


def asked_to_look(one: Due) -> str | SafeString:
    """For the lead worker that the supervisor asks, before everything else."""
    asks = one.told_at is not None and not one.supervised and one.to_look
    return format_html("<b>{}</b>", _("your supervisor asks you to look")) if asks else ""


def discard(one: Due) -> SafeString:
    """The way to throw away a registration that was begun."""
    return format_html('<a href="{}">{}</a>', reverse("discard_case", args=[one.case]), _("Discard"))
