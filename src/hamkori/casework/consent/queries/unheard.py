"""Answers that are a no which somebody else brought, and of which the person was not asked since: `case_unheard` in
walls/34_unheard.sql has the one definition, `unheard_rows` in the rules says the same of what was read (ADR 0190).
"""

from __future__ import annotations

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
