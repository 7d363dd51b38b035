"""Labels of codes in the page's language."""

from collections.abc import Iterable

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from hamkori.vocabulary import Entry, codelist

MARKED = frozenset({"service", "act_question", "local_prompt"})
"""Lists whose unverified entries say so wherever they are read: what is offered, and what is asked of a person."""


def language() -> str:
    """The page's language as our lists name it."""
    return (get_language() or "en").split("-", maxsplit=1)[0]


def label(list_name: str, code: str) -> str:
    """A code's label; '' for no code, the code itself for one that the list does not have."""
    if not code:
        return ""
    listed = codelist(list_name)
    return _said(list_name, listed.entry(code)) if code in listed else code


def labels(list_name: str, codes: Iterable[str], between: str = ", ") -> str:
    """Labels of codes with commas between, in the order of the list."""
    wanted = set(codes)
    return between.join(_said(list_name, entry) for entry in codelist(list_name) if entry.code in wanted)


def joined(list_name: str, codes: Iterable[str]) -> str:
    """The same with semicolons: some labels have commas inside."""
    return labels(list_name, codes, "; ")


def in_turn(list_name: str, codes: Iterable[str]) -> str:
    """The same in the order of the codes."""
    return "; ".join(label(list_name, code) for code in codes)


def choices(list_name: str) -> list[tuple[str, str]]:
    """A list's codes and labels for a form."""
    return [(entry.code, _said(list_name, entry)) for entry in codelist(list_name)]


def _said(list_name: str, entry: Entry) -> str:
    label = entry.label(language())
    return _("%(label)s (unverified)") % {"label": label} if entry.unverified and list_name in MARKED else label
