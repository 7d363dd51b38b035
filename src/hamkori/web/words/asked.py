"""What a referral asks for and for whom, in one line: a whole phrase for each need and each form of the person.

Cases and articles differ from language to language, so no phrase is put together here: only the age is a value, and
stands at the end. "Girl" and "boy" are said of those under 18 only; of whom neither sex nor age says more, "a person".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from hamkori.casework.referral.rules.card import SICK_CHILD, children_said
from hamkori.directory.rules.suit import FOR_THE_ILL
from hamkori.vocabulary import codelist
from hamkori.web.words import directory, lists

if TYPE_CHECKING:
    from hamkori.casework.referral.rules.card import Card

FORMS: Final = ("woman", "man", "person", "girl", "boy", "child")
ASKED: Final = {
    "SAFE": (
        _("Safety for a woman, %(age)s"),
        _("Safety for a man, %(age)s"),
        _("Safety for a person, %(age)s"),
        _("Safety for a girl, %(age)s"),
        _("Safety for a boy, %(age)s"),
        _("Safety for a child, %(age)s"),
    ),
    "HOME": (
        _("A place for a woman, %(age)s"),
        _("A place for a man, %(age)s"),
        _("A place for a person, %(age)s"),
        _("A place for a girl, %(age)s"),
        _("A place for a boy, %(age)s"),
        _("A place for a child, %(age)s"),
    ),
    "BASIC": (
        _("Food, clothes or money for a woman, %(age)s"),
        _("Food, clothes or money for a man, %(age)s"),
        _("Food, clothes or money for a person, %(age)s"),
        _("Food, clothes or money for a girl, %(age)s"),
        _("Food, clothes or money for a boy, %(age)s"),
        _("Food, clothes or money for a child, %(age)s"),
    ),
    "HEALTH": (
        _("Medical care for a woman, %(age)s"),
        _("Medical care for a man, %(age)s"),
        _("Medical care for a person, %(age)s"),
        _("Medical care for a girl, %(age)s"),
        _("Medical care for a boy, %(age)s"),
        _("Medical care for a child, %(age)s"),
    ),
    "MHPSS": (
        _("Psychological help for a woman, %(age)s"),
        _("Psychological help for a man, %(age)s"),
        _("Psychological help for a person, %(age)s"),
        _("Psychological help for a girl, %(age)s"),
        _("Psychological help for a boy, %(age)s"),
        _("Psychological help for a child, %(age)s"),
    ),
    "LEGAL": (
        _("A lawyer for a woman, %(age)s"),
        _("A lawyer for a man, %(age)s"),
        _("A lawyer for a person, %(age)s"),
        _("A lawyer for a girl, %(age)s"),
        _("A lawyer for a boy, %(age)s"),
        _("A lawyer for a child, %(age)s"),
    ),
    "JUST": (
        _("Reporting a crime for a woman, %(age)s"),
        _("Reporting a crime for a man, %(age)s"),
        _("Reporting a crime for a person, %(age)s"),
        _("Reporting a crime for a girl, %(age)s"),
        _("Reporting a crime for a boy, %(age)s"),
        _("Reporting a crime for a child, %(age)s"),
    ),
    "DOC": (
        _("Documents for a woman, %(age)s"),
        _("Documents for a man, %(age)s"),
        _("Documents for a person, %(age)s"),
        _("Documents for a girl, %(age)s"),
        _("Documents for a boy, %(age)s"),
        _("Documents for a child, %(age)s"),
    ),
    "CHILD": (
        _("Child protection for a woman, %(age)s"),
        _("Child protection for a man, %(age)s"),
        _("Child protection for a person, %(age)s"),
        _("Child protection for a girl, %(age)s"),
        _("Child protection for a boy, %(age)s"),
        _("Child protection for a child, %(age)s"),
    ),
    "EDU": (
        _("School or training for a woman, %(age)s"),
        _("School or training for a man, %(age)s"),
        _("School or training for a person, %(age)s"),
        _("School or training for a girl, %(age)s"),
        _("School or training for a boy, %(age)s"),
        _("School or training for a child, %(age)s"),
    ),
    "WORK": (
        _("Work or income for a woman, %(age)s"),
        _("Work or income for a man, %(age)s"),
        _("Work or income for a person, %(age)s"),
        _("Work or income for a girl, %(age)s"),
        _("Work or income for a boy, %(age)s"),
        _("Work or income for a child, %(age)s"),
    ),
    "SOC": (
        _("Social help for a woman, %(age)s"),
        _("Social help for a man, %(age)s"),
        _("Social help for a person, %(age)s"),
        _("Social help for a girl, %(age)s"),
        _("Social help for a boy, %(age)s"),
        _("Social help for a child, %(age)s"),
    ),
    "MOVE": (
        _("Safe travel for a woman, %(age)s"),
        _("Safe travel for a man, %(age)s"),
        _("Safe travel for a person, %(age)s"),
        _("Safe travel for a girl, %(age)s"),
        _("Safe travel for a boy, %(age)s"),
        _("Safe travel for a child, %(age)s"),
    ),
    "COORD": (
        _("Someone to coordinate help for a woman, %(age)s"),
        _("Someone to coordinate help for a man, %(age)s"),
        _("Someone to coordinate help for a person, %(age)s"),
        _("Someone to coordinate help for a girl, %(age)s"),
        _("Someone to coordinate help for a boy, %(age)s"),
        _("Someone to coordinate help for a child, %(age)s"),
    ),
}
"""Group of services -> its phrase for each of FORMS."""

WITH: Final = {
    "1": _("%(asked)s, with 1 child"),
    "2": _("%(asked)s, with 2 children"),
    "3+": _("%(asked)s, with 3 or more children"),
}
AGE: Final = "children_"
"""So begins each answer that says an age of children."""
OF_AGES: Final = _("%(asked)s, with children: %(ages)s")
COUNTED_OF_AGES: Final = _("%(asked)s: %(ages)s")
"""The same with their ages, as the sender answered; how many of each nobody says."""
AGES_UNKNOWN: Final = frozenset({"child_age_unknown", "adult_age_unknown", "unknown"})


PERSONS: Final = (
    _("Woman, %(age)s"),
    _("Man, %(age)s"),
    _("Person, %(age)s"),
    _("Girl, %(age)s"),
    _("Boy, %(age)s"),
    _("Child, %(age)s"),
)
"""The person alone, for each of FORMS."""


def form(sex: str, age_band: str) -> str:
    """Which of FORMS fits: no girl or boy of 18 or more, and no woman or man whose age nobody knows at all."""
    child = codelist("age_band").entry(age_band).data.get("child")
    if child:
        return {"female": "girl", "male": "boy"}.get(sex, "child")
    if child is None:
        return "person"
    return {"female": "woman", "male": "man"}.get(sex, "person")


def _age(age_band: str) -> str:
    return gettext("age not known") if age_band in AGES_UNKNOWN else lists.label("age_band", age_band)


def person(sex: str, age_band: str) -> str:
    """The person alone; where nobody knows whether it is a child, the sex says both: "Woman or girl, age not known"."""
    if codelist("age_band").entry(age_band).data.get("child") is None:
        return gettext("%(sex)s, %(age)s") % {"sex": lists.label("sex", sex), "age": _age(age_band)}
    return str(PERSONS[FORMS.index(form(sex, age_band))]) % {"age": _age(age_band)}


def asked(service_code: str, sex: str, age_band: str, children: str = "0", ages: str = "", doctor: str = "") -> str:
    """The line: "A place for a woman, 18-29, with 2 children: 0-6 years". `doctor`: whether one is needed, and by whom:
    medical care that answers it is for the child who needs it, and then it says with whom the child comes.
    """
    if doctor in SICK_CHILD and service_code in FOR_THE_ILL:
        sick = str(ASKED["HEALTH"][FORMS.index("child")]) % {"age": lists.label("answer_code", SICK_CHILD[doctor])}
        return gettext("%(asked)s; comes with: %(person)s") % {"asked": sick, "person": person(sex, age_band)}
    phrase = ASKED[directory.group(service_code)][FORMS.index(form(sex, age_band))]
    return along(str(phrase) % {"age": _age(age_band)}, children, ages)


def along(said: str, children: str, ages: str = "") -> str:
    """Of whom a line says something, how many children come along, and of which ages; as it was where nobody said that
    any do.
    """
    counted = str(WITH[children]) % {"asked": said} if children in WITH else said
    if not ages.startswith(AGE):
        return counted
    phrase = COUNTED_OF_AGES if children in WITH else OF_AGES
    return str(phrase) % {"asked": counted, "ages": lists.label("answer_code", ages)}


def kind_beside(said: str, service: str) -> str:
    """The kind of help beside that line; '' where the line begins with it already, or is not there."""
    return service if said and not said.casefold().startswith(service.casefold()) else ""


def of_card(card: Card, age: str = "") -> str:
    """The same of a summary; of one for the police, which says nothing of children, without them. `age`: by which the
    reader calls the person, where that is another one.
    """
    children = (card.flags.children_with_her if card.flags is not None else None) or "0"
    ages = children_said(card.answers) if card.flags is not None else ""
    doctor = (card.flags.urgent_health if card.flags is not None else None) or ""
    return asked(card.service_code, card.sex_code, age or card.age_band_code, children, ages, doctor)
