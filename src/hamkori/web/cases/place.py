"""No place for tonight: whether the page of a case says so, and the button that ends it."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hamkori.access.scope import require
from hamkori.casework.case.actions import case as act
from hamkori.casework.case.queries import cases
from hamkori.casework.work.queries.case_page import File, Sent
from hamkori.casework.work.queries.no_place import GIVEN, HELPED, LATELY, NOTHING, PLACE
from hamkori.directory.rules.suit import kinds
from hamkori.web.kit.posting import actor_of, done, version_of
from hamkori.web.words.place import NOT_ASKED

ON_THE_WAY = ("accepted", "serving")


def is_needed(file: File) -> bool:
    """Whether it was said within the last day, and no organisation has accepted. One that was asked is no place yet."""
    case = file.case
    if case.state_code not in ("draft", "open") or not (PLACE in case.need_tonight_codes or taken_back(file)):
        return False
    said = max(filter(None, (case.begun_at, case.opened_at, case.edited_at, taken_back(file))))
    has = any(one.state in ON_THE_WAY or (one.state in HELPED and one.result in GIVEN) for one in _for_one(file))
    return said > file.now - LATELY and not has


def asked(file: File) -> Sent | None:
    """The referral for a place that waits for an answer."""
    return next((one for one in _for_one(file) if one.state == "sent"), None)


def _for_one(file: File) -> list[Sent]:
    return [one for one in file.referrals if one.service in kinds([PLACE])]


def taken_back(file: File) -> datetime | None:
    """When the person's word ended a place that was accepted; None once it was said that nothing is needed."""
    had = {one.code for one in _for_one(file) if one.agreed_at is not None}
    ends = [one.at for one in file.steps if one.step == "withdraw" and one.referral in had]
    last, edited = max(ends, default=None), file.case.edited_at
    answered = NOTHING in file.case.need_tonight_codes and last is not None and edited is not None and edited > last
    return None if answered else last


@require_POST
def found(request: HttpRequest, code: str) -> HttpResponse:
    """What is needed tonight, without the place: somebody has one, whoever gave it."""
    actor = actor_of(request)
    case = cases.case(actor, code)
    require(actor, "case.edit", case)
    rest = [need for need in case.need_tonight_codes if need not in (PLACE, NOT_ASKED)]
    act.edit(actor, case, version=version_of(request), codes={"need_tonight_codes": rest or [NOTHING]})
    said = _("Saved: a place for tonight was found. Today no longer asks for one.")
    back = reverse("register" if case.state_code == "draft" else "edit_case", args=[case.code])
    tick = f"{back}?all=1#id_need_tonight_codes_0"
    messages.success(request, format_html('{} <a class="solo" href="{}">{}</a>', said, tick, _("Put it back")))
    return done(actor, reverse("case", args=[case.code]))
