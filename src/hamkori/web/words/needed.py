"""What was ticked as needed, and of which nobody is asked: in the same words on Today, in the case, after sending."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hamkori.casework.referral.rules.card import SICK_CHILD
from hamkori.casework.work.queries.needed import DOCTOR, groups_of
from hamkori.vocabulary import codelist
from hamkori.web.words import lists

ASK_SENDER: Final = gettext_lazy(
    "The sender knows whether one is asked. Speak with the sender before you ask the person."
)
"""Of a doctor, to whoever helps with something else: whether one was asked is the sender's to say, and the person may
have said no, of which no receiver is told (ADR 252).
"""
ANEW: Final = gettext_lazy("Opened again: ask what is needed now")
"""Of a case that was opened again: what was needed was said before the closing (ADR 258)."""
WRITE_ANEW: Final = gettext_lazy("Write what is needed now")
ALL_FIELDS: Final = "?all=1#id_need_tonight_codes_0"
"""The page that changes a case with every field, at the first of what is needed."""
WAS_ASKED: Final = gettext_lazy("Ask the sender by telephone whether one was asked.")
"""The same once the person said yes to doctors here."""


def said(needs: Iterable[str], doctor: str = "") -> str:
    """What is needed, in the words of the question. `doctor`: who needs one, where a child who comes along does."""
    asked = tuple(needs)
    labels = {one: lists.label("need_tonight", one) for one in codelist("need_tonight").codes if one in asked}
    if DOCTOR in labels and doctor in SICK_CHILD:
        labels[DOCTOR] = _("A doctor for a child who comes along")
    named = lists.inside(lists.enumerated(labels.values()))
    return _("Needed; your team has no referral to an organisation yet: %(needs)s") % {"needs": named}


def choice_at(code: str, needs: Iterable[str], *, child: bool) -> str:
    """Where an organisation is chosen for these: with the group of services where all lie in one, else among all that
    fit. A doctor of this week is none of what is needed tonight, with which that page begins.
    """
    groups = {group for need in needs for group in groups_of(need, child=child)}
    at = reverse("case_refer", args=[code])
    return f"{at}?need={groups.pop()}" if len(groups) == 1 else at


def anew_at(code: str) -> str:
    """Where it is written what is needed now."""
    return f"{reverse('edit_case', args=[code])}{ALL_FIELDS}"
