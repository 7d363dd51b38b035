"""A yes by telephone that became a no: whoever sent it is called, on Today and the page of late answers (ADR 0123)."""

from datetime import datetime
from typing import Any, Final

from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy

from hamkori.casework.case.queries.coordination import SENDER
from hamkori.web.kit import moments
from hamkori.web.templatetags.kit import code_mark
from hamkori.web.words import desk_phone
from hamkori.web.words.calls import ANSWERS

SINCE: Final = {
    "declined": gettext_lazy("%(desk)s had said yes by telephone, and has declined since"),
    "unaccepted": gettext_lazy("%(desk)s had said yes by telephone, and has returned it since"),
    "lapsed": gettext_lazy("%(desk)s had said yes by telephone, and did not answer: it has expired"),
    "left": gettext_lazy("somebody left %(desk)s without a word: nobody at the sender has said anything yet"),
    "left_again": gettext_lazy(
        "%(desk)s said that somebody is back, then that this is not so: nobody at the sender has said anything since"
    ),
}
"""What became of the yes, or that somebody left (ADR 0174), and is not back (ADR 0178). No reason: that is the
sender's to read.
"""
CALL_SENDER: Final = gettext_lazy("Call who sent it: %(body)s")
"""How a row begins of which whoever sent it is called next."""
SAVED: Final = gettext_lazy("Saved: you called the sender, %(body)s.")
"""What the press says."""


def row(
    code: str, kind: str, desk: str, sender: str, phone: str, state: str, at: datetime, now: datetime
) -> dict[str, Any]:
    """`kind`: the help that was asked for. `desk` had said yes to `sender`, who is called under `phone`."""
    said = str(SINCE[state]) % {"desk": desk}
    return {
        "href": reverse("coordination_late"),
        "what": str(CALL_SENDER) % {"body": sender},
        "sub": format_html_join("\u00a0\N{MIDDLE DOT} ", "{}", ((part,) for part in (code_mark(code), kind, said))),
        "number": capfirst(desk_phone.in_row(phone)),
        "when": moments.moment(at, now),
        "icon": "phone",
        "tone": "late",
        "calls": {"url": reverse("coordination_call", args=[code]), "answers": [(SENDER, ANSWERS[SENDER])]},
    }
