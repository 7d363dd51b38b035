"""Which parts the receiver asks its sender for now: each until it was sent, or answered with a no (ADR 0110)."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import Func, TextField


class PartsAsked(Func):
    """Beside a referral: the codes of these parts, in the order in which they were asked for."""

    function = "parts_asked"
    output_field = ArrayField(TextField())
    arity = 1


def parts_asked(read: Any) -> tuple[str, ...]:
    """The same of what was read with it."""
    return tuple(getattr(read, "asked_parts", None) or ())
