"""Pages in place of the choice of a service: of a child for whom no adult has answered, and of a closed case. And what
stands above the choice: that what is needed was said before the case was closed.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from hamkori.access.actor import Actor
from hamkori.casework.case.queries.said_before import said_before, written_before
from hamkori.web.kit import moments
from hamkori.web.referrals import showing
from hamkori.web.words import child_alone, lists, needed

if TYPE_CHECKING:
    from hamkori.casework.case.models import Case
    from hamkori.casework.referral.queries.refer import Prepared


def page(request: HttpRequest, actor: Actor, known: Prepared, extra: dict[str, Any]) -> HttpResponse | None:
    """Which of them stands there; None: the choice itself."""
    if known.case.state_code == "closed":
        return _closed(request, known.case, extra)
    if child_alone.waits(known.case) and not (known.agrees or known.said_no):
        return _adult_first(request, actor, known.case, extra)
    return None


def said_of_needs(case: Case, at: datetime) -> dict[str, object]:
    """Of a case that was opened again: when what is needed was said last, and what; nothing of all others."""
    if not said_before(case):
        return {}
    said = written_before(case)
    return {
        "needs_before": True,
        "needs_of": moments.moment(said, at) if said is not None else "",
        "needs_said": lists.in_turn("need_tonight", case.need_tonight_codes),
        "needs_url": needed.anew_at(case.code),
    }


def _adult_first(request: HttpRequest, actor: Actor, case: Case, extra: dict[str, Any]) -> HttpResponse:
    """As the case page: nothing is chosen for a child before an adult has answered. Whom to call, and the asking."""
    more = {"alone": child_alone.whom_to_call(actor, case), "ask_url": child_alone.adult_at(case.code)}
    return render(request, "referrals/adult_first.html", {**_head(case), **more, **extra})


def _closed(request: HttpRequest, case: Case, extra: dict[str, Any]) -> HttpResponse:
    """Nobody is asked from a closed case: that it is closed, and who can open it again."""
    return render(
        request, "referrals/closed.html", {**_head(case), "who_url": reverse("who", args=[case.code]), **extra}
    )


def _head(case: Case) -> dict[str, Any]:
    return {"title": _("Refer"), "in_task": True, "case": case, "case_facts": showing.case_facts(case)}
