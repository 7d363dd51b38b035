"""A child about whom the coordinator was called: whom to call back, and the button that ends the row (ADR 0122)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from hamkori.web.kit import moments
from hamkori.web.words import desk_phone


def row(call: UUID, body: str, phone: str, at: datetime, now: datetime) -> dict[str, Any]:
    """Today and the page of late answers say it alike. Of the child nothing but that it is one."""
    about = _("A child: child protection does not know yet")
    called = _("they called you %(when)s") % {"when": moments.moment(at, now)}
    return {
        "href": reverse("coordination_late"),
        "what": _("Call: %(body)s") % {"body": body},
        "sub": f"{about}\u00a0\N{MIDDLE DOT} {called}",
        "number": capfirst(desk_phone.in_row(phone)),
        "icon": "phone",
        "tone": "late",
        "calls": {
            "url": reverse("coordination_child", args=[call]),
            "answers": [("settled", _("Settled"))],
        },
    }
