"""Who can see a case, and why: the people of the body by name, everybody else by body and kind."""

from __future__ import annotations

from django.utils.translation import gettext as _

from hamkori.casework.queries.cases import Colleague, File, Sent
from hamkori.web.account.labels import function_label, role_label
from hamkori.web.cases import words


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
    return {"name": one.name, "what": what, "why": f"{why} · {words.sections(one.sections) or _('codes only')}"}


def _body(one: Sent) -> dict[str, str] | None:
    """A body that has something of hers now; after an ending nobody there has."""
    kind = words.label("organisation_kind", one.body_kind)
    if one.state == "sent":
        return {"name": one.body, "what": kind, "why": _("request waits · the card only, until they answer")}
    if one.state in ("accepted", "serving"):
        shared = words.sections(one.sections) or _("the agreed text only")
        return {"name": one.body, "what": kind, "why": _("request accepted · %(sections)s") % {"sections": shared}}
    return None
