"""Who can see a case, and why: the people of the body by name, everybody else by body and kind."""

from __future__ import annotations

from django.utils.translation import gettext as _

from hamkori.casework.case.queries.team import Colleague
from hamkori.casework.work.queries.case_page import File, Sent
from hamkori.web.words import lists, sections
from hamkori.web.words.people import function_label, name_or, role_label


def seeing(file: File) -> list[dict[str, str]]:
    """Rows for `{% who_sees %}`: first the team and its supervisor, then desks and receivers."""
    return [*(_colleague(one) for one in file.people), *(row for one in file.referrals if (row := _body(one)))]


def _colleague(one: Colleague) -> dict[str, str]:
    what = role_label("supervisor") if one.kind == "supervisor" else function_label(one.function)
    why = {
        "lead": _("leads the case"),
        "member": _("on the team"),
        "supervisor": _("supervises the lead"),
    }[one.kind]
    holds = sections.names(one.sections) or _("codes only")
    return {"name": name_or(one.name), "what": what, "why": f"{why} · {holds}"}


def _body(one: Sent) -> dict[str, str] | None:
    """A body that has something of hers now; after an ending nobody there has."""
    why = _why(one)
    return {"name": one.body, "what": lists.label("organisation_kind", one.body_kind), "why": why} if why else None


def _why(one: Sent) -> str:
    """What they have, in a line. What she wants them to know is read by everybody who is named there."""
    if one.state == "sent":
        return _("request waits · the card only, until they answer")
    if one.paused:
        return _("paused: nothing opens")
    if one.state not in ("accepted", "serving"):
        return ""
    named = sections.names(one.sections)
    shared = _("%(sections)s, her own words") % {"sections": named} if named else _("her own words only")
    if one.state == "serving":
        return _("help goes on · %(sections)s") % {"sections": shared}
    return _("request accepted · %(sections)s") % {"sections": shared}
