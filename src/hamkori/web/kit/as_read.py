"""A summary as a page showed it: the form brings a digest of it back, and a press counts for what was read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from hamkori.canon import canon
from hamkori.vault.bytes import h

if TYPE_CHECKING:
    from hamkori.casework.case.models import Case
    from hamkori.casework.referral.rules.card import Card

FIELD = "summary"
CHANGED = gettext_lazy("The summary has changed since you opened this page: read it again.")


def of_card(card: Card | None) -> str:
    """What the desk reads of the person; an answer to a question changes the referral's version, and not this."""
    if card is None:
        return ""
    flags = card.flags
    more = (flags.urgent_health, flags.step_free, flags.children_with_her) if flags else ()
    speaks = (card.language_codes, card.interpreter)
    return _digest(card.sex_code, card.age_band_code, card.region_code, speaks, card.risk_level_code, more)


def of_case(case: Case) -> str:
    """What a summary would say of this person now."""
    more = (case.doctor_code, case.stairs_code, case.children_code)
    speaks = (case.language_code, case.needs_interpreter)
    return _digest(case.sex_code, case.age_band_code, case.region_code, speaks, case.risk_code, more)


def changed(request: HttpRequest, now: str) -> Promise | str:
    """What is said where this press is for another summary than the one that stands now, else ''.

    A form without a digest showed no summary; a draft that is only kept sends none.
    """
    same = request.method != "POST" or request.POST.get("do") == "draft" or request.POST.get(FIELD, now) == now
    return "" if same else CHANGED


def _digest(*said: object) -> str:
    return h(canon("summary", repr(said)), person=b"hk.summary.v1", size=16).hex()
