"""Rows of Today: who said yes on the telephone, and has to hear that nobody comes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.html import format_html_join

from hamkori.casework.case.queries.shown import Shown
from hamkori.casework.work.queries.call_off import CallOff
from hamkori.web.templatetags.kit import code_mark
from hamkori.web.words import calling_off, lists


def rows(found: Iterable[CallOff], now: datetime) -> list[dict[str, Any]]:
    """Each with its number and the two answers, until they were told."""
    return [_row(one, now) for one in found]


def _row(one: CallOff, now: datetime) -> dict[str, Any]:
    shown = Shown(one.code)
    shown.same("referral", one.id)
    said = calling_off.sentence(one.body, one.promise, now, needed=one.needed)
    codes = (one.case, one.code) if one.needed else (one.code,)
    return {
        "what": lists.label("service", one.service),
        "href": reverse("referral", args=[one.code]),
        "sub": format_html_join(" · ", "{}", ((said,), *((code_mark(code),) for code in codes))),
        "icon": "phone",
        "tone": "late",
        "lines": (),
        "calls": {
            "url": reverse("referral_call", args=[one.code]),
            "page_of": shown.field,
            "answers": calling_off.ANSWERS,
            "read_at": now.isoformat(),
        },
    }
