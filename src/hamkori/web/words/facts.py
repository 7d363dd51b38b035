"""What a summary says of the person and said otherwise before: where it was corrected, in words (ADR 0152)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hamkori.casework.referral.rules.card import NOT_ASKED, Card
from hamkori.casework.referral.rules.facts import INTERPRETER, Fact, code, was_at
from hamkori.web.kit import moments
from hamkori.web.words import lists
from hamkori.web.words import referral as words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hamkori.casework.referral.queries.put_right import Changed

_LABELS: Final = {
    "sex_code": gettext_lazy("Sex"),
    "region_code": gettext_lazy("Region"),
    "language_code": gettext_lazy("The person's language"),
    INTERPRETER: gettext_lazy("An interpreter is needed"),
    "risk_code": gettext_lazy("Risk"),
    "children_code": gettext_lazy("Children who come along"),
}
_FLAGS: Final = {"doctor_code": "urgent_health", "stairs_code": "step_free"}
_LISTS: Final = {"sex_code": "sex", "region_code": "region", "language_code": "language", "risk_code": "risk_level"}
ROWS: Final = {
    "person": ("sex_code",),
    "region": ("region_code",),
    "languages": ("language_code", INTERPRETER),
    "risk": ("risk_code",),
    "children": ("children_code",),
    "doctor": ("doctor_code",),
    "stairs": ("stairs_code",),
}
"""Row of a summary -> what it says."""


def name(fact: str) -> str:
    """What it is called."""
    return lists.label("card_flag", _FLAGS[fact]) if fact in _FLAGS else str(_LABELS[fact])


def said(fact: str, value: str) -> str:
    """What it says, in words."""
    if value == NOT_ASKED:
        return _("not asked")
    if fact in _LISTS:
        return lists.inside(lists.label(_LISTS[fact], value)) if fact != "region_code" else lists.label("region", value)
    if fact == INTERPRETER:
        return words.yes_no(value == "true")
    in_words = {"children_code": words.children, "doctor_code": words.doctor}.get(fact, words.told)
    return in_words(value)


def names(found: Iterable[str]) -> str:
    """Several of them in a line."""
    return lists.enumerated(name(one) for one in found)


def now(found: Iterable[str], of: object) -> str:
    """The same, each with what it says now. `of`: the case."""
    return lists.enumerated(
        _("%(what)s: %(value)s") % {"what": name(one), "value": said(one, _value(getattr(of, one)))} for one in found
    )


def _value(said: object) -> str:
    return str(said).lower() if isinstance(said, bool) else str(said)


def line(found: Iterable[Changed]) -> str:
    """Each with what it is now and what it was."""
    return lists.several(
        _("%(what)s: %(since)s (before: %(before)s)")
        % {"what": name(one.name), "since": said(one.name, one.since), "before": said(one.name, one.before)}
        for one in found
    )


def marks(
    kept: Collection[Fact],
    now_said: Mapping[str, str],
    *,
    agreed: datetime | None,
    sent: datetime | None,
    at: datetime,
) -> dict[str, str]:
    """Row of the summary -> when it changed and what it said at the yes, or else when it was sent."""
    found = {}
    for row, facts in ROWS.items():
        last = max((one.until for one in kept if one.name in facts), default=None)
        if last is None:
            continue
        compared, when = words.compared(last, agreed, sent), moments.moment(last, at)
        before = {one: was_at(kept, one, now_said[one], compared) for one in facts}
        back = all(before[one] == now_said[one] for one in facts)
        put_back = _("changed, and put back %(when)s") % {"when": when}
        found[row] = put_back if back else _before(row, before, when)
    return found


def _before(row: str, codes: Mapping[str, str], when: str) -> str:
    if row == "languages":
        text = words.spoken([codes["language_code"]], interpreter=codes[INTERPRETER] == "true")
    else:
        (fact,) = ROWS[row]
        text = said(fact, codes[fact])
    return _("changed %(when)s; before: %(person)s") % {"when": when, "person": text}


def of_row(coded: object) -> dict[str, str]:
    """What a summary says now, of its row."""
    return {fact: code(getattr(coded, fact)) for facts in ROWS.values() for fact in facts}


def of_card(card: Card) -> dict[str, str]:
    """The same of the summary as its reader has it."""
    doctor, stairs, come = (
        (card.flags.urgent_health, card.flags.step_free, card.flags.children_with_her) if card.flags else (None,) * 3
    )
    return {
        "sex_code": card.sex_code,
        "region_code": card.region_code or "",
        "language_code": next(iter(card.language_codes), ""),
        INTERPRETER: code(card.interpreter),
        "risk_code": card.risk_level_code,
        "children_code": come or "",
        "doctor_code": doctor or "",
        "stairs_code": stairs or "",
    }
