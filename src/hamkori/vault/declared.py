"""Facts are made of what their builders declare: a value of another type is nobody's word.

Two types may read alike under a tag and not as a name: an id as bytes has the tag of the id, and no mark. So what the
database answers in another type than its column has is refused, whoever made it do so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from inspect import signature
from types import UnionType
from typing import Any, ParamSpec, TypeVar, Union, get_args, get_origin, get_type_hints

from hamkori.vault.bytes import NAMELESS, Untrusted

P = ParamSpec("P")
R = TypeVar("R")
NOBODYS_SET = frozenset({NAMELESS})
"""No section, role or id is called so."""


def as_declared(kind: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Untrusted, of that kind, where what is made is given an argument that is not of its declared type."""
    return lambda build: _checked(kind, None, build)


def as_declared_or(kind: str, otherwise: Callable[[str], R]) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """There `otherwise` of that kind is made: a fact that nobody has vouched for."""
    return lambda build: _checked(kind, otherwise, build)


def _checked(kind: str, otherwise: Callable[[str], R] | None, build: Callable[P, R]) -> Callable[P, R]:
    hints: dict[str, Any] = {}
    order = tuple(signature(build).parameters)

    @wraps(build)
    def checked(*args: P.args, **kwargs: P.kwargs) -> R:
        if not hints:  # not before: a builder may name what is defined below it
            hints.update(get_type_hints(build))
        given = {**dict(zip(order, args, strict=False)), **kwargs}
        kept = {name: _kept(value, hints[name]) for name, value in given.items()}
        if not all(is_of(value, hints[name]) for name, value in kept.items()):
            if otherwise is not None:
                return otherwise(kind)
            raise Untrusted(kind, NAMELESS)
        return build(**kept)  # type: ignore[arg-type, call-arg]  # the same words

    return checked


def _kept(value: object, hint: Any) -> object:
    """What can be gone through only once is kept, to be looked at and handed on."""
    if (
        type(hint) is type
        or get_origin(hint) is not Iterable
        or isinstance(value, str | bytes)
        or not isinstance(value, Iterable)
    ):
        return value
    return value if isinstance(value, frozenset | tuple | list) else list(value)


def set_of(values: object) -> frozenset[Any]:
    """What a list of the database holds; where it is none, or one of lists, what no tag of ours covers."""
    try:
        return frozenset(values) if isinstance(values, list | tuple | set | frozenset) else NOBODYS_SET
    except TypeError:  # a list of lists
        return NOBODYS_SET


def tag_of(value: object) -> bytes:
    """The bytes of a tag; of anything else the tag that holds nothing."""
    return bytes(value) if isinstance(value, bytes | memoryview) else b""


def is_of(value: object, hint: Any) -> bool:
    """Whether the value is of that type, with all that it holds. A yes or no is no number."""
    if type(hint) is type:  # first, for most are
        return isinstance(value, hint) and not (hint is int and isinstance(value, bool))
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return any(is_of(value, one) for one in inner)
    if origin is tuple:
        return isinstance(value, tuple) and len(value) == len(inner) and all(map(is_of, value, inner))
    if origin is frozenset:
        return isinstance(value, frozenset) and all(is_of(one, inner[0]) for one in value)
    assert origin is Iterable, hint
    return isinstance(value, frozenset | tuple | list) and all(is_of(one, inner[0]) for one in value)
