"""Once a place for tonight was found: who is still asked for one in Hamkori, and where that is cancelled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from hamkori.casework.referral.queries.referrals import body_name
from hamkori.casework.work.queries import place_asked
from hamkori.web.words import lists

if TYPE_CHECKING:
    from uuid import UUID

    from django.utils.safestring import SafeString

    from hamkori.casework.case.models import Case


def still_asked(case: Case, by: UUID | None, saved: str, *, by_telephone: bool) -> SafeString:
    """What was saved, and of each that still waits who is asked there, with the way to cancel it. Who has not answered
    may be wanted beside a place with family: then it is said only of those who said no.
    """
    found = place_asked.still_asked(case, by, said_no=not by_telephone)
    rows = ((_said(body_name(one.to_organisation, one.to_organisation_id, lists.language())), one) for one in found)
    link = '{} <a href="{}">{}</a>'
    ways = ((said, reverse("referral_recall", args=[one.code]), _("Cancel that referral")) for said, one in rows)
    return format_html("{} {}", saved, format_html_join(" ", link, ways)) if found else format_html("{}", saved)


def _said(body: str) -> str:
    return _("%(organisation)s is still asked for a place.") % {"organisation": body}
