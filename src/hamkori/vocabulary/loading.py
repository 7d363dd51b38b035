"""Reads the YAML files of `lists/` and refuses what breaks their schema: unique codes, four languages, a source."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from hamkori.vocabulary.country import LANGUAGES
from hamkori.vocabulary.entries import CodeList, Entry

FOLDER = Path(__file__).parent / "lists"


class BrokenList(ValueError):
    """A list file breaks the schema; the message names file, list and code."""


@dataclass(frozen=True)
class Source:
    """Where a list lies in a file, and what the file itself does not say about it."""

    name: str
    file: str
    key: str
    definition: str
    source: str
    provisional: bool = False
    code_key: str = "code"


@cache
def read(file: str) -> Mapping[str, Any]:
    """One file of `lists/`, parsed once."""
    with (FOLDER / f"{file}.yaml").open(encoding="utf-8") as stream:
        loaded = yaml.load(stream, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # nosec B506 - the safe loader, in C where there is one
    if not isinstance(loaded, dict):
        raise BrokenList(f"{file}: not a mapping")
    return MappingProxyType(loaded)


SOURCES: tuple[Source, ...] = tuple(Source(name, **said) for name, said in read("sources").items())


def build(source: Source, rows: Iterable[Mapping[str, Any]]) -> CodeList:
    """A checked list. BrokenList: a code twice or not a text, a label missing, no definition or source."""
    if not source.definition or not source.source:
        raise BrokenList(f"{source.file}.{source.name}: no definition or no source")
    entries: dict[str, Entry] = {}
    for row in rows:
        entry = _entry(source, row)
        if entry.code in entries:
            raise BrokenList(f"{source.file}.{source.name}: {entry.code} twice")
        entries[entry.code] = entry
    if not entries:
        raise BrokenList(f"{source.file}.{source.name}: empty")
    return CodeList(source.name, source.definition, source.source, source.provisional, tuple(entries.values()))


def _entry(source: Source, row: Mapping[str, Any]) -> Entry:
    where = f"{source.file}.{source.name}"
    code = row.get(source.code_key)
    if source.code_key == "layer" and isinstance(code, int):
        code = str(code)
    if not isinstance(code, str) or not code:
        raise BrokenList(f"{where}: {code!r} is no code (yes and no need quotes)")
    labels = row.get("label")
    if not isinstance(labels, dict):
        raise BrokenList(f"{where}.{code}: no label")
    missing = [language for language in LANGUAGES if not isinstance(labels.get(language), str) or not labels[language]]
    if missing:
        raise BrokenList(f"{where}.{code}: no label in {', '.join(missing)}")
    definition = row.get("definition")
    if source.file == "working_lists" and not definition:
        raise BrokenList(f"{where}.{code}: no definition")
    data = {key: value for key, value in row.items() if key not in (source.code_key, "label", "definition")}
    return Entry(
        code=code,
        labels=MappingProxyType({language: labels[language] for language in LANGUAGES}),
        definition=definition,
        provisional=source.provisional or bool(row.get("provisional")),
        unverified=bool(row.get("unverified")),
        data=MappingProxyType(data),
    )


def working_lists() -> tuple[tuple[Source, list[Mapping[str, Any]]], ...]:
    """The lists of `working_lists.yaml`, which say their own definition and origin; all of them are provisional."""
    return tuple(
        (Source(name, "working_lists", name, body.get("definition", ""), body.get("origin", ""), True), body["entries"])
        for name, body in read("working_lists")["lists"].items()
    )


def indicator_rows() -> list[Mapping[str, Any]]:
    """The indicators with the two letters of their dimension, which is how rules and results name it."""
    file = read("operational_indicators")
    letters = {row["key"]: row["code"] for row in file["dimensions"]}
    return [{**row, "dimension": letters[row["dimension"]]} for row in file["indicators"]]


def load_all() -> dict[str, CodeList]:
    """Every list by name. BrokenList if any of them is broken or two share a name."""
    pairs: list[tuple[Source, Iterable[Mapping[str, Any]]]] = [*working_lists()]
    for source in SOURCES:
        rows = indicator_rows() if source.name == "indicator" else read(source.file)[source.key]
        pairs.append((source, rows))
    lists: dict[str, CodeList] = {}
    for source, rows in pairs:
        if source.name in lists:
            raise BrokenList(f"{source.name}: two lists of this name")
        lists[source.name] = build(source, rows)
    return lists
