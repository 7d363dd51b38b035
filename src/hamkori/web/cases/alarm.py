"""A box of a case that calls somebody to act: what it says, and its buttons."""

from __future__ import annotations

from typing import Any, Final

Alarm = dict[str, Any]
PLAN: Final = "plan"
"""The place on the page of the box about the next step, for a supervisor."""


def alarm(title: str, text: str, *, url: str = "", button: str = "", **more: Any) -> Alarm:
    """What stands in it; `more`: whatever else a box of this kind shows."""
    return {
        "title": title,
        "text": text,
        "url": url,
        "button": button,
        "tone": "",
        "post": False,
        "whose": "",
        "why": "",
        "asks": (),
        "phone": "",
        "coordinator": "",
        "reach": None,
        "told": None,
        "lost": False,
        "then": None,
        "there": None,
        "no_bed": (),
        "also": None,
        "before": (),
        "full": False,
        "life": False,
        **more,
    }
