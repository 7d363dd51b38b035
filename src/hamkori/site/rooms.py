"""The rooms of the house that are Django apps, low to high: found where they lie, in the order that they say.

A room's `apps.py` says on which others it stands, in its Python and in its walls. Whatever is done for every room (apps
and their order, walls, seeds, pages that are drawn) asks here, and no list names the rooms.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable, Iterator
from graphlib import TopologicalSorter
from importlib import import_module
from pathlib import Path
from types import ModuleType

HOUSE = Path(__file__).resolve().parents[1]
SAYS = "stands_on"


def rooms(house: Path = HOUSE) -> tuple[str, ...]:
    """Their names, each after all on which it stands, else by name. CycleError: two stand on each other."""
    order = TopologicalSorter({path.parent.name: _stands_on(path) for path in house.glob("*/apps.py")})
    order.prepare()
    found: list[str] = []
    while order.is_active():
        ready = sorted(order.get_ready())
        found += ready
        order.done(*ready)
    return tuple(found)


def _stands_on(apps: Path) -> tuple[str, ...]:
    """Read and not imported: the settings are made of it."""
    for node in ast.walk(ast.parse(apps.read_text("utf-8"))):
        if isinstance(node, ast.Assign) and any(isinstance(to, ast.Name) and to.id == SAYS for to in node.targets):
            said: tuple[str, ...] = ast.literal_eval(node.value)
            return said
    raise LookupError(f"{apps} does not say on which rooms it is built ({SAYS})")


def parts(name: str) -> Iterator[ModuleType]:
    """The module of this name of every room that has one, low to high."""
    for room in rooms():
        if (HOUSE / room / f"{name}.py").exists():
            yield import_module(f"hamkori.{room}.{name}")


def rule_files(house: Path = HOUSE) -> Iterator[Path]:
    """Every file of rules, by room from high to low: who reads begins with the case."""
    for room in reversed(rooms(house)):
        yield from sorted((*(house / room).rglob("rules/*.py"), *(house / room).rglob("rules.py")))


def rules() -> Iterator[ModuleType]:
    """The same, as modules."""
    return (
        import_module(".".join(("hamkori", *path.relative_to(HOUSE).with_suffix("").parts))) for path in rule_files()
    )


def hash_of(folder: Path, files: Iterable[Path], *beside: object) -> str:
    """A short hash of these files of the folder, by name and content, and of what else is said."""
    digest = hashlib.blake2b("\0".join(map(str, beside)).encode(), digest_size=8)
    for path in files:
        content = path.read_bytes()
        digest.update(f"{path.relative_to(folder).as_posix()}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def made_of(*files: Path, house: Path = HOUSE) -> list[Path]:
    """These files, and everything of the house that they import, and that imports."""
    found: set[Path] = set()
    waiting = list(files)
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting += _imported(path, house)
    return sorted(found)


def _imported(path: Path, house: Path) -> Iterable[Path]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        else:
            continue
        for first, *rest in (name.split(".") for name in names):
            place = house.joinpath(*rest)
            if first == "hamkori" and rest:
                yield from (file for file in (place.with_suffix(".py"), place / "__init__.py") if file.exists())
