"""Reads a folder that nobody trusts. What is too large, linked, too deep or no JSON is refused before it is parsed."""

import json
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hamkori.directory.importing import entities, limits
from hamkori.directory.importing.limits import Refused
from hamkori.directory.importing.values import Problems, printable

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Found:
    """A file of the package: its name within the folder, its size."""

    path: Path
    name: str
    size: int


@dataclass(frozen=True)
class Piece:
    """One object as a file writes it, at a place such as `services.json` row 3."""

    entity: str
    file: str
    place: str
    fields: dict[str, Any]


def pieces(folder: Path, problems: Problems, progress: Progress) -> Iterator[Piece]:
    """Every top-level object of the package, file by file. Refused: the package as a whole."""
    found = files(folder)
    for done, file in enumerate(found, start=1):
        progress("reading", done, len(found))
        entity = entities.of_file(file.name)
        if entity is None:
            problems.add(file.name, "", "", "not_hsds")
            continue
        if entity not in entities.READERS:
            continue
        content = parsed(file, problems)
        for place, value in enumerate(_objects(content), start=1):
            if isinstance(value, dict):
                yield Piece(entity, file.name, f"row {place}", value)
            elif content is not None:
                problems.add(file.name, f"row {place}", "", "no_object")


def files(folder: Path) -> list[Found]:
    """The JSON files of the package, sorted by name. Refused: a link, a device, too many, too large, too deep."""
    if not folder.is_dir():
        raise Refused("There is no folder at this path. An HSDS 3.0 package is a folder of JSON files.")
    found: list[Found] = []
    tables = 0
    for place, entry in _walk(folder, 0):
        kind = entry.stat(follow_symlinks=False)
        name = place.relative_to(folder).as_posix()
        if not stat.S_ISREG(kind.st_mode):
            raise Refused(f"{printable(name)} is a link or no ordinary file. Nothing was read.")
        if name.lower() == "datapackage.json":
            raise Refused(
                "This is a tabular data package (datapackage.json with CSV files). "
                "Only folders of JSON are read so far."
            )
        tables += name.lower().endswith(".csv")
        if not name.lower().endswith(".json"):
            continue
        if kind.st_size > limits.FILE_BYTES:
            raise Refused(f"{printable(name)} is larger than {limits.FILE_BYTES // 1024 // 1024} MB. Nothing was read.")
        found.append(Found(place, name, kind.st_size))
        if len(found) > limits.FILES:
            raise Refused(f"The package has more than {limits.FILES} files. Nothing was read.")
    if not found:
        if tables:
            raise Refused("This folder holds CSV files and no JSON. Only folders of JSON are read so far.")
        raise Refused("There is no JSON file in this folder.")
    if sum(file.size for file in found) > limits.TOTAL_BYTES:
        raise Refused(f"The package is larger than {limits.TOTAL_BYTES // 1024 // 1024} MB. Nothing was read.")
    return sorted(found, key=lambda file: file.name)


def _walk(folder: Path, deep: int) -> Iterator[tuple[Path, os.DirEntry[str]]]:
    if deep > limits.FOLDERS_DEEP:
        raise Refused("The folders of this package lie too deep in each other. Nothing was read.")
    with os.scandir(folder) as entries:
        for count, entry in enumerate(entries):
            if count > limits.FILES * 2:
                raise Refused(f"The package has more than {limits.FILES} files. Nothing was read.")
            if entry.name.startswith("."):
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from _walk(Path(entry.path), deep + 1)
            else:
                yield Path(entry.path), entry


def parsed(file: Found, problems: Problems) -> Any:
    """The content of a file, or None with a problem noted. Refused: nested or crowded beyond all sense."""
    data = _bytes(file)
    if data.count(b"{") + data.count(b"[") > limits.OPENINGS_PER_FILE or data.count(b",") > limits.COMMAS_PER_FILE:
        raise Refused(f"{printable(file.name)} holds too many values. Nothing was written.")
    try:
        content = json.loads(
            data.decode("utf-8-sig"), object_pairs_hook=_once, parse_int=_int, parse_constant=_no_constant
        )
    except RecursionError:
        raise Refused(f"{printable(file.name)} is nested too deep. Nothing was written.") from None
    except _Twice:
        problems.add(file.name, "", "", "twice_a_key")
        return None
    except ValueError:  # json's own error and the decoder's are ValueErrors
        problems.add(file.name, "", "", "unreadable")
        return None
    if _depth(content) > limits.NESTED:
        raise Refused(f"{printable(file.name)} is nested too deep. Nothing was written.")
    return content


def _bytes(file: Found) -> bytes:
    # Between the look and the opening the file may have become a link or a pipe.
    handle = os.open(file.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(handle, "rb") as stream:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise Refused(f"{printable(file.name)} is no ordinary file. Nothing was written.")
        data = stream.read(limits.FILE_BYTES + 1)
    if len(data) > limits.FILE_BYTES:
        raise Refused(f"{printable(file.name)} grew while it was read. Nothing was written.")
    return data


def _objects(content: Any) -> list[Any]:
    """A file is one object, a list of them, or a page of the HSDS API (its objects under `contents`)."""
    if content is None:
        return []
    if isinstance(content, dict) and isinstance(content.get("contents"), list) and "id" not in content:
        content = content["contents"]
    return content if isinstance(content, list) else [content]


class _Twice(Exception):
    pass


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise _Twice
    return made


def _int(digits: str) -> int:
    if len(digits) > limits.DIGITS:
        raise ValueError("too many digits")
    return int(digits)


def _no_constant(word: str) -> float:
    raise ValueError(word)


def _depth(content: Any) -> int:
    deepest = 0
    waiting = [(content, 1)]
    while waiting:
        value, deep = waiting.pop()
        deepest = max(deepest, deep)
        if deepest > limits.NESTED:
            return deepest
        if isinstance(value, dict):
            waiting += [(inner, deep + 1) for inner in value.values() if isinstance(inner, (dict, list))]
        elif isinstance(value, list):
            waiting += [(inner, deep + 1) for inner in value if isinstance(inner, (dict, list))]
    return deepest
