"""A page of a case was saved in another window too: what this one left as it was takes nothing away from there.

The form carries what it was opened with (`kit/versions.py`). Refused, it is drawn anew: untouched fields show what is
saved by now; where both windows said something else, what was chosen here stays, with what is saved beside it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django import forms
from django.http import QueryDict
from django.utils.choices import flatten_choices
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from hamkori.casework.case.rules.merging import merged, plain, same
from hamkori.refusal import NotNow
from hamkori.web.kit import versions
from hamkori.web.kit.forms import KitForm
from hamkori.web.kit.refusals import sentence
from hamkori.web.words import lists
from hamkori.web.words.fields import Coded

Form = TypeVar("Form", bound=KitForm)
MARK = 16
"""Letters of the mark of an answer: enough to tell two answers of one person apart."""
ANOTHER = object()
"""The answer of before, where it is neither what is saved nor what was chosen."""


def opened_with(stands: Mapping[str, Any]) -> str:
    """What a form carries of the answers that it was opened with: a mark of each, in which nobody reads a name."""
    return versions.opened_with({name: _mark(name, value) for name, value in stands.items()})


def _mark(name: str, value: Any) -> str:
    return salted_hmac(f"{__name__}.{name}", json.dumps(plain(value))).hexdigest()[:MARK]


def _was(sent: QueryDict, *answers: Mapping[str, Any]) -> dict[str, Any] | None:
    """What the form was opened with, as far as one of these answers is that; None where it does not say so."""
    marks = versions.was(sent, {name for one in answers for name in one})
    if marks is None:
        return None
    return {
        name: next((one[name] for one in answers if name in one and _mark(name, one[name]) == mark), ANOTHER)
        for name, mark in marks.items()
    }


def changed(sent: QueryDict, said: Mapping[str, Any]) -> dict[str, Any]:
    """Of these answers those that are others than the form was opened with; all where it does not say so."""
    was = _was(sent, said)
    return {name: value for name, value in said.items() if was is None or not same(was.get(name, ""), value)}


def put_together(sent: QueryDict, mine: Mapping[str, Any], stands: Mapping[str, Any]) -> tuple[QueryDict, list[str]]:
    """The form as it is drawn again, and the fields that both windows changed: in those mine stays.

    An empty answer of a form that does not say what it was opened with counts as one that nobody touched.
    """
    both, again = merged(_was(sent, mine, stands) or {}, mine, stands, {}), sent.copy()
    for name in both.by_them:
        put(again, name, stands.get(name, ""))
    return again, [*both.asked]


def drawn_with(form: forms.BaseForm) -> dict[str, Any]:
    """The answers that a page is drawn with."""
    return {field.name: field.initial if field.initial is not None else "" for field in form.visible_fields()}


def drawn_again(
    sent: QueryDict,
    said: Mapping[str, Any],
    stands: Mapping[str, Any],
    make: Callable[[QueryDict], Form],
    refusal: NotNow,
    **more: Any,
) -> Form:
    """The form that was refused, made anew of what is saved by now and of what was changed here. `more`: what it
    carries beside its answers, as it is by now.
    """
    both, asked = put_together(sent, {name: said[name] for name in stands if name in said}, stands)
    for name, value in more.items():
        put(both, name, value)
    form = make(both)
    form.add_error(None, sentence(refusal))
    says(form, asked, stands)
    return form


def put(sent: QueryDict, name: str, value: Any) -> None:
    """Says an answer as a form sends it."""
    if isinstance(value, bool):
        sent.setlist(name, ["on"] if value else [])
    else:
        sent.setlist(name, [*value] if isinstance(value, list | tuple) else [str(value or "")])


def says(form: KitForm, asked: list[str], stands: Mapping[str, Any]) -> None:
    """Beside each answer that both windows changed: what is saved there now."""
    for name in asked:
        saved = _in_words(form.fields[name], stands.get(name, ""))
        form.add_error(name, _("Saved meanwhile: %(saved)s. If you save this page, your answer replaces it.") % saved)
    form.add_error(None, _("Fields that you did not change show what is saved now. Look, then press again."))


def _in_words(field: forms.Field, value: Any) -> dict[str, str]:
    if isinstance(field, forms.ChoiceField):
        choices: Any = field.choices
        pairs: Any = flatten_choices(choices)
        labels = {str(code): str(label) for code, label in pairs}
        if isinstance(field, Coded):  # also an answer that is asked in a field of its own
            labels |= {str(value): lists.label(field.listed, str(value))}
        said = value if isinstance(value, list | tuple) else [value]
        return {"saved": ", ".join(labels.get(str(one), str(one)) for one in said) or "\u2013"}
    if isinstance(value, bool):
        return {"saved": _("Yes") if value else _("No")}
    return {"saved": str(value or "\u2013")}
