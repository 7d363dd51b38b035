"""The form of an age that is corrected or confirmed: how old, how that is known, and of a child whom to tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from hamkori.casework.case.queries.age_known import age_known_by
from hamkori.casework.case.rules.age import CHILD_BANDS, known_less
from hamkori.vocabulary import codelist
from hamkori.web.kit.forms import KitForm, Segments, TextField
from hamkori.web.words import lists
from hamkori.web.words.fields import Coded

if TYPE_CHECKING:
    from hamkori.casework.case.models import Case

STAYS = "stays"
"""That the age which was known better counts: nothing is written."""


class AgeForm(KitForm):
    """Her age as it is known now, and from where. Of who was no child so far: whom to tell, and who speaks for her.

    Both may stay empty, since the age is written down at once; sending refuses until they are known. Where the age that
    stands is known better than what is said now, it is asked once which of them counts.
    """

    sensitive: tuple[str, ...] = ("child_contact",)

    age_band = Coded(
        "age_band", _("How old is the person?"), but={"unknown"}, needed=_("Choose an age group."), widget=Segments
    )
    reason = Coded("age_reason", _("How do you know?"), needed=_("Choose a reason."))
    child_contact = TextField(
        label=_("Whom will you tell for this child?"),
        help_text=format_lazy(
            "{} {}",
            _("Organisation, person or telephone of guardianship or child protection."),
            _("This tells nobody yet. We aim to tell them within 24 hours."),
        ),
        max_length=400,
        required=False,
    )
    speaker = Coded(
        "speaker",
        _("Adult who speaks for the child"),
        none=_("Not known yet"),
        required=False,
    )

    def __init__(self, *args: Any, case: Case | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if case is not None and case.is_child:
            del self.fields["child_contact"], self.fields["speaker"]
        if case is not None and self.is_bound:
            self._which_counts(case)

    def _which_counts(self, case: Case) -> None:
        """Asked of just these two ages: what was answered to another question is no answer to this one."""
        band, reason = self.data.get("age_band", ""), self.data.get("reason", "")
        known_by = age_known_by(case.pk)
        said = band in codelist("age_band").codes and reason in codelist("age_reason").codes
        if not said or band == case.age_band_code or not known_less(reason, than=known_by):
            return
        stands, now = lists.label("age_band", case.age_band_code), lists.label("age_band", band)
        slots = {"stands": stands, "now": now}
        known = {"known": lists.label("age_reason", known_by), "said": lists.label("age_reason", reason)}
        question = str(_("%(known)s: %(stands)s. %(said)s: %(now)s. Which counts?")) % {**slots, **known}
        self.fields["counts"] = forms.ChoiceField(
            label=question,
            choices=[
                (STAYS, str(_("%(stands)s counts, and nothing is changed")) % slots),
                (f"{band}:{reason}", str(_("%(now)s counts from now on")) % slots),
            ],
            error_messages=dict.fromkeys(
                ("required", "invalid_choice"), _("Nothing is saved yet: say which of the two ages counts.")
            ),
            widget=Segments(css="rows"),
        )

    @property
    def stays(self) -> bool:
        """Whether the age that stands counts."""
        return bool(self.cleaned_data.get("counts") == STAYS)

    def clean(self) -> dict[str, Any]:
        """What was said of a child is not lost where the answer is an adult's."""
        cleaned = super().clean() or {}
        if cleaned.get("age_band") and cleaned["age_band"] not in CHILD_BANDS:
            for name in ("child_contact", "speaker"):
                if cleaned.get(name):
                    self.add_error(name, _("This is only for a child. Empty it, or choose a child's age."))
        return cleaned
