"""What our own code answers to the guards of a case's steps: one table, for the acts and for the pages.

What a row marks `both` the database asks once more (`guards_build` in walls/20_case_steps.sql):
`tests/casework/test_guards_of_steps.py` holds the two together.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Any

from hamkori import definer
from hamkori.casework.case.models import Case, Screening
from hamkori.casework.case.rules import closing
from hamkori.casework.case.rules.lifecycle import CASE, CASE_REASON_LISTS
from hamkori.lifecycle import Context, Facts
from hamkori.vocabulary import codelist

NOTHING: Mapping[str, Any] = MappingProxyType({})


class CaseFacts(Facts):
    """What the guards of a step are asked of: a case, and what was `said` with the step.

    What has to be read is read once, when its turn comes. Whoever asks and has read it already puts it here.
    """

    machine = CASE
    above: Context = NOTHING
    """What the rooms above a case answer."""

    def __init__(self, case: Case, step: str = "", said: Mapping[str, Any] = NOTHING) -> None:
        self.case = case
        self.step = step
        self.said = said

    @property
    def state(self) -> str:
        return self.case.state_code

    def answers(self) -> Context:
        case, said = self.case, self.said
        return {
            "reason_given": lambda: said["reason_code"] in codelist(CASE_REASON_LISTS[self.step]).codes,
            "need_tonight": lambda: bool(case.need_tonight_codes),
            "name_or_code": lambda: bool(said["contact"].get("call_name") or said["contact"].get("by_code")),
            "district": lambda: bool(said["place"].get("district")),
            "child": lambda: case.is_child,
            "no_screening": lambda: self.screenings <= {"draft"},
            "screening_done": lambda: case.has_danger or "completed" in self.screenings,
            "outcome_given": lambda: closing.outcome_given(said["outcome_code"], self.side),
            "not_self": lambda: closing.another_person(self.sides),
            **self.above,
        }

    @cached_property
    def screenings(self) -> frozenset[str]:
        """The states of its screenings."""
        return frozenset(Screening.objects.filter(case=self.case).values_list("state_code", flat=True))

    @cached_property
    def sides(self) -> frozenset[str]:
        """On which sides of it whoever asks stands."""
        return frozenset(definer.value("case_sides", self.case.pk) or ())

    @property
    def side(self) -> str:
        """On which of them it is closed with that outcome."""
        return closing.side_of(self.said["outcome_code"], self.sides)
