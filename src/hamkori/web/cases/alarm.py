"""A box of a case that calls somebody to act: what it says, and its buttons."""

from __future__ import annotations

from typing import Any, Final

from django.utils.text import capfirst

from hamkori.casework.case.queries.coordination import FRUITLESS
from hamkori.casework.referral.queries.calls import counting
from hamkori.casework.work.queries.case_page import File, Sent
from hamkori.web.words import coordinator, desk_phone

Alarm = dict[str, Any]
PLAN: Final = "plan"
"""The place on the page of the box about the next step, for a supervisor."""


def alarm(title: str, text: str, *, url: str = "", button: str = "", **more: Any) -> Alarm:
    """What stands in it; `more`: whatever else a box of this kind shows."""
    return {
        "title": title,
        "text": text,
        "url": url,
        "button": button,
        "tone": "",
        "post": False,
        "whose": "",
        "why": "",
        "asks": (),
        "phone": "",
        "helps": "",
        "coordinator": "",
        "reach": None,
        "told": None,
        "lost": False,
        "then": None,
        "another": None,
        "there": None,
        "no_bed": (),
        "seen": (),
        "fields": {},
        "seen_by_doctor": "",
        "also": None,
        "before": (),
        "full": False,
        "life": False,
        **more,
    }


def number_to_call(one: Sent, file: File) -> str:
    """Of who is to be called now: the number that Today says. Once it is late or a call there brought nothing, and
    nobody else can be asked, that of the coordinator.
    """
    call = counting(one.calls)
    in_vain = one.late or (call is not None and call.answer in FRUITLESS)
    if one.nobody_else and in_vain and file.standing.works:
        return coordinator.reached()
    return desk_phone.in_row(one.phone) if one.phone else capfirst(coordinator.in_short())
