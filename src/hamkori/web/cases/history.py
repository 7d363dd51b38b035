"""The record of access of one case: who opened, wrote or was refused what, in codes. For its lead and supervisor."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from hamkori.access.scope import require
from hamkori.audit.queries import HistoryLine, case_history
from hamkori.casework.queries import cases
from hamkori.people.queries import names
from hamkori.web.cases import words
from hamkori.web.signed_in import actor_of

SHOWN = 200
ACTS: Final = {
    "case.begin": gettext_lazy("Began the registration"),
    "case.edit": gettext_lazy("Changed what stands in the open"),
    "case.register": gettext_lazy("Registered"),
    "section.open": gettext_lazy("Opened a sealed part"),
    "section.write": gettext_lazy("Wrote a sealed part"),
    "screening.record": gettext_lazy("Wrote down signs"),
    "screening.decide": gettext_lazy("Decided"),
    "consent.record": gettext_lazy("Wrote down her answers"),
    "consent.withdraw": gettext_lazy("Wrote down that she took it back"),
    "team.admit": gettext_lazy("Added a colleague"),
    "team.remove": gettext_lazy("Took a colleague off"),
    "team.leave": gettext_lazy("Left the team"),
    "case.settle_age": gettext_lazy("Settled the age"),
    "case.tell_child_protection": gettext_lazy("Told child protection"),
    "case.close": gettext_lazy("Closed the case"),
    "case.reopen": gettext_lazy("Opened the case again"),
    "meeting.open": gettext_lazy("Opened where they meet"),
    "referral.write": gettext_lazy("Wrote a request"),
    "gap.record": gettext_lazy("Noted a missing service"),
}


@require_safe
def history(request: HttpRequest, code: str) -> HttpResponse:
    """The newest acts first; content stands nowhere in it."""
    actor = actor_of(request)
    case = cases.case(actor, code)
    require(actor, "case.history", case)
    lines = case_history(case.pk)[-SHOWN:][::-1]
    who = names({line.membership_id for line in lines if line.membership_id is not None})
    context = {
        "title": _("Record of access"),
        "back": {"url": reverse("case", args=[case.code]), "label": _("The case")},
        "case": case,
        "events": [_event(line, who.get(line.membership_id) if line.membership_id else None) for line in lines],
    }
    return render(request, "cases/history.html", context)


def _event(line: HistoryLine, name: str | None) -> dict[str, Any]:
    """One line: what, when, who; refused or failed is said."""
    act = str(ACTS.get(line.action, _("Another act on this case")))
    section = words.section(line.section) if line.section in words.SECTION_NAMES else ""
    what = _("%(act)s: %(part)s") % {"act": act, "part": section} if section else act
    note = "" if line.decision == "done" else words.label("ledger_decision", line.decision)
    return {"what": what, "at": line.at, "by": name or _("by the clock"), "note": note}
