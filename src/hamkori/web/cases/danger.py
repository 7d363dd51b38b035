"""Danger that was answered by help, on the page of its case, and the button that says it again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid5

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hamkori.access.actor import Actor
from hamkori.access.scope import require
from hamkori.casework.case.actions import case as act
from hamkori.casework.case.actions.danger_told import danger_told
from hamkori.casework.case.queries import cases
from hamkori.casework.work.queries.case_page import File
from hamkori.casework.work.queries.helped import (
    ASKED,
    DANGER_SAID,
    DANGER_TOLD,
    ENDED,
    GIVEN,
    asked_there,
    is_untold,
)
from hamkori.refusal import NotAllowed, NotNow
from hamkori.web.kit.posting import actor_of, done, version_of
from hamkori.web.words import desk_phone, red
from hamkori.web.words.case import said_no


def was_helped(file: File) -> bool:
    """Whether help has ended since danger was said, and nobody is asked or helps now: Today says nothing of it."""
    if not file.case.has_danger or file.in_need or any(one.state in ASKED or one.stopped for one in file.referrals):
        return False
    return any(one.state in ENDED and one.result in GIVEN for one in file.referrals)


def box(file: File) -> dict[str, Any]:
    """What the page of a case says of danger, and its buttons."""
    calls = untold(file)
    return {
        "untold_label": red.UNTOLD,
        "was_helped": was_helped(file),
        "untold": calls,
        "danger_told_url": reverse("danger_told", args=[file.case.code]) if calls and file.standing.works else "",
        "danger_press": press(file, calls=bool(calls)),
        "says_danger": reverse("danger_said", args=[file.case.code]) if may_say(file) else "",
    }


def may_say(file: File) -> bool:
    """Whether danger can be said with a press of its own: of an open case that does not say it, by its team."""
    return file.standing.works and file.case.state_code == "open" and not file.case.has_danger


def untold(file: File) -> list[dict[str, str]]:
    """Whom to call where danger was said after they were asked: each organisation once, its referral and its number."""
    if not file.untold:
        return []
    said = max(one.at for one in file.steps if one.step == DANGER_SAID)
    told = {one.at_body for one in file.steps if one.step == DANGER_TOLD and one.at >= said}
    before = {one.referral for one in file.steps if one.step == "send" and one.at < said}
    asked = (one for one in file.referrals if one.state in ASKED and one.code in before and one.at_body not in told)
    found = {one.body: one for one in asked}
    return [
        {
            "name": name,
            "url": reverse("referral", args=[one.code]),
            "which": one.code,
            "phone": desk_phone.short(one.desk),
        }
        for name, one in found.items()
    ]


def press(file: File, *, calls: bool) -> dict[str, str] | None:
    """The button below what is said of danger after help has ended, for whoever works on the case. `calls`: somebody
    is to be called.
    """
    if not file.standing.works or calls or not was_helped(file):
        return None
    return {"url": reverse("danger_said", args=[file.case.code]), "label": _("Say that danger is back")}


def asks(file: File, refer_url: str | None, ask_url: str) -> dict[str, Any]:
    """What stands in the box where nobody helps, and its button: after a no to everything the person is asked again,
    and no organisation before that. `refer_url`: where one is asked, if that can be done now.
    """
    if not (file.in_need and refer_url):
        return {}
    again = said_no(file.agreed)
    label, url = (red.ASK_PERSON_AGAIN, ask_url) if again else (red.ASK, refer_url)
    return {"nobody_helps": red.NOBODY_HELPS, "ask_label": label, "ask_in_danger": url}


@require_POST
def told(request: HttpRequest, code: str) -> HttpResponse:
    """One of those who help knows of the danger: Today asks no longer that they are called."""
    actor = actor_of(request)
    case = cases.case(actor, code)
    require(actor, "case.edit", case)
    which = asked_there(case.pk, request.POST.get("which", ""))
    danger_told(actor, case, version=version_of(request), organisation=which)
    said = (
        _("Saved: they know of the danger. Others do not know of it yet: call them too.")
        if is_untold(case.pk)
        else _("Saved: they know of the danger. The case goes on saying that somebody is in danger.")
    )
    messages.success(request, said)
    return done(actor, reverse("case", args=[case.code]))


@require_POST
def said(request: HttpRequest, code: str) -> HttpResponse:
    """Somebody is in danger, for the first time or again: the case and Today say who is to be called or asked."""
    actor = actor_of(request)
    case = cases.case(actor, code)
    require(actor, "case.edit", case)
    act.danger_said(actor, case, version=version_of(request))
    saved = (
        _("Saved: somebody is in danger. Those who help do not know of it yet: call them.")
        if is_untold(case.pk)
        else _("Saved: somebody is in danger. Today says it until help is asked for.")
    )
    messages.success(request, saved)
    return done(actor, reverse("case", args=[case.code]))


def said_in_contact(
    actor: Actor, code: str, sheet: Mapping[str, object], was: Mapping[str, object], *, copied: bool
) -> list[str]:
    """What is said after a save of the contact in which danger was written and had not been: the case says it from now
    on, as after a registration. In a locked part alone nobody else would read it. `copied`: another organisation has
    that part.
    """
    if sheet.get("safe_to_talk") != "danger" or was.get("safe_to_talk") == "danger" or actor.operation is None:
        return []
    case = cases.case(actor, code)
    try:
        act.danger_said(actor.doing(uuid5(actor.operation, "danger")), case, version=case.version)
    except (NotAllowed, NotNow):
        return [_("Somebody is in danger: tell the team, since the case does not say it.")]
    said = [_("Somebody is in danger: the case says so now, to the team and the supervisor.")]
    if copied:
        said.append(_("Call those who were sent this part, before they call the person; then send it again, below."))
    return said
