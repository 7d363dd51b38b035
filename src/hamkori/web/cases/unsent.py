"""Referrals of a case that were written, and are not sent: nobody there knows of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _

from hamkori.web.words import lists, red

if TYPE_CHECKING:
    from hamkori.casework.work.queries.case_page import File


def rows(file: File) -> list[dict[str, Any]]:
    """A row of what is next for each, to who works on the case; where it stands it is sent or thrown away."""
    drafts = [one for one in file.referrals if one.state == "draft"] if file.standing.works else []
    return [
        {
            "label": _("Not sent yet: %(service)s") % {"service": lists.label("service", one.service)},
            "state": "todo",
            "state_label": "",
            "url": reverse("referral", args=[one.code]),
            "hint": one.body,
            "when": "",
            "button": str(red.OPEN_REFERRAL),
        }
        for one in drafts
    ]
