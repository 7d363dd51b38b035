"""What she took back, or said no to, and the database did not keep: by marks, which are not the database's.

A mark of this kind stands at a number between those of her versions: of each version before it, what she spoke against
is taken back. What else it says goes on, and a version after it says what counts (actions/her_no.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from hamkori.casework.rules.consent import RowKey
from hamkori.people.queries import every_organisation
from hamkori.vault.server import marks

TAKEN = "taken"


def everything(case: UUID) -> str:
    """The name, among the marks, of all that she agreed to in this case."""
    return case.hex


def row(case: UUID, key: RowKey) -> str:
    """The name of one row of hers."""
    return ".".join((case.hex, *key))


def body(case: UUID, organisation: UUID) -> str:
    """The name of an organisation that is to get nothing."""
    return f"{case.hex}.{organisation.hex}"


def bodies(case: UUID) -> str:
    """The name under which stands that there is such an organisation at all."""
    return f"{case.hex}.bodies"


def after_all(case: UUID) -> int:
    """The number of such a mark: after all versions that were begun, and before each that is begun from now on."""
    return marks().given.next("consent", case, marks().least("consent", case))


def takes(case: UUID, version: int, *names: str) -> bool:
    """Whether one of these was taken back after this version of her word, or everything was."""
    return any(version < marks().least(TAKEN, name) for name in (everything(case), *names))


def takes_from(case: UUID, version: int, rows: Iterable[RowKey], organisation: UUID) -> bool:
    """The same for what a request stands on."""
    return takes(case, version, *(row(case, key) for key in rows), body(case, organisation))


def without(case: UUID, version: int) -> frozenset[UUID]:
    """The organisations that she spoke against since this version. Mostly none; where there are, by one query."""
    if version >= marks().least(TAKEN, bodies(case)):
        return frozenset()
    return frozenset(one for one in every_organisation() if version < marks().least(TAKEN, body(case, one)))
