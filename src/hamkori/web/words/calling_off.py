"""Who said yes on the telephone, or that they would call back, has to hear that nobody comes, in the same words."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hamkori.casework.referral.queries.promised import Promise
from hamkori.web.kit import moments
from hamkori.web.words import desk_phone

ANSWERS: Final = (
    ("reached", gettext_lazy("Told them")),
    ("not_reached", gettext_lazy("Not reached")),
)
"""The buttons: each is its answer to the call."""
SAVED: Final = {
    "reached": gettext_lazy("Saved: %(body)s was told that nobody comes."),
    "not_reached": gettext_lazy("Saved: %(body)s was not reached. Call again: for a week this stays on Today."),
}


GOES: Final = gettext_lazy("Free: they expect the person")
FREE: Final = gettext_lazy("Their place is still free")
"""The button where it is said, and that of Today which leads there."""
SAID: Final = {
    "said_yes": gettext_lazy(
        "%(organisation)s said yes by telephone (%(when)s): call them, and say that nobody comes. Name nobody."
    ),
    "calls_back": gettext_lazy(
        "%(organisation)s said by telephone that they would call back (%(when)s). Call them: nobody needs to look "
        "any more. Name nobody."
    ),
}
"""By what they had said."""


def box(code: str, organisation: str, promise: Promise, now: datetime, *, needed: bool = False) -> dict[str, Any]:
    """The sentence with its two answers, as the page of the referral and that after withdrawing show it."""
    url = reverse("referral_call", args=[code])
    return {"said": sentence(organisation, promise, now, needed=needed), "url": url, "answers": ANSWERS}


NEEDED: Final = gettext_lazy(
    "%(organisation)s said yes by telephone (%(when)s), and nobody has a place for the person now: ask first whether "
    "theirs is still free. Name nobody."
)


def told(organisation: str, said_at: datetime, told_at: datetime, now: datetime) -> str:
    """Who said yes, and knows by now that nobody comes."""
    said = _("%(organisation)s said yes by telephone (%(when)s), and was told that nobody comes (%(then)s)")
    when, then = moments.moment(said_at, now), moments.moment(told_at, now)
    return said % {"organisation": organisation, "when": when, "then": then}


def sentence(organisation: str, promise: Promise, now: datetime, *, needed: bool = False) -> str:
    """Who said what, when, where they are called, and what is said to them. `needed`: nobody else gives it now."""
    slots = {"organisation": organisation, "when": moments.moment(promise.at, now)}
    return f"{(NEEDED if needed else SAID[promise.answer]) % slots} {desk_phone.said(promise.phone)}"
