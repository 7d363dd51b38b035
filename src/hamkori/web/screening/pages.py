"""Which pages a screening has, in which order, and what stands on each: danger, acts, form, one page per dimension."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from hamkori.casework.screening.rules.screening import DIMENSIONS, sets_for, signs_of
from hamkori.vocabulary import Entry, codelist, screening_sets
from hamkori.web.words import lists

CHECK = "check"
FIRST = ("danger", "acts", "forms")
Answers = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Page:
    """One page: its code, the part of the sealed answers it belongs to, and its questions."""

    code: str
    part: str
    entries: tuple[Entry, ...]


def page(code: str, sets: Iterable[str]) -> Page | None:
    """The page of that code for these sets; None if there is none."""
    if code in FIRST:
        name = {"danger": "danger_question", "acts": "act_question", "forms": "form_of_exploitation"}[code]
        return Page(code, code, codelist(name).entries)
    if code not in DIMENSIONS:
        return None
    found = {entry.code: entry for name in sets for entry in signs_of(name, code)}
    if not found:
        return None
    order = codelist("indicator").codes.index
    return Page(code, "signs", tuple(found[code] for code in sorted(found, key=order)))


def codes(sets: Iterable[str]) -> tuple[str, ...]:
    """All pages for these sets, in order; the last one looks through and finishes."""
    sets = tuple(sets)
    return (*FIRST, *(code for code in DIMENSIONS if page(code, sets) is not None), CHECK)


def sets_now(child: bool, answers: Answers) -> tuple[str, ...]:
    """The sets that fit her age and the forms that were named."""
    return sets_for(child, answers["forms"])


def label(code: str) -> str:
    """What a page is called."""
    if code in DIMENSIONS:
        return lists.label("dimension", code)
    return {
        "danger": _("Danger now"),
        "acts": _("How the person came there"),
        "forms": _("Type of exploitation"),
        CHECK: _("Look through and finish"),
    }[code]


def set_label(code: str) -> str:
    """A set in words."""
    about = screening_sets()[code]
    words = {
        ("adult", "labour"): _("adult, labour"),
        ("adult", "sexual"): _("adult, sexual"),
        ("child", "labour"): _("child, labour"),
        ("child", "sexual"): _("child, sexual"),
    }
    return words[str(about["age"]), str(about["exploitation"])]


def unasked(part: str) -> str:
    """The value of "not asked"; for the forms it means: this form was not named."""
    return "" if part == "forms" else "not_asked"


def steps(address: str, sets: Iterable[str], saved: Iterable[str], here: str) -> list[dict[str, str]]:
    """The named list of pages, for the kit's `parts`."""
    done = set(saved)
    return [
        {
            "label": label(code),
            "url": f"{address}?part={code}",
            "state": "now" if code == here else "done" if code in done else "todo",
        }
        for code in codes(sets)
    ]


def beside(sets: Iterable[str], here: str) -> tuple[str, str]:
    """The page before and the one after; '' where there is none."""
    order = codes(sets)
    place = order.index(here)
    return (order[place - 1] if place else "", order[place + 1] if place + 1 < len(order) else "")


def to_resume(sets: Iterable[str], saved: Iterable[str]) -> str:
    """The first page that was not saved yet."""
    done = set(saved)
    return next(code for code in codes(sets) if code not in done)


def counts(shown: Page, answers: Answers) -> dict[str, int]:
    """How many questions of a page have which answer."""
    given = answers[shown.part]
    return Counter(given.get(entry.code) or unasked(shown.part) for entry in shown.entries)
