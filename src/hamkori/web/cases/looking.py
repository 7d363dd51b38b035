"""The buttons about who did not arrive: the person is safe, or that was a slip; or somebody looked in vain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hamkori.access.scope import require
from hamkori.casework.case.queries import cases
from hamkori.casework.case.rules.lifecycle import IS_SAFE, PUT_BACK, WRITABLE
from hamkori.casework.work.actions import looking as act
from hamkori.casework.work.queries.looked_for import Looked, looked_now
from hamkori.casework.work.queries.no_place import PLACE
from hamkori.casework.work.queries.said_safe import said_since
from hamkori.people.queries import names
from hamkori.refusal import NotNow
from hamkori.web.kit.posting import actor_of, done
from hamkori.web.words import safe, steps
from hamkori.web.words.missing import TOGETHER
from hamkori.web.words.whereabouts import led_back, meanwhile

if TYPE_CHECKING:
    from hamkori.casework.case.models import Case


@require_POST
def looked_for(request: HttpRequest, code: str) -> HttpResponse:
    """`why`: what is known. Back to the case, or to the referral on whose page it was pressed."""
    actor = actor_of(request)
    case = cases.case(actor, code)
    require(actor, "case.looked_for", case)
    looked, why = looked_now(case.pk), request.POST.get("why", "")
    pressed = ("looked_for", why)
    read_at = request.POST.get("read_at", "")
    if meanwhile(case.pk, pressed, read_at, actor.membership_id):
        return HttpResponseRedirect(led_back(request, case.code, _back(request, code, looked), pressed), status=303)
    try:
        act.looked_for(actor, case, reason=why)
    except NotNow as refusal:
        raise (_since(case) if refusal.guard == "said_safe" else refusal) from None
    messages.success(request, _saved(case, why))
    return done(actor, _back(request, code, looked_now(case.pk) if why == PUT_BACK else looked))


def _since(case: Case) -> NotNow:
    """Why nothing is put back: what was said of the person since, by whom and when; or that the time is over."""
    said = said_since(case.pk)
    if said is None:
        return NotNow("said_safe")
    who = names([said.membership_id]).get(said.membership_id, "") if said.membership_id is not None else ""
    what = steps.reason(said.step_code, said.reason_code) or steps.of_case(said.step_code)
    return NotNow("said_safe", who=who or _("Your team"), time=said.at, what=what)


def _back(request: HttpRequest, code: str, looked: Looked | None) -> str:
    """The page on which it was pressed: of the case, or of the referral to which the person did not come."""
    here = looked is not None and looked.code and request.POST.get("referral") == looked.code
    return reverse("referral", args=[looked.code]) if looked and here else reverse("case", args=[code])


def _saved(case: Case, why: str) -> str | SafeString:
    """What is said then: what goes on, and of who is safe where it is written where they stay."""
    if why == PUT_BACK:
        if looked_now(case.pk) is None:
            return _("Put back: it is not said any more that the person is safe.")
        return _("Put back: Today asks again whether the person is safe.")
    if why != IS_SAFE:
        said = _("Saved: looked for, not found. Today goes on asking whether the person is safe.")
        return f"{said} {TOGETHER}"
    if case.state_code in WRITABLE and PLACE in case.need_tonight_codes:
        said = _("Saved: the person is safe. A place for tonight is still needed.")
    else:
        said = _("Saved: the person is safe. Today no longer asks.")
    at = safe.write_at(case, cases.standing(case))
    return format_html('{} <a href="{}">{}</a>', said, at, safe.WRITE) if at else said
