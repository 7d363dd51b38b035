"""A supervisor's rows of one case: the lead worker is told once, and rows that only repeat the case fold into one."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from django.utils.html import format_html, format_html_join

from hamkori.casework.work.queries.due import Due
from hamkori.web.today import arrivals, buttons, without

Rows = tuple[Due, ...]
Key = TypeVar("Key")


def told_once(lists: Mapping[Key, Rows]) -> dict[Key, Rows]:
    """The lists with one row for each case that tells its lead worker: the first on the page, of whatever it is."""
    told: set[str] = set()
    found: dict[Key, Rows] = {}
    for card, rows in lists.items():
        marked = []
        for row in rows:
            again = buttons.tells(row) and row.case in told
            told |= {row.case} if buttons.tells(row) else set()
            marked.append(replace(row, told_above=True) if again else row)
        found[card] = tuple(marked)
    return found


def folded(groups: Iterable[list[Due]], drawn: Iterable[dict[str, Any]], now: datetime) -> list[dict[str, Any]]:
    """The rows of a list, in which one that has no button of its own left is a line of that case's row above it."""
    found: list[dict[str, Any]] = []
    of_case: dict[str, dict[str, Any]] = {}
    for (one, *_rest), row in zip(groups, drawn, strict=True):
        above = of_case.get(one.case) if one.case else None
        if above is not None and one.told_above and not (row["calls"] or row["number"]):
            above["lines"] = [*above.get("lines", ()), {"said": _line(one, row, now)}]
            continue
        of_case.setdefault(one.case, row)
        found.append(row)
    return found


def _line(one: Due, row: Mapping[str, Any], now: datetime) -> str:
    """What it is, where its page is opened, of whom, and since when."""
    opened = format_html('<a href="{}">{}</a>', row["href"], row["what"])
    safe = arrivals.safe(one, now)[:1]  # or she looks for somebody who is found
    said = [part for part in (opened, one.body, without.no_room(one, now), *safe, row["when"]) if part]
    return format_html_join("\u00a0· ", "{}", ((part,) for part in said))
