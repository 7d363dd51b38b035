"""How Django's forms look here: any form renders with the kit, errors beside the field, what was typed kept.

`KitForm` is the form to write; `KitRenderer` gives the same look to forms that others wrote. Widgets: `Segments` for a
row of equal buttons, `Answers` for one line of a screening list; RadioSelect and CheckboxSelectMultiple become choices.
See docs/design/pages.md#forms.
"""

import re
from calendar import monthrange
from collections.abc import Iterable, Mapping
from datetime import MINYEAR, date
from functools import cache
from pathlib import Path
from typing import Any

import django.forms
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.forms.renderers import BaseRenderer, DjangoTemplates
from django.template.backends.django import DjangoTemplates as Engine
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from hamkori.refusal import Invalid

# Django's own sentence is a programmer's.
ProhibitNullCharactersValidator.message = _("There are characters in this text that cannot be saved. Write it again.")

NO_CHOICE = [
    text
    for field in (forms.ChoiceField, forms.MultipleChoiceField, forms.ModelMultipleChoiceField)
    for code, text in field.default_error_messages.items()
    if code != "required"
]
"""Django's own sentences of what is not among the choices of a field; no set, as a lazy text's hash has a language."""
TEMPLATES = Path(__file__).resolve().parents[1] / "templates"
DJANGOS = Path(django.forms.__file__).resolve().parent / "templates"


class KitRenderer(DjangoTemplates):
    """Finds the kit's templates before Django's, whatever the settings say about templates."""

    form_template_name = "kit/form.html"
    field_template_name = "kit/field.html"

    @cached_property
    def engine(self) -> Engine:
        """One engine for all forms of the process: each form has a renderer, and would read its templates anew."""
        return _engine()


@cache
def _engine() -> Engine:
    return Engine(
        {
            "APP_DIRS": False,
            "DIRS": [TEMPLATES, DJANGOS],
            "NAME": "kit",
            "OPTIONS": {
                "loaders": [("django.template.loaders.cached.Loader", ["hamkori.web.kit.lines.Loader"])],
                "libraries": {
                    "kit": "hamkori.web.templatetags.kit",
                    "i18n": "django.templatetags.i18n",
                },
            },
        }
    )


OF_A_PERSON = {"autocomplete": "off", "spellcheck": "false", "autocorrect": "off", "autocapitalize": "sentences"}
"""What a browser shall not remember, correct or send anywhere."""


