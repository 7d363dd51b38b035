"""Decisions of two: one asks, another agrees, and only then something happens.

See docs/design/people.md#two-persons.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from itertools import permutations
from typing import Final
from uuid import UUID

from hamkori.lifecycle import NEW, Machine, Notice, guards, row

LASTS: Final = timedelta(hours=72)
"""How long a question waits; then it has expired."""

ASKS, AGREES, CLOCK = "A", "B", "T"
STATES: Final = ("asked", "done", "refused", "taken_back", "expired")

CREATE: Final = "continuity.create"
"""What two people may decide: the permission under which one asks and another agrees (access.policy)."""


_TOLD = (Notice("told", (ASKS,)),)

TWO_PERSON: Final = Machine(
    "two_person",
    STATES,
    ("done", "refused", "taken_back", "expired"),
    (
        row("ask", NEW, "asked", (ASKS,),
            guards("recent_sign_in", "reason_given", "may_hold", "subject_live", "none_waiting"),
            notices=(Notice("decision", (AGREES,)),)),
        row("agree", "asked", "done", (AGREES,),
            (*guards("recent_sign_in", "not_self", "subject_live", "may_hold"), *guards("vault_open", when="keys")),
            notices=_TOLD),
        row("refuse", "asked", "refused", (AGREES,), guards("not_self", "reason_given"), notices=_TOLD),
        row("take_back", "asked", "taken_back", (ASKS,)),
        row("expire", "asked", "expired", (CLOCK,), notices=_TOLD),
    ),
)  # fmt: skip

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
