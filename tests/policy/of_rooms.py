"""What each room brings for the oracle, found by its folder: rooms that stand lower come first."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType

from hamkori.site.launch.testing import floors

ROOMS = Path(__file__).parent / "rooms"


@cache
def names() -> tuple[str, ...]:
    """A folder that is called like no room is an error, not silence."""
    height = {room: number for number, floor in enumerate(reversed(floors())) for room in floor}
    folders = [path.name for path in ROOMS.iterdir() if path.is_dir() and path.name != "__pycache__"]
    return tuple(sorted(folders, key=lambda name: (height[name], name)))


@cache
def modules(name: str) -> tuple[ModuleType, ...]:
    """The module of this name of each room that has one."""
    having = [room for room in names() if (ROOMS / room / f"{name}.py").is_file()]
    return tuple(import_module(f"tests.policy.rooms.{room}.{name}") for room in having)