class Hints:
    """Choices that explain themselves: `hints` is value -> one short line under the choice's label."""

    def __init__(self, *args: Any, hints: Mapping[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.hints = hints or {}

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Django's option with our hint."""
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)  # type: ignore[misc]
        option["hint"] = self.hints.get(str(value), "")
        return option


class Choices(Hints, forms.RadioSelect):
    """One of several, one under the other, each with a hint if there is one."""


class Ticks(Hints, forms.CheckboxSelectMultiple):
    """Any of several, in columns where there is room."""


class Segments(forms.RadioSelect):
    """One of few, as a row of equal buttons; `css`: "two" or "by-three" of them in a row.

    `unasked` is the value that looks quieter when chosen: not asked. `stood`: the value that is selected because it was
    answered before.
    """

    template_name = "kit/widgets/segments.html"
    whole_row = False

    def __init__(
        self, *args: Any, unasked: str | None = None, stood: str | None = None, css: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.unasked, self.stood, self.css = unasked, stood, css

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Django's context with our class: how many stand in a row."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        context["widget"]["css"] = self.css
        return context

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Django's option, marked if it is the one for "not asked", or the one that stood."""
        option = super().create_option(name, value, *args, **kwargs)
        option["unasked"] = self.unasked is not None and str(value) == self.unasked
        option["stood"] = self.stood is not None and str(value) == self.stood
        return option


class Answers(Segments):
    """One line of a list of questions: the question, "not asked", then the buttons. Stands in `<ul class="list">`."""

    template_name = "kit/widgets/answers.html"
    whole_row = True


class LongText(forms.Textarea):
    """Several lines; the box grows with what is written."""

    def __init__(self, attrs: dict[str, Any] | None = None, rows: int = 4) -> None:
        super().__init__({"rows": rows, **(attrs or {})})


TURNING = dict.fromkeys([0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
"""The marks of direction of Unicode, each taken out."""


class TextField(forms.CharField):
    """A text. The browser cuts nothing off: what is too long comes here whole, is said at its place, and stays."""

    default_error_messages = {
        # Translators: the second number is how many letters were written; it has no noun of its own.
        "max_length": ngettext_lazy(
            "There is room for %(limit_value)d letter here; this text has %(show_value)d. Shorten it.",
            "There is room for %(limit_value)d letters here; this text has %(show_value)d. Shorten it.",
            "limit_value",
        )
    }

    def to_python(self, value: Any) -> Any:
        """Without the signs that turn the direction of what follows: they are not seen, and a name reads as another."""
        text = super().to_python(value)
        return text.translate(TURNING) if text else text

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """How many letters may be, for the counter of a long text (kit/js/page.js); no `maxlength`."""
        attrs: dict[str, Any] = super().widget_attrs(widget)
        most = attrs.pop("maxlength", None)
        if most is not None and isinstance(widget, forms.Textarea):
            attrs["data-most"] = most
        return attrs


class DateField(forms.DateField):
    """A date in the country's order: 25.11.2026, on every device and in every language.

    No browser's picker: its order is that of the device. Taken are also other signs between the numbers or none at all,
    since not every telephone shows a point, and 2026-11-25. Which days are meant, a form says with `between`.
    """

    widget = forms.DateInput
    default_error_messages = {
        "invalid": _("Write the date like this: 25.11.2026"),
        "none": _("There is no such day. One that there is: %(day)s"),
        "far": _("Choose a day between %(first)s and %(last)s."),
    }
    first, last = date(1900, 1, 1), date(2199, 12, 31)
    stood: frozenset[str] = frozenset()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=["%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y"], **kwargs)
        self.widget.format = "%d.%m.%Y"
        # Translators: day, month and year as letters, in the order 25.11.2026.
        _is_figures(self.widget, _("dd.mm.yyyy"))

    def prepare_value(self, value: Any) -> Any:
        """In the country's order also where the field is hidden, and where a day comes back as 2026-11-25."""
        if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            try:
                value = date.fromisoformat(value)
            except ValueError:
                return value
        return value.strftime("%d.%m.%Y") if isinstance(value, date) else value

    def to_python(self, value: Any) -> date | None:
        """The day that was meant."""
        try:
            return super().to_python(_with_points(value) if isinstance(value, str) else value)
        except forms.ValidationError:
            near = _last_of_month(_with_points(str(value)))
            if near is None:
                raise
            said = {"day": self.prepare_value(min(max(near, self.first), self.last))}
            raise forms.ValidationError(self.error_messages["none"], code="none", params=said) from None

    def between(self, first: date, last: date, stood: Iterable[object] = ()) -> None:
        """The days that this form takes; one that `stood` there before may stay, whatever it is."""
        self.first, self.last, self.stood = first, last, frozenset(map(str, stood))

    def validate(self, value: date | None) -> None:
        """Not a day that cannot be meant: the message says which can."""
        super().validate(value)
        if value is not None and not self.first <= value <= self.last and value.isoformat() not in self.stood:
            said = {"first": self.prepare_value(self.first), "last": self.prepare_value(self.last)}
            raise forms.ValidationError(self.error_messages["far"], code="far", params=said)


class TimeField(forms.TimeField):
    """A time of day: 14:05, never twelve hours twice."""

    widget = forms.TimeInput
    default_error_messages = {"invalid": _("Write the time like this: 14:05")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=["%H:%M", "%H.%M"], **kwargs)
        self.widget.format = "%H:%M"
        # Translators: hours and minutes as letters, in the order 14:05.
        _is_figures(self.widget, _("hh:mm"))


def _is_figures(widget: Any, shape: object) -> None:
    """A short box for figures and the signs between them; nothing is offered from what others typed."""
    widget.attrs = {
        "inputmode": "decimal",
        "autocomplete": "off",
        "class": "short",
        "placeholder": shape,
        **widget.attrs,
    }


def _with_points(typed: str) -> str:
    """25/11/2026, 25 11 2026 and 25112026 as 25.11.2026; everything else as it was typed."""
    digits = re.fullmatch(r"(\d\d)(\d\d)(\d{4})", typed.strip())
    if digits:
        return ".".join(digits.groups())
    return typed if re.match(r"\s*\d{4}-", typed) else re.sub(r"\s*[.,/\s-]\s*", ".", typed.strip())


def _last_of_month(typed: str) -> date | None:
    """Of a day that is written as one and that no month has, the last of that month; None of everything else."""
    found = re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", typed)
    if not found or not (1 <= int(found[2]) <= 12 and int(found[3]) >= MINYEAR):
        return None
    year, month = int(found[3]), int(found[2])
    return date(year, month, monthrange(year, month)[1])


class CodeField(forms.CharField):
    """A case's or referral's code as people type it; spaces, hyphens and dots between its digits are taken away."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "short"})

    def to_python(self, value: Any) -> str:
        """What was typed, without separators; whether it is a code is for the reader to say."""
        typed = super().to_python(value) or ""
        return "".join(sign for sign in typed if sign not in " \xa0-\u2010\u2011\u2013.")


def name_in_error(field: forms.Field) -> None:
    """An empty field is called in the list of errors what it is called on the page."""
    field.error_messages["required"] = _("Still needed: %(label)s") % {"label": field.label or ""}


class Look:
    """What a form of ours asks of Django; mix it into a ModelForm or a form that others wrote."""

    default_renderer: type[BaseRenderer] | BaseRenderer | None = KitRenderer
    # The server answers in whole sentences beside the field; a browser's bubble would come first, in its own language.
    use_required_attribute = False
    # Names of fields that hold what people told us: the browser shall not remember, correct or send them anywhere.
    sensitive: tuple[str, ...] = ()
    # Say "needed" at required fields; for forms where most may stay empty.
    mark_needed = False
    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            # Django's "This field is required." says nothing in a list of errors: ours names the field.
            if field.error_messages.get("required") == forms.Field.default_error_messages["required"]:
                name_in_error(field)
        for name in self.sensitive:
            self.fields[name].widget.attrs.update(OF_A_PERSON)

    def add_error(self, field: str | None, error: Any) -> None:
        """As Django does; of what cannot be chosen it says a sentence for a developer, with the code in it."""
        if isinstance(error, ValidationError) and getattr(error, "message", None) in NO_CHOICE:
            error = _("One of these cannot be chosen any more. Look at them, and choose again.")
        super().add_error(field, error)  # type: ignore[misc]

    def say(self, refusal: Invalid) -> None:
        """What an action found wrong, each at its field; above the form where that is none of its fields."""
        for name, text in refusal.errors.items():
            self.add_error(name if name in self.fields else None, text)

    def offer(self, name: str, choices: Iterable[tuple[str, Any]], hints: Mapping[str, str] | None = None) -> None:
        """What can be chosen in a field, where only the page knows it; `hints` for a widget that has them."""
        field = self._chosen_from(name)
        field.choices = choices
        if hints is not None:
            field.widget.hints = hints

    def choices_of(self, name: str) -> list[tuple[str, Any]]:
        """What can be chosen in a field, in its order."""
        return list(self._chosen_from(name).choices)

    def day(self, name: str) -> DateField:
        """A field for a day, of which a form may say which days it takes."""
        field = self.fields[name]
        assert isinstance(field, DateField)
        return field

    def _chosen_from(self, name: str) -> Any:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # several may be chosen in one that is made from it
        return field


class KitForm(Look, forms.Form):
    """The form to write."""
