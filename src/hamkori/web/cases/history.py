"""The record of access of one case: who opened, wrote or was refused what, in codes. For its lead and supervisor."""

from collections.abc import Iterable, Mapping
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from hamkori.access.context import now
from hamkori.access.scope import require
from hamkori.audit.ledger import looked
from hamkori.audit.queries import HistoryLine, case_history
from hamkori.casework.case.actions.section import IN_STEP
from hamkori.casework.case.queries import cases
from hamkori.casework.case.rules.lifecycle import CASE_REASON_LISTS, WITH_US
from hamkori.casework.case.rules.sections import SECTIONS
from hamkori.casework.work.queries import happened
from hamkori.people.queries import names, organisations
from hamkori.vocabulary import codelist
from hamkori.web.kit import moments
from hamkori.web.sessions.signed_in import actor_of
from hamkori.web.words import lists, sections, steps
from hamkori.web.words import place as place_words
from hamkori.web.words.ways import to_case

SHOWN = 200
ACTS: Final = {
    "case.view": gettext_lazy("Opened the case"),
    "case.history": gettext_lazy("Read this record"),
    "case.print": gettext_lazy("Opened the summary for paper"),
    "consent.print": gettext_lazy("Opened the consent text for paper"),
    "page.view": gettext_lazy("Tried to open this without a right to it"),
    "packet.open": gettext_lazy("Opened what was sent"),
    "case.begin": gettext_lazy("Began the registration"),
    "case.edit": gettext_lazy("Changed the details that are not locked"),
    "case.register": gettext_lazy("Registered"),
    "section.open": gettext_lazy("Opened a locked part"),
    "section.open.in_step": gettext_lazy("Read for a step of the work, not opened by hand"),
    "section.write": gettext_lazy("Wrote a locked part"),
    "screening.record": gettext_lazy("Wrote down signs"),
    "screening.decide": gettext_lazy("Decided"),
    "consent.record": gettext_lazy("Wrote down the person's answers"),
    "consent.withdraw": gettext_lazy("Wrote down that consent was withdrawn"),
    "team.admit": gettext_lazy("Added a colleague"),
    "team.remove": gettext_lazy("Removed a colleague"),
    "team.leave": gettext_lazy("Left the team"),
    "case.settle_age": gettext_lazy("Confirmed the age"),
    "case.tell_lead": gettext_lazy("Asked the team to look at this case"),
    "case.call_off": gettext_lazy("Called the organisation with the place"),
    "case.looked_for": gettext_lazy("Said what came of looking for the person"),
    "case.tell_child_protection": gettext_lazy("Told child protection"),
    "case.close": gettext_lazy("Closed the case"),
    "case.reopen": gettext_lazy("Opened the case again"),
    "gap.record": gettext_lazy("Noted a missing service"),
    "case.remind": gettext_lazy("Reminded of a time limit"),
    "case.escalate": gettext_lazy("Told that a time limit has passed"),
    "case.recompute": gettext_lazy("Moved a time limit: the calendar has changed"),
    "case.discard": gettext_lazy("Threw the registration away"),
    "meeting.open": gettext_lazy("Opened where they meet"),
    "referral.write": gettext_lazy("Wrote a referral"),
    "referral.edit": gettext_lazy("Changed a referral"),
    "referral.discard": gettext_lazy("Threw a referral away"),
    "referral.send": gettext_lazy("Sent a referral"),
    "referral.stop": gettext_lazy("Stopped a referral before anybody saw it"),
    "referral.answer": gettext_lazy("Answered the question of the referral desk"),
    "referral.recall": gettext_lazy("Cancelled a referral"),
    "referral.withdraw": gettext_lazy("Stopped a referral after a no"),
    "referral.add": gettext_lazy("Sent further parts"),
    "referral.hear": gettext_lazy("Said whether the person came"),
    "referral.tell_person": gettext_lazy("Said whether the person was told what was agreed"),
    "referral.confirm": gettext_lazy("Confirmed a result"),
    "referral.dispute": gettext_lazy("Disputed a result"),
    "referral.settle": gettext_lazy("Said that nothing more is to do after a referral stopped"),
    "referral.call": gettext_lazy("Called a referral desk that had not answered"),
    "referral.arrange": gettext_lazy("Wrote down where to meet, as agreed by telephone"),
    "referral.put_back": gettext_lazy("Put a referral that had stopped back on Today"),
    "referral.serve": gettext_lazy("Help began: opened this case"),
    "referral.remind": gettext_lazy("Reminded of a referral"),
    "referral.escalate": gettext_lazy("Told that a referral is late"),
    "referral.recompute": gettext_lazy("Moved a time limit: the calendar has changed"),
    "referral.lapse": gettext_lazy("Ended a referral"),
}
"""What the ledger's words are called: whatever the team, its supervisor and the clock do with a case."""
EDITS: Final = ("place_found", "place_needed", "child_not_reached")
"""Steps of a case that the ledger keeps as a change of it: each has a list of its own, in which its reason stands."""
NOT_DONE: Final = {
    "refused": gettext_lazy("Not done, Hamkori refused it: “%(act)s”"),
    "failed": gettext_lazy("Not done, something failed: “%(act)s”"),
}
"""Who said no is said with it: beside "the person's answers" a bare "refused" reads as if the person had refused."""
REFUSED: Final = "refused"
OPENED: Final = "opened"
"""In the address: openings alone."""
OPENINGS: Final = frozenset({"section.open", "packet.open", "meeting.open"})
THEIR_OPENINGS: Final = OPENINGS - {"section.open"}
"""Those of another organisation: what was sent to it, and hour and meeting point."""
SAY_THE_PART: Final = frozenset({"screening.record", "screening.decide"})
"""Acts whose words say already which sealed part they touched."""


