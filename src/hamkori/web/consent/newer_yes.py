"""A yes that was recorded after a Withdraw page was opened: withdrawing acts at once, and says so (ADR 224)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from hamkori.access.context import now
from hamkori.casework.consent.queries.consent import Asked, Version
from hamkori.casework.referral.queries.told_to_come import told_to_come
from hamkori.people.queries import phones_for_referring
from hamkori.web.consent.unread import unless_unread
from hamkori.web.consent.withdraw_lines import names as names_of
from hamkori.web.kit import moments
from hamkori.web.words import desk_phone

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from hamkori.casework.case.models import Case


def onward(request: HttpRequest, code: str, number: int, former: Asked) -> str:
    """The page after it, with the number of the word on which the page stood, where a newer one was recorded since."""
    asked = {"done": str(number)}
    seen = request.POST.get("word", "")
    if seen.isdecimal() and int(seen[:9]) < former.last_said:
        asked["since"] = seen[:9]
    return f"{reverse('consent_withdraw', args=[code])}?{urlencode(asked)}"


def of(request: HttpRequest, found: Case, former: Asked, version: Version) -> dict[str, Any]:
    """That a yes ends with it which the page did not show yet; and whom to call who was told that the person comes."""
    since = request.GET.get("since", "")[:9]
    yes = _newest_yes(former, version, int(since)) if since.isdecimal() else None
    if yes is None:
        return {}
    at = now()
    said = _("A yes was recorded %(when)s, after you had opened that page. It ends with this too.")
    nobody: dict[UUID, datetime] = {}
    told = unless_unread(partial(told_to_come, found.pk, yes.at, version.at), nobody)
    names, phones = (names_of(), phones_for_referring(set(told))) if told else ({}, {})
    call = _("Call now: %(organisation)s was told %(when)s that the person comes. Say that nobody comes. Name nobody.")
    return {
        "newer_yes": said % {"when": moments.moment(yes.at, at)},
        "told_to_come": [
            " ".join(
                (
                    call % {"organisation": names.get(body, ""), "when": moments.moment(when, at)},
                    desk_phone.said(phones.get(body, "")),
                )
            )
            for body, when in told.items()
        ],
    }


def _newest_yes(former: Asked, version: Version, since: int) -> Version | None:
    """The newest word after that number that gave what this version has taken away."""
    gone = {(row.kind, row.purpose) for row in version.rows if not row.agrees}
    for one in former.versions:
        if not since < one.number < version.number or one.step != "give":
            continue
        before = next((old for old in former.versions if old.number < one.number), None)
        had = {(row.kind, row.purpose) for row in before.rows if row.agrees} if before is not None else set()
        if ({(row.kind, row.purpose) for row in one.rows if row.agrees} - had) & gone:
            return one
    return None
