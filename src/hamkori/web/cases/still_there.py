"""The box of a case that asks whether the person still sleeps where no organisation has accepted them."""

from __future__ import annotations

from typing import Any

from hamkori.casework.case.rules.still_there import AGAIN
from hamkori.casework.work.queries.case_page import File
from hamkori.casework.work.queries.no_place import whose_place
from hamkori.web.words import place as words


def box(file: File) -> dict[str, Any] | None:
    """What it asks; None where it is not asked, or a box about who is missing or has no place asks more."""
    asks = file.sleeps
    if asks is None or file.missing is not None or file.no_place:
        return None
    return {"asks": words.sleeps(whose_place(file.case, asks.whose, asks.body)), "at": asks.said_at, "days": AGAIN.days}
