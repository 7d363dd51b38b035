"""The language of the person, where nobody recorded it: the one in which consent was read stands there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _

from hamkori.casework.case.actions import case as act
from hamkori.web.words import lists
from hamkori.web.words.fields import Coded

if TYPE_CHECKING:
    from hamkori.access.actor import Actor
    from hamkori.casework.case.models import Case
    from hamkori.web.kit.forms import KitForm

NAME, UNKNOWN = "language_code", "unknown"


def ask(form: KitForm, case: Case | None, read: str) -> None:
    """The question, answered by what was read; of whom it is known nobody asks."""
    if case is not None and read and case.language_code == UNKNOWN:
        label, select = _("Language of the person"), forms.Select
        form.fields[NAME] = Coded("language", label, initial=read, required=False, widget=select)


def stands(form: KitForm) -> str:
    """The answer in words; '' where it is not asked."""
    return lists.label("language", form[NAME].value() or UNKNOWN) if NAME in form.fields else ""


def keep(actor: Actor, case: Case, said: dict[str, Any], *, but: str) -> None:
    """Records it. A colleague who was faster is not overruled: then the case has another version.

    `but`: what was read to an interpreter is not the person's own language unless somebody chooses another.
    """
    language = said.get(NAME) or UNKNOWN
    if language not in (UNKNOWN, but):
        act.edit(actor.doing(None), case, version=case.version, codes={NAME: language})
