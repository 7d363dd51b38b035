"""Questions to the database whose statement is made once, for all who ask alike: only the values are bound anew.

Django makes a statement from its parts each time that it is asked, which for the large ones of a page takes longer than
the answer. What is `worded` is made once for each *form* of a question: which roles of which compartment ask, how many
are asked of, which values are None. The policy is asked once for each form as well, and no value is ever part of a
statement.

    @worded
    def mine(actor: Actor, at: datetime) -> QuerySet[Case]:
        return visible(actor, "case.view", Case.objects.filter(opened_at__lte=at))

    mine(actor, now())  # the rows, as a list

By position stand values, which are bound; by name what shapes the statement, a part of the form. What is asked must
follow from these alone: of the actor it can read who they are, their roles and compartment, and no hour. It is built
twice, with two sets of values that are nobody's. Where the two differ in anything else than these values, or a time so
long before or after one, it cannot be kept and says so at once (`NotKept`).
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import wraps
from itertools import count
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

from django.core.exceptions import EmptyResultSet, ValidationError
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet
from django.utils import timezone

from hamkori.access.actor import Actor

P = ParamSpec("P")
R = TypeVar("R")

FORMS = 200
"""Of one question; beyond these the oldest is made again."""
IDS = ("user_id", "membership_id", "organisation_id")
"""What of the actor is a value."""
OF_A_FORM = ("roles", "compartment", "system")
"""What of them is a part of the form. Of everything else a question knows nothing."""
TURNS = (3, 5)
"""The two sets of values that are nobody's, each with strides of its own."""

Form = tuple[Any, ...]
Bound = tuple[int, timedelta | None]
"""Which of the values stands in this place, and how long after it; None: itself."""
Asks = Callable[[Sequence[Any]], Iterable[Any]]
"""Asks with these values."""


class AsOne(list[Any]):
    """Ids that are bound together, as one array: how many there are shapes no statement."""


class NotKept(TypeError):
    """A statement follows from more than its values and its form."""


def worded(build: Callable[P, QuerySet[Any, R]]) -> Callable[P, list[R]]:
    """The rows of what `build` asks, as a list; its statement is made once for each form."""
    kept: dict[Form, Asks] = {}

    @wraps(build)
    def asked(*of: P.args, **shape: P.kwargs) -> list[R]:
        values: list[Any] = []
        form = (_taken_apart(of, values), *sorted(shape.items()), timezone.get_current_timezone_name())
        rows = kept.get(form)
        if rows is None:
            try:
                rows = _asks(lambda of: build(*of, **shape), of)
            except ValidationError:
                # An id that the database said as a text: nobody's is none. Her no is heard all the same: asked plainly.
                return list(build(*of, **shape))
            for oldest in list(kept)[: max(0, len(kept) + 1 - FORMS)]:
                kept.pop(oldest, None)
            kept[form] = rows
        return list(rows(values))

    return asked


# --- what is asked with --------------------------------------------------------------------------------------------


def _taken_apart(one: Any, values: list[Any]) -> Any:
    """What of this argument shapes the statement; what is bound is added to the `values`."""
    match one:
        case None:
            return None
        case Actor():
            ids = [getattr(one, name) for name in IDS]
            return *(getattr(one, name) for name in OF_A_FORM), _taken_apart(ids, values)
        case UUID() | date() | str() | int() if not isinstance(one, bool):
            values.append(one)
            return type(one)
        case AsOne():
            values.append(list(one))
            return AsOne
        case list() | tuple():
            return tuple(_taken_apart(each, values) for each in one)
        case _:
            raise NotKept(f"neither a value nor None: {type(one).__name__}")


