"""What a desk that declines can name instead: the kinds of help near to what was asked first, and none for others."""

from __future__ import annotations

from collections.abc import Container
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from hamkori.casework.case.rules.age import CHILD_BANDS
from hamkori.casework.referral.queries.received import NO_ADULT
from hamkori.directory.rules.suit import for_children
from hamkori.vocabulary import codelist
from hamkori.web.words import directory, lists

NEAR: Final = {
    "SAFE": ("HOME", "LEGAL", "JUST"),
    "HOME": ("SAFE", "BASIC", "SOC"),
    "BASIC": ("SOC", "HOME"),
    "HEALTH": ("MHPSS",),
    "MHPSS": ("HEALTH", "SOC"),
    "LEGAL": ("JUST", "DOC"),
    "JUST": ("LEGAL", "SAFE"),
    "DOC": ("LEGAL", "SOC"),
    "CHILD": ("SOC", "MHPSS", "EDU"),
    "EDU": ("WORK", "SOC"),
    "WORK": ("EDU", "SOC"),
    "SOC": ("BASIC", "CHILD"),
    "MOVE": ("SAFE", "HOME"),
}
"""Group of what was asked for -> the groups that come next; all others follow in the order of the list."""
FOR_MEN: Final = "HOME-05"
AGE_IN_DOUBT: Final = "CHILD-04"
"""The age of somebody who is recorded as an adult may be what has to be looked at."""
PLAY_OF_CHILDREN: Final = "MHPSS-08"


def services(asked: str, offered: Container[str], sex: str, age_band: str) -> list[tuple[str, Any]]:
    """Every other kind of help that some service offers: first what answers the same need, then the rest, the likeliest
    first.
    """
    listed: dict[str, list[tuple[str, str]]] = {}
    for entry in codelist("service"):
        if entry.code != asked and entry.code in offered and not is_for_others(entry.code, sex, age_band):
            one = (entry.code, entry.label(lists.language()))
            listed.setdefault(str(entry.data["group"]), []).append(one)
    likeliest = directory.group(asked) if asked else ""
    turn = (likeliest, *NEAR.get(likeliest, ()))
    known = sorted(lists.choices("service_group"), key=lambda one: turn.index(one[0]) if one[0] in turn else len(turn))
    same = [(label, listed.pop(code)) for code, label in known if code == likeliest and code in listed]
    rest = [one for code, _label in known for one in listed.get(code, ())]
    return [("", _("None named")), *same, *([(_("Other help"), rest)] if rest else ())]


def is_for_others(code: str, sex: str, age_band: str) -> bool:
    """Whether the name of this help says that it is for people of another sex or age; of what nobody knows, nothing."""
    if code == FOR_MEN:
        return sex == "female" or age_band in CHILD_BANDS
    if code == AGE_IN_DOUBT or age_band in NO_ADULT:
        return False
    return code == PLAY_OF_CHILDREN or for_children(code, ())
