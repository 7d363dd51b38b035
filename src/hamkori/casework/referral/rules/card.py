"""The card: what a desk sees before it accepts. Codes, dates and a body's id, never a text.

See docs/design/summary-and-shared-information.md#the-summary.
It is the same for every function. A police card has no region and no flags.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from hamkori.casework.case.rules.age import CHILD_BANDS
from hamkori.casework.referral.rules.ages import Former, said
from hamkori.vocabulary import codelist
from hamkori.vocabulary.codes import is_code

NOT_ASKED = "not_asked"
URGENT = "urgent"
"""How soon: before every other."""
AT_RISK = ("raised", "high")
"""Risks that a desk reads before the others."""
CHILDREN = ("0", "1", "2", "3+", NOT_ASKED)
"""Values of the flag children_with_her."""
TOLD = ("yes", "no", NOT_ASKED)
"""Values of the other flags: what nobody asked is no "no"."""
SICK_CHILD = {"child_0_6": "children_0_6", "child_7_13": "children_7_13", "child_14_17": "children_14_17"}
"""Values of urgent_health: a child who comes along needs the doctor, and not the person -> its age, an answer_code."""
WITH_CHILD = "with_child"
"""The same of both: the person, and a child who comes along."""
OF_A_CHILD = (*SICK_CHILD, WITH_CHILD)
NEEDED = ("yes", *OF_A_CHILD)
"""A doctor is needed: by the person ("yes"), by a child, by both."""


def no_is_for(doctor: str) -> bool:
    """Whether a no to doctors ends the search for this one: whoever said it said it of themselves, and not of a child
    who comes along (ADR 208). `doctor`: one of `NEEDED`.
    """
    return doctor not in OF_A_CHILD


WHO_NEEDS = (*NEEDED, "no", NOT_ASKED)
"""Values of the flag urgent_health (ADR 198)."""
FLAGS = ("doctor_code", "stairs_code", "children_code")
"""The flags, as columns of a case and of a card."""


@dataclass(frozen=True)
class Flags:
    """What a desk must know to say yes; no diagnosis. `urgent_health` one of `WHO_NEEDS`, `step_free` of `TOLD`,
    `children_with_her` of `CHILDREN`.

    None: no part of a summary for this help (rules/summary.py), and nothing is said of it.
    """

    urgent_health: str | None = NOT_ASKED
    step_free: str | None = NOT_ASKED
    children_with_her: str | None = NOT_ASKED

    @property
    def are_codes(self) -> bool:
        """Whether each is one of its answers."""
        said = (self.urgent_health, WHO_NEEDS), (self.step_free, TOLD), (self.children_with_her, CHILDREN)
        return all(value in (*values, None) for value, values in said)


@dataclass(frozen=True, kw_only=True)
class Card:
    """A frozen card. `answers`: (question, answers to it), in the order in which they were asked.

    `former_age_code`, `corrected_at`: what it said of the age before, if that was corrected, and when last;
    `former_ages`: of each correction. `former_facts`: the same of what else it says.
    """

    referral_code: str
    kind_code: str
    service_code: str
    needed_from_on: date
    urgency_code: str
    answer_due_at: datetime
    sex_code: str
    age_band_code: str
    region_code: str | None
    language_codes: tuple[str, ...]
    interpreter: bool
    risk_level_code: str
    flags: Flags | None
    answers: tuple[tuple[str, tuple[str, ...]], ...] = ()
    former_age_code: str = ""
    corrected_at: datetime | None = None
    former_ages: tuple[Former, ...] = ()
    former_facts: tuple[Any, ...] = ()

    def age_at(self, at: datetime | None) -> str:
        """What it said of the age at that moment."""
        return said(self.former_ages, self.age_band_code, at)


_LISTS = {
    "kind_code": "referral_kind",
    "service_code": "service",
    "urgency_code": "urgency",
    "sex_code": "sex",
    "age_band_code": "age_band",
    "risk_level_code": "risk_level",
}


def in_hurry(urgency: str, risk: str, age_band: str) -> bool:
    """Whether nobody is lost from sight for a day while it is not known where they are (ADR 0116)."""
    return urgency == URGENT or risk in AT_RISK or age_band in CHILD_BANDS


def build(card: Card, *, police: bool) -> Card:
    """The card as it goes to a desk, every code checked. ValueError: what is not a code of its list would be a text."""
    wrong = [name for name, listed in _LISTS.items() if getattr(card, name) not in codelist(listed)]
    if not is_code(card.referral_code):
        wrong.append("referral_code")
    if card.region_code is not None and card.region_code not in codelist("region"):
        wrong.append("region_code")
    if any(code not in codelist("language") for code in card.language_codes):
        wrong.append("language_codes")
    if card.flags is not None and not card.flags.are_codes:
        wrong.append("flags")
    if not all(_answers(question, answers) for question, answers in card.answers):
        wrong.append("answers")
    if wrong:
        raise ValueError(f"not a code: {', '.join(wrong)}")
    return replace(card, region_code=None, flags=None) if police else card


def _answers(question: str, answers: tuple[str, ...]) -> bool:
    return question in codelist("question_code") and answer_fits(question, answers)


def answer_fits(question_code: str, answer_codes: tuple[str, ...]) -> bool:
    """Whether these are answers that the question allows: one, or several different ones where it says so."""
    data = codelist("question_code").entry(question_code).data
    allowed = data["answers"]
    assert isinstance(allowed, list)
    most = len(allowed) if data.get("multi") else 1
    return (
        1 <= len(answer_codes) <= most
        and len(set(answer_codes)) == len(answer_codes)
        and set(answer_codes) <= set(allowed)
    )


def parts_of(answer_code: str) -> tuple[str, ...]:
    """What was answered, of an answer as it is kept: several answers together are one code, which names them. A code
    of no list is nothing.
    """
    listed = codelist("answer_code")
    if answer_code not in listed:
        return ()
    parts = listed.entry(answer_code).data.get("parts", (answer_code,))
    assert isinstance(parts, (list, tuple))
    return tuple(parts)


def as_kept(answer_codes: Iterable[str]) -> str:
    """The code under which these answers are kept together; '' where they cannot be said together."""
    said = frozenset(answer_codes)
    return next((code for code in codelist("answer_code").codes if frozenset(parts_of(code)) == said), "")


CHILDREN_ASKED = "children_ages"
"""The question whether children come along, and of which ages."""


def children_said(answers: Iterable[tuple[str, tuple[str, ...]]]) -> str:
    """What was answered last about the children who come along, as it is kept; '' where nobody asked."""
    return next((as_kept(said) for question, said in reversed([*answers]) if question == CHILDREN_ASKED), "")
