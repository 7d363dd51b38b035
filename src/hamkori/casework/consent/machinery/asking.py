"""How she was asked, and what she answered: what a form of her word hands over."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from hamkori.casework.consent.queries.consent import AGREES
from hamkori.vocabulary import codelist


@dataclass(frozen=True, slots=True)
class Answer:
    """One row as she answered it now. `sections`: what may go; ignored unless yes or without_name."""

    kind: str
    purpose: str
    answer: str
    sections: frozenset[str] = field(default_factory=frozenset)
    by_child: bool = False
    """The child itself says so, asked again after its no."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """How it was asked: language read, how she agreed or said no, until when, who spoke for a child."""

    language: str = ""
    how_given: str = ""
    how_said: str = ""
    until_on: date | None = None
    speaker: str = ""
    speaker_suspected: bool = False
    child_answer: str = ""
    child_reason: str = ""
    as_child: bool = False
    """The form asked a child's questions, whatever the case is called now."""

    @property
    def child_asked(self) -> bool:
        """The child was asked, or it is said why not."""
        if self.child_answer == "not_asked":
            return self.child_reason in codelist("child_not_asked_reason").codes
        return self.child_answer in codelist("child_answer").codes

    def child_says_no(self, answer: Answer) -> bool:
        """Whether the child says no to the police: beside an adult's yes, or by a no that nobody else is said to have
        spoken, also where the child says yes to something else and no adult was asked. Who writes it down says
        otherwise by the child's own answer, and by who spoke.
        """
        if answer.kind != "police":
            return False
        if answer.answer == "no":
            alone = self.child_answer == "agrees" and not self.speaker
            return self.as_child and (alone or self.child_answer in ("", "says_no"))
        return answer.answer in AGREES and self.child_answer == "says_no"

    def turns(self, answer: Answer) -> bool:
        """Whether a child's no may end by this yes: the child was asked again and gives it, or still says no beside."""
        return self.child_answer == "says_no" or (answer.by_child and self.child_answer == "agrees")
