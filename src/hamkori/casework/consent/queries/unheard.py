"""Answers that are a no which somebody else brought, and of which the person was not asked since: `case_unheard` in
walls/34_unheard.sql has the one definition, `unheard_rows` in the rules says the same of what was read (ADR 0190).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db.models import BooleanField, Func, TextField

from hamkori import definer


class Unheard(Func):
    """Of a case, by its id: those answers, each as `kind:purpose`."""

    function = "case_unheard"
    output_field = ArrayField(TextField())
    arity = 1


class EndedUnheard(Func):
    """Of a case, by its id: the kinds of help of which one referral alone was ended so, while the yes to it stood."""

    function = "case_ended_unheard"
    output_field = ArrayField(TextField())
    arity = 1


class IsHeard(Func):
    """Of a case, by its id: whether there are none."""

    template = "(case_unheard(%(expressions)s) = '{}')"
    output_field = BooleanField()
    arity = 1


class IsUnheard(Func):
    """Of a case, a kind of recipient and a purpose: whether that answer is one."""

    function = "answer_unheard"
    output_field = BooleanField()
    arity = 3


def unheard(case: UUID) -> frozenset[str]:
    """Those of one case, where nothing of what the person said is at hand."""
    return frozenset(definer.value("case_unheard", case) or ())


def ended_unheard(case: UUID) -> tuple[str, ...]:
    """The kinds of help of which one referral alone was ended so."""
    return tuple(definer.value("case_ended_unheard", case) or ())


@dataclass(frozen=True)
class Answer:
    """What the person said themselves since such a no: when, and whether they agree to what it had ended."""

    at: datetime
    agrees: bool
    no_at: datetime | None = None
    """When they said no, if that is their last word to it."""

    @property
    def wants(self) -> bool:
        """Whether they agree still."""
        return self.agrees and self.no_at is None


@dataclass(frozen=True)
class Brought:
    """Of a case: that answer, by the number of the referral; and who must get nothing because of such a no, of which
    the person was not asked since.
    """

    said: Mapping[str, Answer] = field(default_factory=dict)
    shut_out: frozenset[UUID] = frozenset()


def brought(case: UUID) -> Brought:
    """To the team of a case and who supervises it: `case_brought` in walls/60_brought.sql."""
    found = definer.value("case_brought", case)
    found = json.loads(found) if isinstance(found, str) else found
    if not found:
        return Brought()
    said = {code: _answer(one) for code, one in found["said"].items()}
    return Brought(said, frozenset(map(UUID, found["shut"])))


def _answer(one: Mapping[str, Any]) -> Answer:
    no = datetime.fromisoformat(one["no_at"]) if one["no_at"] else None
    return Answer(datetime.fromisoformat(one["at"]), one["agrees"], no)
