"""What a helping organisation must know before it says yes, as questions: each with "not asked" as a full answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from hamkori.casework.referral.rules.card import CHILDREN, FLAGS, NEEDED, NOT_ASKED, OF_A_CHILD, TOLD, WHO_NEEDS
from hamkori.web.kit.forms import KitForm, Segments
from hamkori.web.words import lists
from hamkori.web.words.referral import children, doctor, told

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def _flag(code: str) -> str:
    return lists.label("card_flag", code)


_said_lazily: Callable[[str], str] = lazy(_flag, str)


class Known(forms.ChoiceField):
    """One of few answers; no answer is "not asked"."""

    def __init__(
        self,
        codes: Iterable[str],
        label: StrOrPromise,
        said: Callable[[str], str],
        *,
        widget: forms.Widget | None = None,
    ) -> None:
        def offered() -> list[tuple[str, str]]:
            return [(code, (text := said(code))[:1].upper() + text[1:]) for code in codes]

        self.said = said
        shown = widget or Segments(unasked=NOT_ASKED)
        super().__init__(label=label, choices=offered, initial=NOT_ASKED, required=False, widget=shown)

    def clean(self, value: Any) -> str:
        """The answer, checked."""
        return str(super().clean(value) or NOT_ASKED)


def questions() -> dict[str, Known]:
    """The three, by the column that holds the answer."""
    ill, stairs, come = FLAGS
    return {
        come: Known(CHILDREN, _("Children who come along"), children),
        ill: Known(WHO_NEEDS, _said_lazily("urgent_health"), doctor, widget=forms.Select()),
        stairs: Known(TOLD, _said_lazily("step_free"), told),
    }


def needs_doctor(code: str) -> str:
    """That a doctor is needed, and by whom where a child who comes along needs one; '' where none is."""
    if code in OF_A_CHILD:
        return gettext("Needs a doctor: %(who)s") % {"who": doctor(code)}
    return lists.label("card_flag", "urgent_health") if code in NEEDED else ""


def count_children(form: KitForm, doctor: object) -> None:
    """Where a child who comes along needs the doctor, how many come is said too: a summary says both."""
    if doctor in OF_A_CHILD and form.cleaned_data.get(FLAGS[2]) in ("0", NOT_ASKED):
        form.add_error(FLAGS[2], gettext("A child needs the doctor: say how many children come along."))