def _stand_in(one: Any, numbers: Iterator[int]) -> Any:
    """The same with values that are nobody's."""
    match one:
        case Actor():
            actor = object.__new__(Actor)  # what is not set here is refused to whoever reads it
            for name in (*OF_A_FORM, *IDS):
                value = getattr(one, name)
                object.__setattr__(actor, name, _stand_in(value, numbers) if name in IDS else value)
            return actor
        case UUID():
            return UUID(int=next(numbers))
        case date():  # a moment too
            nobodys = datetime(3000, 1, 1, tzinfo=UTC) + timedelta(days=next(numbers))
            return nobodys if isinstance(one, datetime) else nobodys.date()
        case str() | int():
            return type(one)(next(numbers))
        case list() | tuple():
            those = [UUID(int=0)] if isinstance(one, AsOne) else one
            return type(one)(_stand_in(each, numbers) for each in those)
        case _:
            return None


# --- the statement -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Said:
    """A statement, what is bound in it, and all that Django needs to make rows of the answer."""

    rows_of: QuerySet[Any, Any]
    compiler: Any
    statement: str
    places: tuple[Any, ...]
    bound: tuple[Bound | None, ...]

    def rows(self, values: Sequence[Any]) -> QuerySet[Any, Any]:
        """Asked with these values."""
        bound = tuple(
            place if how is None else _as(place, values[how[0]], how[1])
            for place, how in zip(self.places, self.bound, strict=True)
        )
        there = self.rows_of
        rows: QuerySet[Any, Any] = type(there)(model=there.model, query=_Asked(self, bound), using=DEFAULT_DB_ALIAS)  # type: ignore[arg-type]
        for name in ("_iterable_class", "_fields", "_prefetch_related_lookups"):
            setattr(rows, name, getattr(there, name))
        return rows


class _Asked:
    """What a queryset takes for its query: that of the statement, compiled already."""

    def __init__(self, said: _Said, bound: tuple[Any, ...]) -> None:
        self._said, self._bound = said, bound

    def __getattr__(self, name: str) -> Any:
        return getattr(self._said.rows_of.query, name)

    def get_compiler(self, using: str = DEFAULT_DB_ALIAS, connection: Any = None, elide_empty: bool = True) -> Any:
        compiler = copy.copy(self._said.compiler)
        compiler.connection = connection or connections[using]
        compiler.as_sql = lambda *_of, **_how: (self._said.statement, self._bound)
        return compiler


def _nothing(_values: Sequence[Any]) -> tuple[()]:
    """What nobody can be asked: it finds nothing, whatever the values."""
    return ()


def _asks(build: Callable[[Sequence[Any]], QuerySet[Any, Any]], of: Sequence[Any]) -> Asks:
    """Who asks in this form."""
    turns = []
    for stride in TURNS:
        strange = _stand_in(tuple(of), count(stride * 1000, stride))
        values: list[Any] = []
        _taken_apart(strange, values)
        rows = build(strange)
        compiler = rows.query.get_compiler(using=DEFAULT_DB_ALIAS)
        try:
            turns.append((rows, compiler, *compiler.as_sql(), values))
        except EmptyResultSet:
            return _nothing
    (rows, compiler, statement, first, of_first), (_rows, _compiler, other, second, of_second) = turns
    if statement != other:
        raise NotKept("the statement follows from a value")
    bound = tuple(_bound(*pair, of_first, of_second) for pair in zip(first, second, strict=True))
    return _Said(rows, compiler, statement, tuple(first), bound).rows


def _as(place: Any, value: Any, after: timedelta | None) -> Any:
    """The value as it is bound there; Django says of a number how many bytes it has."""
    if after is not None:
        return value + after
    return type(place)(value) if isinstance(place, int) else value


def _bound(one: Any, other: Any, of_first: list[Any], of_second: list[Any]) -> Bound | None:
    """What is bound where these two stood; None: what always stands there."""
    if type(one) is type(other) and one == other:
        return None
    for number, (value, second) in enumerate(zip(of_first, of_second, strict=True)):
        if isinstance(one, type(value)) and (one, other) == (value, second):
            return number, None
        if isinstance(one, date) and type(one) is type(value) and one - value == other - second:
            return number, one - value
    raise NotKept(f"what is bound follows neither from the values nor from the form: {type(one).__name__}")
