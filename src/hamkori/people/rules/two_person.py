"""Decisions of two: one asks, another agrees, and only then something happens.

See docs/design/people.md#two-persons.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import permutations
from typing import Final
from uuid import UUID

from hamkori.lifecycle import NEW, Machine, Step, guards

LASTS: Final = timedelta(hours=72)
"""How long a question waits; then it has expired."""

ASKS, AGREES, CLOCK = "A", "B", "T"
STATES: Final = ("asked", "done", "refused", "taken_back", "expired")

CREATE: Final = "continuity.create"
"""What two people may decide: the permission under which one asks and another agrees (access.policy)."""


@dataclass(frozen=True, kw_only=True)
class TwoStep(Step):
    """A step, and the notice that follows from it: to those who may agree, or to who asked."""

    notice: str = ""


TWO_PERSON: Final = Machine(
    "two_person",
    STATES,
    ("done", "refused", "taken_back", "expired"),
    (
        TwoStep(
            name="ask",
            from_states=(NEW,),
            to_state="asked",
            sides=(ASKS,),
            guards=guards("recent_sign_in", "reason_given", "may_hold", "subject_live", "none_waiting"),
            notice="decision",
        ),
        TwoStep(
            name="agree",
            from_states=("asked",),
            to_state="done",
            sides=(AGREES,),
            guards=(
                *guards("recent_sign_in", "not_self", "subject_live", "may_hold"),
                *guards("vault_open", when="keys"),
            ),
            notice="told",
        ),
        TwoStep(
            name="refuse",
            from_states=("asked",),
            to_state="refused",
            sides=(AGREES,),
            guards=guards("not_self", "reason_given"),
            notice="told",
        ),
        TwoStep(name="take_back", from_states=("asked",), to_state="taken_back", sides=(ASKS,)),
        TwoStep(name="expire", from_states=("asked",), to_state="expired", sides=(CLOCK,), notice="told"),
    ),
)

REASONS: Final[Mapping[str, str]] = {"ask": "decision_reason", "refuse": "decision_refused"}
"""Step -> the list of its reasons."""


def key_is_due(holders: Mapping[UUID, UUID], pairs: Collection[tuple[UUID, UUID]]) -> bool:
    """Whether an organisation's key must be made: at least two people would hold it, and not all of them do today.

    `holders`: key row -> person, of today. `pairs`: the key rows, outer and inner, that the present key lies in
    envelopes for. Somebody with a new passphrase has another key row, and the pairs in which it is the inner one wait.
    """
    return can_be_held(holders) and set(permutations(holders, 2)) != set(pairs)


def can_be_held(holders: Mapping[UUID, UUID]) -> bool:
    """Whether there are two different people, each with one key: one alone never opens it."""
    return len(set(holders.values())) == len(holders) >= 2
