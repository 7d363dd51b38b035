"""Rows of Today: who said yes on the telephone, and has to hear that nobody comes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext as _

from hamkori.casework.case.queries.shown import Shown
from hamkori.casework.work.queries.call_off import CallOff, PlaceOff
from hamkori.casework.work.queries.today import Today
from hamkori.web.templatetags.kit import code_mark
from hamkori.web.today import buttons
from hamkori.web.words import absence, calling_off, lists, place_told, red
from hamkori.web.words import place as words_place


def box(rows: list[dict[str, Any]], found: Today, cards: list[dict[str, Any]]) -> dict[str, Any]:
    """The rows and their title, and below which list they stand: the last one of the page with somebody who is looked
    for. None: no list has such a row, and they stand above all but danger.
    """
    sought = [number for number, one in enumerate(cards) if one["sought"]]
    return {"call_off": rows, "call_off_title": title(found), "call_off_below": sought[-1] if sought else None}


def title(found: Today) -> str:
    """Above both: to be asked first; or kept, where the person was not asked yet whether a no is theirs."""
    if found.call_off and all(one.promise.wanted for one in found.call_off) and not found.places_off:
        return str(calling_off.WANTED)
    kept = [one.promise.kept for one in found.call_off] + [one.told.unheard for one in found.places_off]
    if kept and all(kept):
        return str(calling_off.KEPT)
    if found.call_off and all(one.comes for one in found.call_off) and not found.places_off:
        return str(calling_off.COMES)
    needed = any(one.needed or one.comes for one in found.call_off) or any(one.needed for one in found.places_off)
    return _("Call them") if needed else _("Call: nobody comes")


def rows(found: Today) -> list[dict[str, Any]]:
    """Each with its number and the two answers, until they were told."""
    return [_told(_row(one, found.now), one.case, one.needed and not one.ours, found) for one in found.call_off]


def places(found: Today) -> list[dict[str, Any]]:
    """The same of who has a place ready for tonight, which no referral asked for."""
    return [_told(_place(one, found.now), one.case, one.needed, found) for one in found.places_off]


def _told(row: dict[str, Any], case: str, free: bool, found: Today) -> dict[str, Any]:
    """The row to whoever supervises, where theirs may still be `free`: that it is, is told to the team, who says that
    the person goes there.
    """
    above = next((one for one in found.rows if one.case == case and one.supervised), None) if free else None
    if above is None or not row["calls"]:
        return row
    said, of = row | {"says": calling_off.TELL_THEM}, {one.code: pk for pk, one in found.cases.items()}
    if not above.lead or above.told_at is not None or case not in of:
        return said
    tell = {"button": absence.tell(), "acts": buttons.tell_lead(case, of[case])}
    return said | tell | {"calls": row["calls"] | {"beside": True}}


def _place(one: PlaceOff, now: datetime) -> dict[str, Any]:
    shown = Shown(one.case)
    shown.same("case", one.id)
    said = place_told.sentence(one.told, now, needed=one.needed)
    return {
        "case": one.case,
        "what": red.PLACE_READY,
        "href": reverse("case", args=[one.case]) + "#call-off",
        "sub": format_html_join(" · ", "{}", ((said,), (code_mark(one.case),))),
        "icon": "phone",
        "tone": "late",
        "lines": (),
        "calls": {
            "url": reverse("call_off", args=[one.case]),
            "page_of": shown.field,
            "which": one.told.slug,
            "answers": answers,
            "read_at": now.isoformat(),
        }
        if (answers := place_told.answers(one.told))
        else {},
    }


def _row(one: CallOff, now: datetime) -> dict[str, Any]:
    shown = Shown(one.code)
    shown.same("referral", one.id)
    said = calling_off.sentence(one.body, one.promise, now, needed=one.needed, again=one.comes)
    codes = (one.case, one.code) if one.needed else (one.code,)
    # Where it is still free that is said on the page of the referral, by who works on the case.
    asks = {"button": calling_off.FREE, "button_href": reverse("referral", args=[one.code])}
    if one.promise.wanted and one.ours:
        asks = {"button": calling_off.SEND_AGAIN, "button_href": reverse("referral_again", args=[one.code])}
    if one.promise.of_child:
        asks = {"button": red.ASK_PERSON, "button_href": words_place.asked_of_doctor(one.case)}
    leads = (one.needed or one.promise.wanted or one.promise.of_child) and one.ours
    return {
        **(asks if leads else {}),
        "case": one.case,
        "what": lists.label("service", one.service),
        "href": reverse("referral", args=[one.code]),
        "sub": format_html_join(" · ", "{}", ((said,), *((code_mark(code),) for code in codes))),
        "icon": "send" if one.promise.wanted else "phone",
        "tone": "wait" if one.promise.wanted else "late",
        "lines": (),
        "calls": {
            "url": reverse("referral_call", args=[one.code]),
            "page_of": shown.field,
            "answers": calling_off.ANSWERS,
            "beside": leads,
            "read_at": now.isoformat(),
        }
        if not (one.promise.kept or one.promise.wanted)
        else {},
    }
