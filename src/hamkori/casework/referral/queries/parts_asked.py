"""Which parts the receiver asks its sender for now: each until it was sent, or answered with a no (ADR 0110)."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import Func, TextField

from hamkori.casework.consent.rules.packet import PLACE


class PartsAsked(Func):
    """Beside a referral: the codes of these parts, in the order in which they were asked for."""

    function = "parts_asked"
    output_field = ArrayField(TextField())
    arity = 1


def parts_asked(read: Any) -> tuple[str, ...]:
    """The same of what was read with it. Where to meet is asked only while somebody is to be met, and no
    meeting point is written.
    """
    asked = tuple(getattr(read, "asked_parts", None) or ())
    return tuple(one for one in asked if one != PLACE or getattr(read, "meets", None) is False)
