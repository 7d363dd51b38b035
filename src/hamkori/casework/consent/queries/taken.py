"""What she took back, or said no to, and the database did not keep: by marks, which are not the database's.

A mark of this kind stands at a number between those of her versions: of each version before it, what she spoke against
is taken back. What else it says goes on, and a version after it says what counts (machinery/her_no.py). But of an
organisation: whom she spoke against gets nothing before she has taken it again, by a mark too, since which ones there
are says the database, and one that it hides would be left out of the next version.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from hamkori.casework.consent.rules.consent import PAPERS, ROWS, RowKey
from hamkori.people.queries import every_organisation
from hamkori.vault.server import marks

TAKEN, WANTED, AGAINST = "taken", "wanted", "against"
"""Of all that she takes away; of an organisation that she takes again; of a case, that she spoke against something."""


def everything(case: UUID) -> str:
    """The name, among the marks, of all that she agreed to in this case."""
    return case.hex


def section(case: UUID, one: str, key: RowKey | None = None) -> str:
    """The name of a section of a row of hers; of all rows where none is given. `identity`: her name as well, `papers`:
    that section alone.
    """
    return ".".join((case.hex, *(key or ()), one))


def any_section(case: UUID) -> str:
    """The name under which stands that there is such a section at all."""
    return f"{case.hex}.sections"


def row(case: UUID, key: RowKey) -> str:
    """The name of one row of hers."""
    return ".".join((case.hex, *key))


def child(case: UUID, key: RowKey) -> str:
    """The same of a row to which a child says no: that is final, and more than taken back."""
    return f"{row(case, key)}.child"


def body(case: UUID, organisation: UUID) -> str:
    """The name of an organisation that is to get nothing; of one that she takes again, among those that she wants."""
    return f"{case.hex}.{organisation.hex}"


def bodies(case: UUID) -> str:
    """The name under which stands that there is such an organisation at all."""
    return f"{case.hex}.bodies"


def request(referral: UUID | str) -> str:
    """The name of a request that she wants ended. Of what the database answers for an id, and is none: no name."""
    return f"{referral.hex}.ended" if isinstance(referral, UUID) else referral


def wants_ended(referral: UUID) -> bool:
    """Whether she wanted this request ended, and the database did not keep it."""
    return marks().least(TAKEN, request(referral)) > 0


def last(case: UUID) -> str:
    """The name under which stands the highest number of all these marks of a case."""
    return f"{case.hex}.last"


def after_all(case: UUID) -> int:
    """The number of such a mark: after all versions that were begun, and before each that is begun from now on."""
    return marks().given.next("consent", case, _highest(case))


def above_all(case: UUID) -> int:
    """The same number, not given to anything: whoever is given one from now on finds the mark at it."""
    return max(marks().given.least("consent", case), _highest(case)) + 1


def numbers_go_on(case: UUID) -> None:
    """The next version of her word gets a number past these marks, also where what was given has been lost."""
    highest = marks().least(TAKEN, last(case))
    if marks().given.least("consent", case) < highest:
        marks().given.next("consent", case, highest)


def _highest(case: UUID) -> int:
    return max(marks().least("consent", case), marks().least(TAKEN, last(case)))


def was_asked(case: UUID) -> bool:
    """Whether she was ever asked, written down or not."""
    return _highest(case) > 0 or marks().given.least("consent", case) > 0


def last_said(case: UUID, version: int) -> int:
    """The number of what she said last, written down or not. `version`: of her newest word, 0: there is none."""
    return max(version, marks().least(AGAINST, case))


def sections(case: UUID, version: int, key: RowKey, among: Iterable[str]) -> frozenset[str]:
    """Which of these sections of a row, or its papers, she took back after this version of her word. Mostly none."""
    least = marks().least
    if version >= least(TAKEN, any_section(case)):
        return frozenset()
    named = {one: (section(case, one), section(case, one, key)) for one in (*among, PAPERS)}
    return frozenset(one for one, names in named.items() if any(version < least(TAKEN, name) for name in names))


def takes(case: UUID, version: int, *names: str) -> bool:
    """Whether one of these was taken back after this version of her word, or everything was."""
    return any(version < marks().least(TAKEN, name) for name in (everything(case), *names))


def refused_by_child(case: UUID, version: int) -> frozenset[RowKey]:
    """The rows to which a child has said no after this version."""
    police = (key for key in ROWS if key[0] == "police")
    return frozenset(key for key in police if version < marks().least(TAKEN, child(case, key)))


def ever_refused_by_child(case: UUID) -> frozenset[RowKey]:
    """The rows to which a child has said no at any time."""
    return frozenset(key for key in ROWS if key[0] == "police" and marks().least(TAKEN, child(case, key)) > 0)


def takes_from(case: UUID, version: int, rows: Iterable[RowKey], organisation: UUID) -> bool:
    """The same for what a request stands on."""
    return takes(case, version, *(row(case, key) for key in rows), body(case, organisation))


def unwanted(case: UUID, organisation: UUID, since: int = 0) -> bool:
    """Whether she spoke against this organisation, or `since` a number against all, and has not taken it again."""
    name = body(case, organisation)
    against = max(since, marks().least(TAKEN, name))
    return against > 0 and marks().least(WANTED, name) <= against


def any_body(case: UUID) -> bool:
    """Whether there ever was a mark against an organisation. Mostly not."""
    return marks().least(TAKEN, bodies(case)) > 0


def without(case: UUID) -> frozenset[UUID]:
    """The organisations that she spoke against so, as far as the database names them: one query where there are any."""
    if not any_body(case):
        return frozenset()
    return frozenset(one for one in every_organisation() if unwanted(case, one))
