"""One person, one place: further rows of a case are lines of its first row, and of a supervisor's rows of one case the
first tells the lead worker (ADR 0164).
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final, TypeVar

from hamkori.casework.work.queries.due import Due
from hamkori.web.today import buttons

Rows = tuple[Due, ...]
Key = TypeVar("Key")
APART: Final = ("danger", "unread", "here", "said_no")
"""Lists of which each row stands: danger, who is called now, one call each, who sleeps in the house, and who said no:
nothing calls anybody to them.
"""


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


def folded(lists: Mapping[Key, Rows]) -> dict[Key, Rows]:
    """The lists in the order of the page, with each further row of a case as a line of its first row, the gravest.

    Of what is supervised only within a list, and only what has no button of its own left: whose it is to do is said by
    the lists. What is folded already stays so.
    """
    found: dict[Key, list[Due]] = {key: [] for key in lists}
    first: dict[object, tuple[Key, int]] = {}
    for key, rows in lists.items():
        for row in rows:
            code = row.case or row.own_case
            whose: object = (key, code) if row.supervised else code
            at = first.get(whose)
            if at is not None and _is_line(row, key):
                above, number = at
                lead = found[above][number]
                found[above][number] = replace(lead, lines=(*lead.lines, row))
                continue
            if code:
                first.setdefault(whose, (key, len(found[key])))
            found[key].append(row)
    return {key: tuple(rows) for key, rows in found.items()}


def whole(rows: Rows) -> Rows:
    """These rows and their lines."""
    return tuple(each for one in rows for each in (one, *one.lines))


def _is_line(row: Due, key: object) -> bool:
    """Whether a row may be a line of another one. Whom to call has a row of its own, with the number and what came of
    the call.
    """
    if not row.case or row.calls_now or buttons.is_called(row):
        return False
    return row.told_above if row.supervised else key not in APART
