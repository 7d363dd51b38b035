"""Two people wrote in the same form: what is put together by itself, and what only a person can choose.

Of each field there are three versions: as it was when the form was opened, mine, and theirs, which is saved by now.
See docs/design/pages.md#forms and docs/adr/0087-what-both-changed-is-asked.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

MINE, THEIRS = "mine", "theirs"
KEPT_FOR: Final = timedelta(days=30)
"""How long a version that was not kept can be read by the two who wrote."""


@dataclass(frozen=True, kw_only=True)
class Merged:
    """`fields`: what is written, once nothing is asked. The rest names fields.

    `asked`: both changed it, each otherwise, and nobody has chosen. `by_me`, `by_them`: only one side did.
    `not_kept`: field -> the side whose version somebody chose against.
    """

    fields: Mapping[str, Any]
    asked: tuple[str, ...]
    by_me: tuple[str, ...]
    by_them: tuple[str, ...]
    not_kept: Mapping[str, str]


def same(one: Any, other: Any) -> bool:
    """Whether two answers say the same: an empty one is one that was never given, of a list the order says nothing."""
    return bool(plain(one) == plain(other))


def merged(
    was: Mapping[str, Any] | None, mine: Mapping[str, Any], theirs: Mapping[str, Any], keep: Mapping[str, str]
) -> Merged:
    """The fields of `mine`, put together with theirs. `was` None: who changed what is not known; all is asked.

    `keep`: field -> MINE or THEIRS, as somebody chose; of a field that is not asked it says nothing.
    """
    fields: dict[str, Any] = {}
    asked, by_me, by_them, not_kept = [], [], [], {}
    for name, own in mine.items():
        other = theirs.get(name, "")
        if same(own, other):
            fields[name] = other if name in theirs else own
        elif was is not None and same(was.get(name, ""), own):
            fields[name] = other
            by_them.append(name)
        elif was is not None and same(was.get(name, ""), other):
            fields[name] = own
            by_me.append(name)
        elif keep.get(name) in (MINE, THEIRS):
            fields[name] = own if keep[name] == MINE else other
            not_kept[name] = THEIRS if keep[name] == MINE else MINE
        else:
            fields[name] = other
            asked.append(name)
    return Merged(fields=fields, asked=tuple(asked), by_me=tuple(by_me), by_them=tuple(by_them), not_kept=not_kept)


def readable(set_aside_at: datetime, now: datetime) -> bool:
    """Whether a version that was set aside then is still kept."""
    return now < set_aside_at + KEPT_FOR


def plain(value: Any) -> Any:
    """An answer as it is compared: no order of ticks, no ends of lines, and nothing is like an empty text."""
    if isinstance(value, str):
        return "\n".join(value.splitlines()).strip()
    if isinstance(value, list | tuple | set | frozenset):
        return sorted(str(one) for one in value) or ""
    if isinstance(value, date):
        return value.isoformat()
    return value or ""
