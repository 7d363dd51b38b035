"""What the invented world holds, room by room. A room that joins adds a module or a folder here and is listed nowhere.

Each has `plan(director, hands)`: it says what is founded and what happens when, and makes records by calling actions.
"""

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules
from typing import Protocol, cast

from hamkori.site.demo.director import Director
from hamkori.site.demo.hands import Hands


class Plan(Protocol):
    """A room's part of the invented world."""

    def plan(self, director: Director, hands: Hands) -> None:
        """Hand the director what is to be founded and what happens when; `hands` act when it is time."""


def of_rooms() -> Iterator[Plan]:
    """Every room that plans something, by name. The director puts what they plan in order."""
    for found in iter_modules(__path__):
        room = import_module(f"{__name__}.{found.name}")
        if not hasattr(room, "plan"):
            raise TypeError(f"{room.__name__} has no plan(director, hands)")
        yield cast("Plan", room)
