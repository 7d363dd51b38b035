"""What a helping organisation must know before it says yes, as questions: each with "not asked" as a full answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from hamkori.casework.referral.rules.card import CHILDREN, FLAGS, NOT_ASKED, TOLD
from hamkori.web.kit.forms import Segments
from hamkori.web.words import lists
from hamkori.web.words.referral import children, told

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def _flag(code: str) -> str:
    return lists.label("card_flag", code)


_said_lazily: Callable[[str], str] = lazy(_flag, str)


class Known(forms.ChoiceField):
    """One of few answers; no answer is "not asked"."""

    def __init__(self, codes: Iterable[str], label: StrOrPromise, said: Callable[[str], str]) -> None:
        def offered() -> list[tuple[str, str]]:
            return [(code, (text := said(code))[:1].upper() + text[1:]) for code in codes]

        self.said = said
        widget = Segments(unasked=NOT_ASKED)
        super().__init__(label=label, choices=offered, initial=NOT_ASKED, required=False, widget=widget)

    def clean(self, value: Any) -> str:
        """The answer, checked."""
        return str(super().clean(value) or NOT_ASKED)


def questions() -> dict[str, Known]:
    """The three, by the column that holds the answer."""
    doctor, stairs, come = FLAGS
    return {
        come: Known(CHILDREN, _("Children who come along"), children),
        doctor: Known(TOLD, _said_lazily("urgent_health"), told),
        stairs: Known(TOLD, _said_lazily("step_free"), told),
    }
