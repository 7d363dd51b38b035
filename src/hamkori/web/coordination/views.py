"""Who is late and where help is missing, for the coordinator: whom to telephone, about which code."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from hamkori.casework.case.queries import coordination
from hamkori.casework.case.queries.coordination import Expired, LateBody, LateOne, Missing, Overview
from hamkori.web.kit import moments
from hamkori.web.sessions.signed_in import actor_of
from hamkori.web.templatetags.kit import code_mark
from hamkori.web.words import desk_phone, directory, lists


@require_safe
def late(request: HttpRequest) -> HttpResponse:
    """Late answers by body, what expired, and gaps by district."""
    found = coordination.overview(actor_of(request))
    context = {
        "title": _("Late answers"),
        "now": found.at,
        "late": found.late,
        "said": _said(found),
        "bodies": [_body(one, found) for one in found.bodies],
        "columns": [{"label": label} for label in (_("Code"), _("Help"), _("What is late"), _("Urgency"), _("Since"))],
        "expired": [_expired(one, found) for one in found.expired],
        "expired_columns": [{"label": label} for label in (_("Organisation"), _("Referral"), _("Help"), _("Expired"))],
        "gap_columns": [
            {"label": _("District")},
            {"label": _("Help that was missing")},
            {"label": _("How often"), "num": True},
        ],
        "gaps": [_gap(one) for one in found.gaps],
        "since": found.since,
        "smallest": coordination.SMALLEST,
    }
    return render(request, "coordination/late.html", context)


def _said(found: Overview) -> str:
    if not found.late:
        return _("Nothing is late.")
    return ngettext("%(n)d time limit has passed.", "%(n)d time limits have passed.", found.late) % {"n": found.late}


def _body(one: LateBody, found: Overview) -> dict[str, Any]:
    return {
        "name": one.body.name(lists.language()) if one.body else _("An organisation that no longer takes part"),
        "phone": desk_phone.said(one.phone),
        "count": len(one.rows),
        "rows": [_row(row, found) for row in one.rows],
    }


def _row(one: LateOne, found: Overview) -> list[Any]:
    what = {
        "answer": _("The first answer"),
        "arrival": _("Nobody said whether the person came"),
        "dispute": _("The answer to a disputed result"),
    }
    return [
        code_mark(one.code) if one.code else _("not shown"),
        lists.label("service", one.service_code) or _("not shown"),
        what.get(one.clock, ""),
        lists.label("urgency", one.urgency_code) or _("not shown"),
        {"text": moments.moment(one.since, found.at), "tone": "late"},
    ]


def _expired(one: Expired, found: Overview) -> list[Any]:
    return [
        one.body.name(lists.language()) if one.body else _("An organisation that no longer takes part"),
        code_mark(one.code),
        lists.label("service", one.service_code),
        moments.moment(one.at, found.at),
    ]


def _gap(one: Missing) -> list[Any]:
    return [
        directory.area(one.area_code),
        lists.label("service", one.service_code),
        # Translators: a count that is too small to be shown.
        f"<{coordination.SMALLEST}" if one.count is None else one.count,
    ]
