"""Step 2: who is there. Sex and age; the rest is filled in, and can be changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from hamkori.access.actor import Actor
from hamkori.casework.case.actions import case as act
from hamkori.casework.case.actions.section import open_section
from hamkori.casework.case.queries import cases
from hamkori.casework.case.queries.sections import is_as_begun
from hamkori.casework.case.rules.age import CHILD_BANDS
from hamkori.casework.referral.queries.unseen import unseen
from hamkori.directory.place import own_district
from hamkori.operations import first_stands
from hamkori.people.queries import organisation
from hamkori.refusal import Invalid, NotNow
from hamkori.web.cases import meanwhile
from hamkori.web.cases.register_forms import districts
from hamkori.web.cases.saved_age import say_stopped
from hamkori.web.first import child as of_child
from hamkori.web.first.frame import address, drawn, onward, stopped
from hamkori.web.kit import drafts
from hamkori.web.kit.forms import KitForm, Segments, TextField
from hamkori.web.kit.posting import actor_of, done, version_of
from hamkori.web.kit.refusals import sentence
from hamkori.web.words import child_alone, lists
from hamkori.web.words.fields import Coded

if TYPE_CHECKING:
    from hamkori.casework.case.models import Case

CODES = ("sex_code", "age_band_code", "language_code", "needs_interpreter")
LOCKED = ("call_name", "safe_phone", "district")
ROUGHLY = ("child_age_unknown", "adult_age_unknown")
"""Ages of which only this much is known: folded away."""


def _adult() -> list[tuple[str, str]]:
    return [("yes", gettext("Yes")), ("telephone", gettext("On the telephone")), ("no", gettext("No, alone"))]


def unchosen() -> str:
    """What is saved where nobody chose: it stands there from the beginning, and looks like no choice."""
    said = {"sex": lists.label("sex", "other_or_not_said"), "age": lists.label("age_band", "unknown")}
    return gettext("If you choose nothing: “%(sex)s”, “%(age)s”.") % said


class WhoForm(KitForm):
    """Two questions, and what was filled in."""

    sensitive = ("call_name", "safe_phone")

    sex_code = Coded(
        "sex", _("Sex"), initial="other_or_not_said", required=False,
        widget=Segments(unasked="other_or_not_said", css="by-three"),
    )  # fmt: skip
    age_band_code = Coded(
        "age_band", _("Age"), but=set(ROUGHLY), initial="unknown", required=False,
        widget=Segments(unasked="unknown", css="by-three"),
    )  # fmt: skip
    roughly = Coded(
        "age_band", _("Only this is known"), but={"a0_8", "a9_17", "a18_29", "a30_47", "a48_plus", "unknown"},
        required=False, widget=Segments(css="two"),
    )  # fmt: skip
    adult = forms.ChoiceField(
        label=_("Is a safe adult with the child?"),
        choices=_adult,
        required=False,
        widget=Segments(css="by-three"),
    )
    call_name = TextField(
        label=_("What to call the person"),
        help_text=_("Any name. It is locked; no list shows it. Empty: by the number."),
        required=False,
        max_length=200,
    )
    district = forms.ChoiceField(
        label=_("District where the person is now"),
        help_text=_("Kept locked. Lists show the region only."),
        error_messages={"required": _("Choose a district.")},
    )
    language_code = Coded(
        "language", _("Language of the person"), initial="unknown", required=False, widget=forms.Select
    )
    needs_interpreter = forms.BooleanField(label=_("An interpreter is needed"), required=False)
    safe_phone = TextField(
        label=_("A telephone on which it is safe to call"), help_text=_("Kept locked."), required=False, max_length=60
    )

    def __init__(self, *args: Any, region: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("district", [("", _("Choose")), *districts(region)])

    def clean(self) -> dict[str, Any]:
        """Whether a child is alone decides whom we call: it is answered before the way goes on."""
        said: dict[str, Any] = super().clean() or {}
        if not self.errors and self.age in CHILD_BANDS and not said["adult"] and self.data.get("do") != "stop":
            self.add_error("adult", gettext("Say whether a safe adult is with the child."))
        return said

    @property
    def age(self) -> str:
        """What is known of the age."""
        said: str = self.cleaned_data["age_band_code"] or "unknown"
        return self.cleaned_data["roughly"] or said if said == "unknown" else said

    @property
    def is_alone(self) -> bool:
        """Whether it is a child and no safe adult is there."""
        return self.age in CHILD_BANDS and self.cleaned_data["adult"] == "no"

    def codes(self) -> dict[str, Any]:
        """The coded answers."""
        said = self.cleaned_data
        return {
            "sex_code": said["sex_code"] or "other_or_not_said",
            "age_band_code": self.age,
            "language_code": said["language_code"] or "unknown",
            "needs_interpreter": said["needs_interpreter"],
        }

    def said(self) -> dict[str, Any]:
        """Each answer that is saved, by the names of `_stands`."""
        return {**self.codes(), **{name: self.cleaned_data[name] for name in LOCKED}}

    def sealed(self, sent: QueryDict) -> dict[str, dict[str, Any]]:
        """The locked answers that were changed here: an untouched field writes over nothing."""
        said = meanwhile.changed(sent, {name: self.cleaned_data[name] for name in LOCKED})
        place = {"district": said.pop("district")} if "district" in said else {}
        if "call_name" in said:
            said["by_code"] = not said["call_name"]
        return {"contact": said, "place": place}


def who(request: HttpRequest, actor: Actor, case: Case) -> HttpResponse:
    """The step: saved with both buttons, and one of them stops here. Another window saved it too: looked at again."""
    if request.method != "POST":
        stands = _stands(actor, case)
        form = WhoForm(initial=stands | _in_two(stands["age_band_code"]) | _alone(case), region=_region(actor))
        return _page(request, case, form, was=meanwhile.opened_with(stands))
    form = WhoForm(request.POST, region=_region(actor))
    if form.is_valid():
        try:
            codes, was_child, waited = form.codes(), case.is_child, unseen(case)
            if codes["age_band_code"] == case.age_band_code:
                del codes["age_band_code"]  # nobody has said it otherwise
            codes |= of_child.asks_first(case) if form.is_alone else {}
            sealed = form.sealed(request.POST)
            if form.cleaned_data["district"] == case.district_code:
                del sealed["place"]  # a guess stays one until somebody says another
            case = act.edit(actor, case, version=version_of(request), codes=codes, sealed=sealed)
        except Invalid as refusal:
            form.say(refusal)
        except NotNow as refusal:
            if refusal.guard == "version_same":
                return _again(request, actor, case.code, form, refusal)
            form.add_error(None, sentence(refusal))
        else:
            drafts.saved(request)
            say_stopped(request, waited)
            return _on(request, actor, case, alone=form.is_alone, asks=case.is_child != was_child)
    first_stands(actor)
    return _page(request, case, form, was=request.POST.get("was", ""), version=request.POST.get("version", ""))


def _again(request: HttpRequest, actor: Actor, code: str, form: WhoForm, refusal: NotNow) -> HttpResponse:
    """The page with what is saved by now, and what was changed here."""
    first_stands(actor)
    case = cases.case(actor, code)
    stands = _stands(actor.doing(None), case)
    sent, asked = meanwhile.put_together(request.POST, form.said(), stands)
    touched = "age_band_code" in meanwhile.changed(request.POST, form.said())
    for name, value in _in_two(form.age if touched else stands["age_band_code"]).items():
        meanwhile.put(sent, name, value)
    form = WhoForm(sent, region=_region(actor))
    form.add_error(None, sentence(refusal))
    meanwhile.says(form, asked, stands)
    return _page(request, case, form, was=meanwhile.opened_with(stands))


def _on(request: HttpRequest, actor: Actor, case: Case, *, alone: bool, asks: bool) -> HttpResponse:
    """`asks`: a child now, or none any more: consent is asked otherwise, whatever was to be corrected."""
    if request.POST.get("do") == "stop":
        return stopped(request, actor, case)
    if alone or asks:
        return done(actor, address(case.code, "alone" if alone else "consent"))
    return done(actor, onward(request, case, "consent"))


def _region(actor: Actor) -> str:
    return organisation(actor.organisation_id).region if actor.organisation_id else ""


def _stands(actor: Actor, case: Case) -> dict[str, Any]:
    """What is saved now; of the age one answer, also where two fields ask for it."""
    contact: Mapping[str, Any] = {}
    if not is_as_begun(case, "contact"):
        contact = open_section(actor, case, section="contact", in_step=True).fields
    locked = {"call_name": contact.get("call_name") or "", "safe_phone": contact.get("safe_phone") or ""}
    return {**{name: getattr(case, name) for name in CODES}, **locked, "district": case.district_code}


def _in_two(age: str) -> dict[str, str]:
    """An age as the two fields say it."""
    return {"age_band_code": "unknown", "roughly": age} if age in ROUGHLY else {"age_band_code": age, "roughly": ""}


def _alone(case: Case) -> dict[str, str]:
    """A yes is recorded nowhere: it is asked again."""
    return {"adult": "no" if child_alone.waits(case) else ""}


def _settles(case: Case) -> str:
    """Where the age is confirmed, for whoever may."""
    may = cases.standing(case).may("settle_age", case.state_code)
    return reverse("settle_age", args=[case.code]) if may else ""


def _begun_there(request: HttpRequest, case: Case, district: str) -> bool:
    """Whether the district is still the one that the beginning took from the own organisation."""
    untouched = district == case.district_code and is_as_begun(case, "place")
    return untouched and district == own_district(actor_of(request))


def _page(request: HttpRequest, case: Case, form: WhoForm, *, was: str, version: str = "") -> HttpResponse:
    status = 400 if request.method == "POST" else 200
    district = form["district"].value() or ""
    name, phone = form["call_name"].value() or "", form["safe_phone"].value() or ""
    language = form["language_code"].value() or "unknown"
    more = {
        "form": form,
        "unchosen": unchosen(),
        "settle_url": _settles(case) if form.errors.get("age_band_code") else "",
        "was": was,
        "version": version or case.version,
        "named": name,
        "usual": bool(district) and _begun_there(request, case, str(district)),
        "district": lists.label("area", str(district)),
        "language": "" if language == "unknown" else lists.label("language", str(language)),
        "phone": phone,
    }
    return drawn(request, "who", more, case=case, status=status)
