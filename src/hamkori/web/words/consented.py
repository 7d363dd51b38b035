"""What a person is asked about, by name: each question of the consent, and what was taken back of an answer."""

from collections.abc import Container, Iterable

from django.utils.translation import gettext as _

from hamkori.casework.consent.queries.consent import ONLY_NAME, Less
from hamkori.casework.consent.rules.consent import RowKey
from hamkori.web.words import lists


def question(key: RowKey) -> str:
    """A question in its own few words."""
    return {
        ("shelter_social", "help"): _("Shelter and social help"),
        ("health", "help"): _("Doctors: treatment"),
        ("health", "justice"): _("Doctors: an examination for a court"),
        ("psychological", "help"): _("Psychologists"),
        ("legal", "help"): _("Lawyers: help"),
        ("legal", "justice"): _("Lawyers: a case or a claim"),
        ("police", "protection"): _("To protect the person from danger"),
        ("police", "justice"): _("For a criminal case"),
    }[key]


def row(key: RowKey) -> str:
    """A row where it stands alone: as its question is called, and of the police that it is theirs."""
    police = {
        ("police", "protection"): _("Police: to protect the person from danger"),
        ("police", "justice"): _("Police: for a criminal case"),
    }
    return police.get(key) or question(key)


def rows(keys: Iterable[RowKey]) -> str:
    """Several of them in one sentence; each may hold a colon or a comma of its own."""
    return "; ".join(row(key) for key in keys)


def ask_first(keys: Iterable[RowKey], before: Container[RowKey]) -> str:
    """What is to be asked before such help, of a list of organisations. `before`: to what a no was said before the case
    was closed.
    """
    return _said(_("Ask the person first: “%(questions)s”."), keys, before)


def not_asked(keys: Iterable[RowKey], before: Container[RowKey]) -> str:
    """The same of the one that is chosen: what stands in the way."""
    return _said(_("The person was not asked about “%(questions)s”."), keys, before)


def _said(unasked: str, keys: Iterable[RowKey], before: Container[RowKey]) -> str:
    keys = tuple(keys)
    refused, rest = [key for key in keys if key in before], [key for key in keys if key not in before]
    no = _("Said no before the case was closed, ask again: “%(questions)s”.")
    return " ".join(said % {"questions": rows(of)} for said, of in ((no, refused), (unasked, rest)) if of)


def parts(taken: Iterable[str]) -> str:
    """The parts that were taken back of an answer, in one line. The name alone is called as in the question for it."""
    return lists.several(
        _("What to call the person") if one == ONLY_NAME else lists.label("packet_section", one) for one in taken
    )


def group(kind: str) -> str:
    """A group of organisations, whatever they are asked for."""
    every = {"health": _("Doctors"), "legal": _("Lawyers"), "police": _("Police")}
    return every.get(kind) or row((kind, "help"))


def less(taken: Iterable[Less]) -> list[str]:
    """What was taken back, a line for each row or its parts; what one tick took of a group for every purpose is one."""
    purposes: dict[tuple[str, tuple[str, ...]], list[RowKey]] = {}
    for key, gone in taken:
        purposes.setdefault((key[0], tuple(gone)), []).append(key)
    named = [(group(kind) if len(keys) > 1 else row(keys[0]), gone) for (kind, gone), keys in purposes.items()]
    return [_("%(row)s: %(parts)s") % {"row": name, "parts": parts(gone)} if gone else name for name, gone in named]
