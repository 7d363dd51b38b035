"""The nine questions of a registration, on three pages. Three need an answer, and each of those has a way out."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from hamkori.casework.referral.rules.card import FLAGS
from hamkori.vocabulary import areas, regions
from hamkori.web.cases import child_contact
from hamkori.web.kit.forms import Choices, KitForm, Segments, TextField, Ticks
from hamkori.web.words import case as words
from hamkori.web.words import lists
from hamkori.web.words.comes_along import count_children, questions
from hamkori.web.words.fields import Coded, Codes

NOT_ASKED = "not_asked"


class Boxes(Ticks):
    """Ticks as large as a thumb, one under the other."""

    option_inherits_attrs = False

    def __init__(self) -> None:
        super().__init__({"class": "choices"})


class FirstForm(KitForm):
    """Safety first, then tonight, then what to call her."""

    sensitive = ("call_name",)

    safe_to_talk = forms.ChoiceField(
        label=_("Is it safe to talk now?"),
        choices=words.safe_answers,
        initial=NOT_ASKED,
        required=False,
        widget=Choices,
    )
    need_tonight_codes = Codes(
        "need_tonight",
        _("What does the person need tonight?"),
        widget=Boxes,
        help_text=_("Tick whatever the person names."),
        error_messages={"required": _("Tick what the person needs tonight, or “Not asked”.")},
    )
    call_name = TextField(
        label=_("What to call the person"),
        help_text=_("Any name that the person likes. It is locked; no list shows it."),
        required=False,
        max_length=200,
    )
    by_code = forms.BooleanField(
        label=_("Use the number instead"),
        help_text=_("Not asked, or the person does not want to say."),
        required=False,
    )

    def clean_need_tonight_codes(self) -> list[str]:
        """A need that was named says more than "not asked" beside it."""
        ticked: list[str] = self.cleaned_data["need_tonight_codes"]
        named = [code for code in ticked if code != NOT_ASKED]
        return named or ticked

    def clean(self) -> dict[str, Any]:
        """One way to address her."""
        cleaned = super().clean() or {}
        if not cleaned.get("call_name") and not cleaned.get("by_code"):
            self.add_error("call_name", _("Write what to call the person, or use the number."))
        return cleaned

    def codes(self) -> dict[str, Any]:
        """The coded answers of this page. Danger is written down at once."""
        said: dict[str, Any] = {"need_tonight_codes": self.cleaned_data["need_tonight_codes"]}
        if self.cleaned_data["safe_to_talk"] == "danger":
            said |= {"has_danger": True, "risk_code": "high"}
        return said

    def sealed(self) -> dict[str, dict[str, Any]]:
        """The sealed answers of this page."""
        cleaned = self.cleaned_data
        return {
            "contact": {
                "safe_to_talk": cleaned["safe_to_talk"] or NOT_ASKED,
                "call_name": cleaned["call_name"],
                "by_code": cleaned["by_code"] and not cleaned["call_name"],
            }
        }


class AboutForm(KitForm):
    """Where she is, sex and age as far as they matter, her language."""

    district = forms.ChoiceField(
        label=_("District where the person is now"),
        help_text=_("Kept locked. Lists show the region only."),
        error_messages={"required": _("Choose a district.")},
    )
    sex_code = Coded(
        "sex", _("Sex"), initial="other_or_not_said", required=False, widget=Segments(unasked="other_or_not_said")
    )
    age_band_code = Coded(
        "age_band",
        _("Age"),
        help_text=_("If the person may be under 18, choose a child's answer: then a child's rules protect the person."),
        initial="unknown",
        required=False,
        widget=Segments(unasked="unknown"),
    )
    language_code = Coded(
        "language", _("The person's language"), initial="unknown", required=False, widget=forms.Select
    )
    needs_interpreter = forms.BooleanField(label=_("An interpreter is needed"), required=False)
    children_code, doctor_code, stairs_code = questions().values()
    age_drawn = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, region: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("district", [("", _("Choose")), *districts(region)])
        self.fields["age_drawn"].initial = self.initial.get("age_band_code", "")

    def clean(self) -> dict[str, Any]:
        """Nobody says that a child needs a doctor, and that none comes along."""
        said: dict[str, Any] = super().clean() or {}
        count_children(self, said.get("doctor_code"))
        return said

    def codes(self) -> dict[str, Any]:
        """The coded answers of this page. Her age where it is another than was drawn: nobody has said it otherwise."""
        cleaned = self.cleaned_data
        age = cleaned["age_band_code"] or "unknown"
        return {
            "sex_code": cleaned["sex_code"] or "other_or_not_said",
            **({"age_band_code": age} if age != cleaned["age_drawn"] else {}),
            "language_code": cleaned["language_code"] or "unknown",
            "needs_interpreter": cleaned["needs_interpreter"],
            **{name: cleaned[name] for name in FLAGS},
        }

    def sealed(self) -> dict[str, dict[str, Any]]:
        """The sealed answers of this page."""
        return {"place": {"district": self.cleaned_data["district"]}}


class SignsForm(KitForm):
    """The first signs, and for a child whom to tell."""

    field_order = ("contact_of", "child_contact", "signs")

    signs = Codes(
        "local_prompt",
        _("Signs that you saw or were told of"),
        help_text=_("Ask for none of them now. What is not ticked is not asked, never a no."),
        required=False,
    )

    def __init__(self, *args: Any, contact: Mapping[str, forms.Field] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.update(contact or {})
        self.order_fields(self.field_order)

    def sealed(self) -> dict[str, dict[str, Any]]:
        """The child's contact, if this is a child."""
        contact = child_contact.said(self)
        return {"contact": {"child_contact": contact}} if contact else {}


def districts(first: str = "") -> list[tuple[str, list[tuple[str, str]]]]:
    """All districts by region, the worker's own region first."""
    language = lists.language()
    order = sorted(regions(), key=lambda region: region.code != first)
    return [
        (region.label(language), [(area.code, area.label(language)) for area in areas(region.code)]) for region in order
    ]


CODED = ("need_tonight_codes", "sex_code", "age_band_code", "language_code", "needs_interpreter", *FLAGS)


def answers(form: type[KitForm], case: Any, sheet: Mapping[str, Any]) -> dict[str, Any]:
    """What was answered before, in the open and in this sheet, as the initial values of a page."""
    coded = {name: getattr(case, name) for name in CODED}
    return {name: value for name, value in {**coded, **sheet}.items() if name in form.base_fields}
