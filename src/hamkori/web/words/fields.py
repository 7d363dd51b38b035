"""Fields whose answers are codes of a list, read by their labels in the page's language."""

from __future__ import annotations

from collections.abc import Callable, Container
from typing import TYPE_CHECKING, Any

from django import forms

from hamkori.web.kit.forms import Choices, Ticks
from hamkori.web.words import lists

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Coded(forms.ChoiceField):
    """One code. `none`: what is read where there is no answer; `but`: codes that are not asked; `needed`: its error."""

    def __init__(
        self,
        listed: str,
        label: StrOrPromise | None = None,
        *,
        none: StrOrPromise | None = None,
        but: Container[str] = (),
        needed: StrOrPromise = "",
        widget: Any = Choices,
        **kwargs: Any,
    ) -> None:
        self.listed = listed
        errors = {"required": needed} if needed else None
        choices = _of(listed, none, but)
        super().__init__(label=label, choices=choices, widget=widget, error_messages=errors, **kwargs)


class Codes(forms.MultipleChoiceField):
    """Any number of codes."""

    def __init__(
        self, listed: str, label: StrOrPromise, *, but: Container[str] = (), widget: Any = Ticks, **kwargs: Any
    ) -> None:
        self.listed = listed
        super().__init__(label=label, choices=_of(listed, None, but), widget=widget, **kwargs)


def _of(listed: str, none: StrOrPromise | None, but: Container[str]) -> Callable[[], list[tuple[str, StrOrPromise]]]:
    """Asked anew whenever the field is drawn: a form that stands in a module has no language."""

    def offered() -> list[tuple[str, StrOrPromise]]:
        first = [("", none)] if none is not None else []
        return [*first, *(pair for pair in lists.choices(listed) if pair[0] not in but)]

    return offered
