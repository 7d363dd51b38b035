"""The plans' tables: YAML beside the module that plays them, each row by the names of its fields."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import yaml

Row = TypeVar("Row")


def rows(kind: Callable[..., Row], path: Path) -> tuple[Row, ...]:
    """The rows in their order. A field that is unknown or missing is a TypeError that names it."""
    with path.open(encoding="utf-8") as stream:
        found = yaml.load(stream, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # nosec B506 - the safe loader, in C where there is one
    return tuple(kind(**{name: _fixed(value) for name, value in row.items()}) for row in found)


def _fixed(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value
