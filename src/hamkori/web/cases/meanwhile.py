"""A page of a case was saved in another window too: what this one left as it was takes nothing away from there.

The form carries what it was opened with (`kit/versions.py`). Refused, it is drawn anew: untouched fields show what is
saved by now; where both windows said something else, what was chosen here stays, with what is saved beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.choices import flatten_choices
from django.utils.translation import gettext as _

from hamkori.casework.case.rules.merging import merged, same
from hamkori.web.kit import versions
from hamkori.web.kit.forms import KitForm
from hamkori.web.words import lists
from hamkori.web.words.fields import Coded


def changed(sent: QueryDict, said: Mapping[str, Any]) -> dict[str, Any]:
    """Of these answers those that are others than the form was opened with; all where it does not say so."""
    was = versions.was(sent, [*said])
    return {name: value for name, value in said.items() if was is None or not same(was.get(name, ""), value)}


def put_together(sent: QueryDict, mine: Mapping[str, Any], stands: Mapping[str, Any]) -> tuple[QueryDict, list[str]]:
    """The form as it is drawn again, and the fields that both windows changed: in those mine stays.

    An empty answer of a form that does not say what it was opened with counts as one that nobody touched.
    """
    both, again = merged(versions.was(sent, [*mine]) or {}, mine, stands, {}), sent.copy()
    for name in both.by_them:
        put(again, name, stands.get(name, ""))
    return again, [*both.asked]


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
