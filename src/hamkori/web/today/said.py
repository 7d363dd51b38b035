"""What a press brought stands in the row or line that was pressed, in whichever list that is now. Where the team was
told and the row went to another list, it stands where the row stood: before the next that is still to be told.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib.messages import get_messages
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest


def placed(request: HttpRequest, cards: Sequence[dict[str, Any]], warn: Iterable[dict[str, Any]]) -> list[Message]:
    """Puts each message into its line, and gives back those that stand above the page. What is said of a row that went
    to those that rest, by the press, stands before the row that followed. `warn`: the rows above the lists.
    """
    rows = [*(row for name in ("rows", "more") for card in cards for row in card[name]), *warn]
    told = [row for card in cards if card["rests"] for row in (*card["rows"], *card["more"])]
    lines = {line["at"]: line for row in rows for line in row.get("lines", ()) if line.get("at")}
    for row in (each for one in rows if not one.get("lines") for each in (one, *one.get("also", ()))):
        if row.get("of"):
            lines.setdefault(row["of"], row)
    went = {row.get("of") for one in told for row in (one, *one.get("also", ()))}
    above: list[Message] = []
    for one in get_messages(request):
        at, *after = [tag for tag in (one.extra_tags or "").split() if tag in lines] or [""]
        following = next((row for row in rows if row.get("of") in after), None) if at in went else None
        if following is not None:
            following["before"] = {"at": at, "message": one}
        elif at:
            lines[at].setdefault("messages", []).append(one)
            lines[at]["at"] = at  # where the page comes back
        else:
            above.append(one)
    return above


def followed(cards: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The lists, and beside each button that tells the team, which row follows: in its list the next that is still to
    be told, else the first of that list; where it has no other row, the next of the page that is to be told.
    """
    every = [(card, row) for card in cards for row in card["rows"]]
    for number, (card, row) in enumerate(every):
        acts = _telling(row)
        if not acts:
            continue
        around = [*every[number + 1 :], *every[:number]]
        beside = [other for of, other in around if of is card]
        next_one = (
            next(filter(_telling, beside), None)
            or next((other for other in card["rows"] if other is not row), None)
            or next((other for _of, other in around if _telling(other)), None)
        )
        acts["next"] = next_one.get("of", "").removeprefix("r") if next_one else ""
    return cards


def _telling(row: dict[str, Any]) -> dict[str, str]:
    """The press of this row that tells the team, or that of one of its lines; nothing of all others."""
    return next((each["acts"] for each in (row, *row.get("also", ())) if each.get("acts")), {})
