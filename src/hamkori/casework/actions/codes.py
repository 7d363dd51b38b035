"""A code for what is written now, and another one when the first that was drawn is taken."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.db import IntegrityError, transaction

from hamkori.casework.rules.codes import new_code

Made = TypeVar("Made")
DRAWS = 8
"""With a million cases one draw in ten hits a taken code; eight in a row do not."""


def with_new_code(write: Callable[[str], Made]) -> Made:
    """What `write` makes with a fresh code. Of the tries only the last one stays; other faults pass through."""
    for left in reversed(range(DRAWS)):
        try:
            with transaction.atomic():
                return write(new_code())
        except IntegrityError as error:
            if not left or not _code_is_taken(error):
                raise
    raise AssertionError("every draw ends above")


def _code_is_taken(error: IntegrityError) -> bool:
    named = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
    return named in ("case_code_key", "referral_code_key")