@require_safe
def history(request: HttpRequest, code: str) -> HttpResponse:
    """The newest acts first; content stands nowhere in it."""
    actor = actor_of(request)
    case = cases.case(actor, code)
    require(actor, "case.history", case)
    looked("case.history", case.pk)
    every = case_history(case.pk)
    only = request.GET.get("show") == OPENED
    listed = [line for line in every if _is_opening(line)] if only else every
    lines = listed[-SHOWN:][::-1]
    written = happened.requests(case)
    who = names({line.membership_id for line in lines if line.membership_id is not None})
    others = _others(every, actor.organisation_id)
    context = {
        "title": _("Record of access"),
        "back": to_case(case.code),
        "case": case,
        "opened_by": _opened_by(every, actor.organisation_id, others),
        "events": [_event(line, who, written, others) for line in lines],
        "more": len(listed) > SHOWN,
        "chips": [_chip(reverse("history", args=[case.code]), on=only)],
    }
    return render(request, "cases/history.html", context)


def _chip(here: str, *, on: bool) -> dict[str, Any]:
    """The one filter: what was opened or tried, and by whom."""
    return {"label": _("Openings and refused tries"), "url": here if on else f"{here}?show={OPENED}", "on": on}


def _is_opening(line: HistoryLine) -> bool:
    """Whether something locked was opened by hand, here or where it was sent; or nothing was, since it was refused:
    what somebody tried belongs to the question who has read.
    """
    return line.decision == REFUSED or (line.action in OPENINGS and line.reason != IN_STEP)


def _others(lines: Iterable[HistoryLine], own: UUID | None) -> dict[UUID, str]:
    """Names of the other organisations that stand in these lines; nothing is asked where there is none."""
    if not any(_other(line, own) for line in lines):
        return {}
    return {one.id: one.name(lists.language()) for one in organisations()}


def _opened_by(lines: Iterable[HistoryLine], own: UUID | None, others: Mapping[UUID, str]) -> str:
    """Which other organisations opened something of it, each with the day when it did last."""
    opened = (line for line in lines if line.action in THEIR_OPENINGS and line.decision == "done")
    days = {_other(line, own): line.at for line in opened}
    today = timezone.localdate(now())
    named = _("%(organisation)s (%(day)s)")
    return lists.several(
        named
        % {
            "organisation": others.get(body, _("another organisation")),
            "day": moments.day(timezone.localdate(at), today),
        }
        for body, at in days.items()
        if body is not None
    )


def _other(line: HistoryLine, own: UUID | None) -> UUID | None:
    """Which other organisation it was: one that opened what it was sent, or one where somebody tried this code."""
    if line.kind == "organisation":
        return line.object_id if line.object_id != own else None
    return line.organisation_id if line.organisation_id != own else None


def _by(line: HistoryLine, who: Mapping[UUID, str], others: Mapping[UUID, str]) -> str:
    """Who it was: a colleague by name, another organisation, or the clock."""
    if line.membership_id is not None:
        return who.get(line.membership_id, "")
    other = line.object_id if line.kind == "organisation" else line.organisation_id
    return others.get(other, _("another organisation")) if other is not None else _("automatically")


def _step(line: HistoryLine) -> str:
    """Which step of the case a change of it was, by the reason that the ledger keeps of it; '' where there is none."""
    if (line.action, line.decision) != ("case.edit", "done") or not line.reason:
        return ""
    if line.reason == WITH_US:
        return "place_found"
    return next((step for step in EDITS if line.reason in codelist(CASE_REASON_LISTS[step])), "")


def _event(
    line: HistoryLine,
    who: Mapping[UUID, str],
    written: Mapping[UUID, tuple[str, str]],
    others: Mapping[UUID, str],
) -> dict[str, Any]:
    """One line: what, when, who; what was refused or failed says so first. A request's act leads to the request."""
    action = f"{line.action}.{line.reason}" if line.reason == IN_STEP else line.action
    act = str(ACTS.get(action, _("Another step in this case")))
    code, service = written.get(line.object_id, ("", "")) if line.object_id else ("", "")
    named = line.section in SECTIONS and line.action not in SAY_THE_PART
    if line.action == "packet.open":
        part = sections.opened(line.section)
    else:
        part = sections.name(line.section) if named else lists.label("service", service)
    if step := _step(line):
        act, part = steps.of_case(step, line.reason), steps.reason(step, line.reason)
        part = place_words.ours() if line.reason == WITH_US else part
    what = _("%(act)s: %(part)s") % {"act": act, "part": part} if part else act
    if line.decision != "done":
        what = NOT_DONE.get(line.decision, NOT_DONE["failed"]) % {"act": what}
    return {
        "what": what,
        "at": line.at,
        "by": _by(line, who, others),
        "url": reverse("referral", args=[code]) if code else "",
    }
