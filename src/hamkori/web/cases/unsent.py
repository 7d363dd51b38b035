"""Referrals of a case, and parts of them, that were written and are not sent: nobody there knows of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _

from hamkori.web.cases import copies
from hamkori.web.words import lists, red, sections

if TYPE_CHECKING:
    from hamkori.casework.work.queries.case_page import File


def rows(file: File) -> list[dict[str, Any]]:
    """A row of what is next for each, to who works on the case; where it stands it is sent or thrown away. The same of
    each part that was written after the referral had been sent, and goes there at a press.
    """
    drafts = [one for one in file.referrals if one.state == "draft"] if file.standing.works else []
    waits = [
        _row(
            _("Not sent yet: %(service)s") % {"service": lists.label("service", one.service)},
            one.body,
            reverse("referral_edit", args=[one.code]),
            str(red.GO_ON_WRITING),
        )
        for one in drafts
    ]
    parts = [
        _row(_("Send: %(part)s") % {"part": sections.name(one["part"])}, one["said"], one["url"], one["button"])
        for one in copies.to_send(file)
    ]
    return [*parts, *waits]


def _row(label: str, hint: str, url: str, button: str) -> dict[str, Any]:
    return {
        "label": label,
        "state": "todo",
        "state_label": "",
        "url": url,
        "hint": hint,
        "when": "",
        "button": button,
    }
