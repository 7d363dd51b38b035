"""Labels of codes in the page's language."""

from collections.abc import Iterable, Mapping
from functools import cache, reduce

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from hamkori.vocabulary import Entry, codelist

MARKED = frozenset({"service", "act_question"})
"""Lists whose unverified entries say so wherever they are read: what is offered, and what is asked of a person. Of a
list that is ticked as a whole (`local_prompt`) one line below says it: `unverified_below`."""


def language() -> str:
    """The page's language as our lists name it."""
    return (get_language() or "en").split("-", maxsplit=1)[0]


def label(list_name: str, code: str) -> str:
    """A code's label; '' for no code, the code itself for one that the list does not have."""
    if not code:
        return ""
    listed = codelist(list_name)
    return _said(list_name, listed.entry(code)) if code in listed else code


def short(list_name: str, code: str) -> str:
    """What its label adds to a column's heading, as "Khatlon" under "Region"; the label where the list has none."""
    listed = codelist(list_name)
    said = listed.entry(code).data.get("short") if code in listed else None
    return str(said[language()]) if isinstance(said, Mapping) and language() in said else label(list_name, code)


def labels(list_name: str, codes: Iterable[str]) -> str:
    """Labels of codes with commas between, in the order of the list; only the first begins with a capital."""
    return enumerated(_in_order(list_name, codes))


def enumerated(said: Iterable[str]) -> str:
    """Labels in one line, of which the first begins it."""
    first, *rest = [*said] or [""]
    return ", ".join([first, *map(inside, rest)])


def inside(label: str) -> str:
    """A label in the middle of a line: with a small letter, unless it begins with an abbreviation or is a name.

    English alone writes languages with a capital; our other three write them small.
    """
    named = language() == "en" and label in _names()
    return label if named or label[1:2].isupper() else label[:1].lower() + label[1:]


@cache
def _names() -> frozenset[str]:
    """The English names of languages; what is none of them ("Another language") is an ordinary word."""
    return frozenset(
        entry.label("en") for entry in codelist("language") if entry.code not in ("sign", "other", "unknown")
    )


def joined(list_name: str, codes: Iterable[str]) -> str:
    """The same with semicolons, each as it is written: names with commas inside, as those of the sections."""
    return several(_in_order(list_name, codes))


def several(said: Iterable[str]) -> str:
    """What has commas inside, in one line: with semicolons, spaced as the page's language spaces them."""
    each = [*said]
    return (
        reduce(lambda before, more: _("%(before)s; %(more)s") % {"before": before, "more": more}, each) if each else ""
    )


def about(what: object, said: object) -> str:
    """What it is about, a colon, and what is said; the colon spaced as the page's language spaces it."""
    return _("%(what)s: %(said)s") % {"what": what, "said": said}


def nothing_yet(part: str) -> str:
    """A part of a case in which nothing stands so far."""
    return _("%(part)s (nothing written here yet)") % {"part": part}


def in_turn(list_name: str, codes: Iterable[str]) -> str:
    """The same in the order of the codes."""
    return several(label(list_name, code) for code in codes)


def choices(list_name: str) -> list[tuple[str, str]]:
    """A list's codes and labels for a form."""
    return [(entry.code, _said(list_name, entry)) for entry in codelist(list_name)]


def _in_order(list_name: str, codes: Iterable[str]) -> list[str]:
    wanted = set(codes)
    return [_said(list_name, entry) for entry in codelist(list_name) if entry.code in wanted]


def _said(list_name: str, entry: Entry) -> str:
    label = entry.label(language())
    return _("%(label)s (unverified)") % {"label": label} if entry.unverified and list_name in MARKED else label
