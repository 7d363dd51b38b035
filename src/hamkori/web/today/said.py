"""What a press brought stands in the row or line that was pressed, in whichever list that is now."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.messages import get_messages
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest


def placed(request: HttpRequest, cards: Iterable[dict[str, Any]]) -> list[Message]:
    """Puts each message into its line, and gives back those that stand above the page."""
    rows = [row for card in cards for row in card["rows"]]
    lines = {line["at"]: line for row in rows for line in row.get("lines", ()) if line.get("at")}
    for row in (each for one in rows if not one.get("lines") for each in (one, *one.get("also", ()))):
        if row.get("of"):
            lines.setdefault(row["of"], row)
    above: list[Message] = []
    for one in get_messages(request):
        at = next((tag for tag in (one.extra_tags or "").split() if tag in lines), "")
        if at:
            lines[at].setdefault("messages", []).append(one)
            lines[at]["at"] = at  # where the page comes back
        else:
            above.append(one)
    return above
