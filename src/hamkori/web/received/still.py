"""Whether what a receiver has opened may still be shown: an open page asks by itself, and empties what has ended."""

from __future__ import annotations

from collections.abc import Collection

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from hamkori.access.actor import Actor
from hamkori.casework.case.rules.sides import Side
from hamkori.casework.consent.rules.packet import TEXT
from hamkori.casework.referral.queries.permit import agreed_as_shown
from hamkori.casework.referral.queries.received import of_code
from hamkori.casework.referral.queries.referrals import read_state
from hamkori.refusal import NotVisible

ASKED, NAMED = "still", "named"


def address(code: str, opened: Collection[str], *, named: bool) -> str:
    """Where a page asks that shows these parts; '' of one that shows none."""
    shown = ",".join([*opened, *([NAMED] if named else [])])
    return f"{reverse('referral', args=[code])}?{ASKED}={shown}" if opened else ""


def answer(request: HttpRequest, actor: Actor, code: str) -> HttpResponse:
    """204: all of it may be shown. 205: it has ended, is paused, or a part was taken back. Nothing is opened here."""
    shown = frozenset(request.GET[ASKED].split(","))
    return HttpResponse(status=204 if shown <= _may_be_shown(actor, code) else 205)


def _may_be_shown(actor: Actor, code: str) -> frozenset[str]:
    """The parts that this reader could open now; of a referral on which they do not work any more, none."""
    try:
        found, mine = of_code(actor, code)
    except NotVisible:
        return frozenset()
    if Side.RECEIVER not in mine or read_state(found) not in ("accepted", "serving"):
        return frozenset()
    agreed = agreed_as_shown(found)
    if not agreed.live:
        return frozenset()
    return frozenset({TEXT, *agreed.sections, *([NAMED] if agreed.named else [])})
