"""What was answered in step 4, as sentences in the part "Needs, risk, plan": so whoever accepts reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Final

from django.utils import translation
from django.utils.translation import gettext as _

from hamkori.access.actor import Actor
from hamkori.casework.case.actions.section import open_section
from hamkori.casework.case.queries.cases import standing
from hamkori.casework.referral.queries.refer import empty_in
from hamkori.casework.referral.rules.card import OF_A_CHILD
from hamkori.refusal import Invalid
from hamkori.vocabulary import codelist
from hamkori.vocabulary.country import LANGUAGE_NAMES
from hamkori.web.words import lists
from hamkori.web.words.case import FIELD_LABELS
from hamkori.web.words.referral import doctor

if TYPE_CHECKING:
    from hamkori.casework.case.models import Case

PLACE, HIDES, NOTHING, NOT_ASKED = "safe_place", "keep_away", "nothing_now", "not_asked"
DOCTOR = "doctor"
PART, NEEDS, RISK = "needs", "needs", "risk_reasons"
FIELDS: Final = (NEEDS, RISK)
"""The part of a case, and its two fields that are written here."""


def sentences(actor: Actor, case: Case, said: Mapping[str, str], needs: Iterable[str]) -> dict[str, str]:
    """The fields as they are to be written; nothing where they stay as they are, or where others write this part.

    What was written here before is replaced; what somebody wrote in their own words stays below.
    """
    if PART not in standing(case).writes:
        return {}
    stood: Mapping[str, str] = {}
    if PART not in empty_in(case, [PART]):
        stood = open_section(actor.doing(None), case, section=PART, in_step=True).fields
    wanted = {NEEDS: _needed(said, needs), RISK: _hidden(said)}
    found = {name: _put(stood.get(name) or "", lines) for name, lines in wanted.items()}
    return {name: text for name, text in found.items() if text != (stood.get(name) or "")}


def has_place(actor: Actor, case: Case) -> bool:
    """Whether it was said that there is a place for tonight, where the codes of the case say what else is needed."""
    if not {*case.need_tonight_codes} - {PLACE, NOTHING, NOT_ASKED} or PLACE in case.need_tonight_codes:
        return False
    if PART not in standing(case).writes or PART in empty_in(case, [PART]):
        return False
    lines = (open_section(actor.doing(None), case, section=PART, in_step=True).fields.get(NEEDS) or "").splitlines()
    return any(line.strip() in _place_there() for line in lines)


def is_told(actor: Actor, case: Case) -> bool:
    """Whether somebody wrote there what the person told, beside these sentences; nobody else is asked to."""
    if PART not in standing(case).writes:
        return True
    if PART in empty_in(case, [PART]):
        return False
    fields = open_section(actor.doing(None), case, section=PART, in_step=True).fields
    return any(_put(str(said or ""), []) for said in fields.values())


def too_long(refusal: Invalid) -> list[object]:
    """The fields, by their labels, in which there is no room for these sentences below what was typed there."""
    return [FIELD_LABELS[name] for name in FIELDS if name in refusal.errors]


def place_found(actor: Actor, case: Case) -> dict[str, dict[str, str]]:
    """The part without the sentence that a place is needed. While it is locked it stays as it is."""
    if not actor.vault_open or PART not in standing(case).writes or PART in empty_in(case, [PART]):
        return {}
    lines = (open_section(actor.doing(None), case, section=PART, in_step=True).fields.get(NEEDS) or "").splitlines()
    rest = [line for line in lines if line.strip() not in _place_needed()]
    return {PART: {NEEDS: "\n".join(rest)}} if rest != lines else {}


def place_needed(actor: Actor, case: Case) -> dict[str, dict[str, str]]:
    """The part with that sentence again. While it is locked, or nothing stands in it, it stays as it is."""
    if not actor.vault_open or PART not in standing(case).writes or PART in empty_in(case, [PART]):
        return {}
    lines = (open_section(actor.doing(None), case, section=PART, in_step=True).fields.get(NEEDS) or "").splitlines()
    if any(line.strip() in _place_needed() for line in lines):
        return {}
    return {PART: {NEEDS: "\n".join([_needs(PLACE), *lines])}}


def _put(stood: str, lines: list[str]) -> str:
    ours = _ours()
    return "\n".join([*lines, *(line for line in stood.splitlines() if line.strip() not in ours)]).strip()


def _needed(said: Mapping[str, str], needs: Iterable[str]) -> list[str]:
    has = [_has_place()] if said["tonight"] == "has" else []
    whose = said.get("whose", "")
    return has + [
        _doctor_for(whose) if code == DOCTOR and whose in OF_A_CHILD else _needs(code)
        for code in needs
        if code not in (HIDES, NOTHING, NOT_ASKED)
    ]


def _hidden(said: Mapping[str, str]) -> list[str]:
    """Only what speaks for caution: a no that turns out wrong later would stay with those who have read it."""
    return [_looked_for()] if said["hides"] == "yes" else []


def _needs(code: str) -> str:
    return _("Needed now: %(need)s.") % {"need": lists.inside(lists.label("need_tonight", code))}


def _doctor_for(whose: str) -> str:
    """The same of a doctor, where a child who comes along needs one."""
    return _("Needed now: a doctor, for %(who)s.") % {"who": doctor(whose)}


def _has_place() -> str:
    return _("The person has a safe place to sleep tonight.")


def _looked_for() -> str:
    return _("Somebody is looking for the person, or they must stay hidden.")


def _not_looked_for() -> str:
    """What a no wrote here before; where it still stands, it goes."""
    return _("As far as is known, nobody is looking for the person, and they need not stay hidden.")


_SAYS: Final[Mapping[str, Callable[[], str]]] = {
    "has": _has_place,
    "needs": lambda: _needs(PLACE),
    "yes": _looked_for,
    "no": _not_looked_for,
}


def _in_all_languages(text: str) -> Iterator[str]:
    """What one of these functions says, by its name, in every language of the pages."""
    for language in LANGUAGE_NAMES:
        with translation.override(language):
            yield _SAYS[text]()


@cache
def _place_needed() -> frozenset[str]:
    return frozenset(_in_all_languages("needs"))


@cache
def _place_there() -> frozenset[str]:
    return frozenset(_in_all_languages("has"))


@cache
def _ours() -> frozenset[str]:
    """Every line that can be written here, in each language: a colleague may have answered in another."""
    found = {*_in_all_languages("has"), *_in_all_languages("yes"), *_in_all_languages("no")}
    for language in LANGUAGE_NAMES:
        with translation.override(language):
            found |= {_needs(code) for code in codelist("need_tonight").codes}
            found |= {_doctor_for(whose) for whose in OF_A_CHILD}
    return frozenset(found)
