"""Who said yes on the telephone, or that they would call back, has to hear that nobody comes, in the same words."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hamkori.casework.case.queries.shown import Shown
from hamkori.casework.referral.queries.promised import Promise
from hamkori.web.kit import moments
from hamkori.web.words import desk_phone, place, red

if TYPE_CHECKING:
    from hamkori.casework.case.models import Case

TOLD: Final = gettext_lazy("Told them")
ANSWERS: Final = (
    ("reached", TOLD),
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


WANTED: Final = gettext_lazy("Send it again: the person wants it after all")
"""The title where a no that was not certain to be the person's had ended it."""
SEND_AGAIN: Final = gettext_lazy("Send it again")
ENDED_IT: Final = gettext_lazy(
    "%(organisation)s: a no that was not certain to be the person's had ended it, and the person wants this help "
    "(%(when)s)."
)


def goes(case: Case, slug: str, at: datetime) -> dict[str, Any]:
    """The form of it: a place by telephone, at this organisation."""
    url = reverse("place_found", args=[case.code])
    return {"url": url, "which": slug, "version": case.version, "at": at.isoformat(), "label": GOES}


def box(
    code: str, organisation: str, promise: Promise, now: datetime, *, needed: bool = False, again: bool = False
) -> dict[str, Any]:
    """The sentence with its two answers, as the pages of the referral and of the case and that after withdrawing show
    it.
    """
    url = reverse("referral_call", args=[code])
    said = sentence(organisation, promise, now, needed=needed, again=again)
    title = WANTED if promise.wanted else COMES if again else ""
    answers = () if promise.kept or promise.wanted else ANSWERS
    look = {"icon": "send", "tone": "wait"} if promise.wanted else {"icon": "phone", "tone": "late"}
    return {"title": title, "said": said, "url": url, "answers": answers, **look}


KNOWS: Final = gettext_lazy("Told by telephone (%(when)s): %(organisation)s.")
"""Who knows by now: that they were told is put back where it is read."""


def was_told(code: str, organisation: str, at: datetime, now: datetime) -> dict[str, Any]:
    """That they were told, with the way back from that slip."""
    said = KNOWS % {"organisation": organisation, "when": moments.moment(at, now)}
    look = {"icon": "phone", "tone": "wait", "plain": True}
    return {
        "said": said,
        "url": reverse("referral_call", args=[code]),
        "answers": (UNDO,),
        "which": at.isoformat(),
    } | look


UNDO: Final = ("put_back", gettext_lazy("Undo"))


def asks(case: str, promise: Promise) -> dict[str, Any] | None:
    """The button where the person is asked first whether a no is the child's too, for who works on the case."""
    return {"url": place.asked_of_doctor(case), "label": red.ASK_PERSON} if promise.of_child else None


def send_again(code: str, promise: Promise) -> dict[str, Any] | None:
    """The button of what is to be sent again, for who works on the case."""
    return {"url": reverse("referral_again", args=[code]), "label": SEND_AGAIN} if promise.wanted else None


def in_case(case: UUID, code: str, referral: UUID) -> dict[str, Any]:
    """Beside a box that stands on a page of the case: its form is of this referral, and comes back to the case."""
    shown = Shown(code)
    shown.same("referral", referral)
    shown.same("case", case)
    return {"pressed_on": "case", "page_of": shown.field}


NEEDED: Final = gettext_lazy(
    "%(organisation)s said yes by telephone (%(when)s), and nobody has a place for the person now: ask first whether "
    "theirs is still free. Name nobody."
)
TELL_THEM: Final = gettext_lazy("If theirs is free, tell the team: they write it. If it is not, press “Told them”.")
"""Beside that, to whoever supervises: who goes there is said by the team."""


AGAIN: Final = gettext_lazy(
    "%(organisation)s said yes by telephone (%(when)s), and the person wants it after all: ask them again whether they "
    "expect the person. Name nobody."
)
KEPT: Final = gettext_lazy("Keep until the person is asked")
"""The title where nobody is called off before the person was asked whether a no is theirs."""
UNHEARD: Final = {
    "said_yes": gettext_lazy(
        "%(organisation)s said yes by telephone (%(when)s). Do not call it off before the person is asked. If they "
        "ask: there is a no that is not certain to be the person's, and we are asking the person."
    ),
    "calls_back": gettext_lazy(
        "%(organisation)s said by telephone that they would call back (%(when)s). If they ask: there is a no that is "
        "not certain to be the person's, and we are asking the person."
    ),
}


OF_A_CHILD: Final = {
    "said_yes": gettext_lazy(
        "%(organisation)s said yes by telephone (%(when)s), and a child needs the doctor. Ask the person first whether "
        "the no is for the child too. Until then do not call it off."
    ),
    "calls_back": gettext_lazy(
        "%(organisation)s said by telephone that they would call back (%(when)s), and a child needs the doctor. Ask "
        "the person first whether the no is for the child too."
    ),
}
"""Of a doctor for a child, where the person's no to doctors has ended it (ADR 208)."""


ACCEPTED: Final = {
    True: gettext_lazy(
        "%(organisation)s had accepted (%(when)s), and the person wants it after all: ask whether that is so still, "
        "and send it again, so that they can open it. Name nobody."
    ),
    False: gettext_lazy(
        "%(organisation)s had accepted (%(when)s), and may still keep the place: call them, and say that nobody comes. "
        "Name nobody."
    ),
}
"""Of who had accepted what somebody else's no has ended: whether the person comes after all (ADR 196)."""
COMES: Final = gettext_lazy("Call them: the person comes after all")
SAVED_AGAIN: Final = gettext_lazy("Saved: %(body)s was told.")


def told(organisation: str, said_at: datetime, told_at: datetime, now: datetime) -> str:
    """Who said yes, and knows by now that nobody comes."""
    said = _("%(organisation)s said yes by telephone (%(when)s), and was told that nobody comes (%(then)s)")
    when, then = moments.moment(said_at, now), moments.moment(told_at, now)
    return said % {"organisation": organisation, "when": when, "then": then}


def sentence(organisation: str, promise: Promise, now: datetime, *, needed: bool = False, again: bool = False) -> str:
    """Who said what, when, where they are called, and what is said to them. `needed`: nobody else gives it now;
    `again`: the person comes after all.
    """
    slots = {"organisation": organisation, "when": moments.moment(promise.at, now)}
    if promise.wanted:
        return str(ENDED_IT % slots)
    if promise.of_child:
        return str(OF_A_CHILD[promise.answer] % slots)
    said = AGAIN if again else NEEDED if needed else SAID[promise.answer]
    said = ACCEPTED[again] if promise.accepted else UNHEARD[promise.answer] if promise.unheard else said
    return f"{said % slots} {desk_phone.said(promise.phone)}"
