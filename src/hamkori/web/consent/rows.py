"""The questions of consent as a form carries them: names of its controls, and what it was drawn with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django import forms

from hamkori.casework.consent.actions.consent import Answer
from hamkori.casework.consent.queries.consent import AGREES, Asked, Said
from hamkori.casework.consent.rules import consent as rules
from hamkori.casework.consent.rules import packet
from hamkori.web.consent import words

NOT_ASKED = "not_asked"
POLICE = tuple(key for key in rules.ROWS if key[0] == "police")
"""Two questions, asked apart: one plain no may answer both, a yes never does."""

BY_CHILD = {"child_yes": "yes", "child_without_name": "without_name"}
"""What a child says who was asked again after its no, as the answer that it is."""


def plain(value: str) -> str:
    """The answer, whoever gives it."""
    return BY_CHILD.get(value, value)


class AnswerField(forms.ChoiceField):
    """One row's answer. It takes also what it does not draw: the action refuses that, in its own words."""

    def __init__(self, *, ask: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs, choices=[*ask, *((code, words.child_says_now(plain(code))) for code in BY_CHILD)])
        self.widget.choices = ask


def as_answers(said: Iterable[Said], marked: Mapping[str, Any]) -> list[Answer]:
    """The rows that were `said` for the action, and which of them the child gave, as they were `marked`."""
    return [
        Answer(
            row.kind,
            row.purpose,
            row.answer,
            frozenset(row.sections),
            by_child=marked.get(answer_name((row.kind, row.purpose))) in BY_CHILD,
        )
        for row in said
    ]


def held(form: forms.Form, key: rules.RowKey, *, final: bool) -> None:
    """A child's no: no adult's yes is drawn there, and the child's own only where it is not `final`."""
    widget: Any = form.fields[answer_name(key)].widget
    own = [] if final else [(code, words.child_says_now(plain(code))) for code in BY_CHILD]
    widget.choices = [*own, *(one for one in widget.choices if one[0] not in AGREES)]


def answer_name(key: rules.RowKey) -> str:
    """The form's name of a row's answer."""
    return f"a_{key[0]}_{key[1]}"


def sections_name(key: rules.RowKey) -> str:
    """The form's name of what may be shared on a row."""
    return f"s_{key[0]}_{key[1]}"


def as_value(key: rules.RowKey) -> str:
    """A row as a value: of what is asked again."""
    return f"{key[0]}:{key[1]}"


def stands_as(former: Asked, key: rules.RowKey) -> str:
    """The answer that is valid now and stands selected; "not asked" for what ended, was withdrawn or waits, and for a
    yes from before the age was corrected.
    """
    row = former.rows.get(key)
    if row is None or key in former.child_refused or key in former.other_age:
        return NOT_ASKED
    state = former.states.get(key, NOT_ASKED)
    if state in rules.LIVE_STATES:
        return NOT_ASKED if former.unwritten else row.answer  # something was withdrawn that is not written down
    return "no" if state == "refused" else NOT_ASKED


def since(former: Asked, key: rules.RowKey) -> datetime | None:
    """When the answer that stands was given: the oldest version since which the row is the same."""
    row, at = former.rows.get(key), None
    for version in former.versions:
        same = next((one for one in version.rows if (one.kind, one.purpose) == key), None)
        if row is None or same is None or (same.answer, same.until) != (row.answer, row.until):
            break
        at = version.at
    return at


def ticks(former: Asked, key: rules.RowKey) -> list[str]:
    """What the row is drawn with: what the person agreed to, or the parts that are needed."""
    before = former.rows.get(key)
    if before is not None and before.agrees:
        return list(before.sections)
    return [code for code in packet.askable(*key) if packet.RULE[key][code] == packet.IN]


def drawn_with(former: Asked) -> str:
    """Ticks and standing answers of all rows, in one hidden field: what was not touched was not said."""
    ticked = [f"{sections_name(key)}:{code}" for key in rules.ROWS for code in ticks(former, key)]
    stood = [(key, stands_as(former, key)) for key in rules.ROWS]
    return " ".join([*ticked, *(f"{answer_name(key)}:{answer}" for key, answer in stood if answer != NOT_ASKED)])


def answer_drawn(drawn: frozenset[str], key: rules.RowKey) -> str:
    """The answer that stood selected when the form was drawn."""
    name = answer_name(key)
    return next((one.split(":", 1)[1] for one in drawn if one.startswith(f"{name}:")), NOT_ASKED)


def ticks_drawn(drawn: frozenset[str], key: rules.RowKey) -> set[str]:
    """The ticks of a row when the form was drawn."""
    name = sections_name(key)
    return {code for code in packet.askable(*key) if f"{name}:{code}" in drawn}
