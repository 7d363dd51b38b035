"""A test that may be begun anew: what it looks for is seen wrongly now and then, and nobody knows yet where."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

P = ParamSpec("P")
TIMES = 4


def again(test: Callable[P, None]) -> Callable[P, None]:
    """Pass if one of four beginnings passes. A copy that a key always leaves fails all of them."""

    @wraps(test)
    def begun(*args: P.args, **kwargs: P.kwargs) -> None:
        for left in reversed(range(TIMES)):
            try:
                return test(*args, **kwargs)
            except AssertionError:
                if not left:
                    raise
        return None

    return begun
