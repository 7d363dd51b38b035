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


_OURS = "ours, provisional"

SOURCES: tuple[Source, ...] = (
    Source("service_urgency", "services", "urgency_values", "How soon a kind of help is usually needed.", _OURS, True),
    Source(
        "service_group", "services", "groups", "Groups of services; kind of recipient follows from them.", _OURS, True
    ),
    Source(
        "service", "services", "services", "Kinds of help.", "ours, after IOM, ODIHR and Bulgarian texts (head of file)"
    ),
    Source("iasc_layer", "services", "iasc_pyramid", "Layers of psychosocial support.", "IASC 2007", code_key="layer"),
    Source("pfa_step", "services", "pfa_steps", "Steps of psychological first aid.", "WHO, WTF, WVI 2011"),
    Source("organisation_kind", "actors", "kinds", "Kinds of bodies.", _OURS, True),
    Source("compartment", "actors", "compartments", "What a body is for; decides what may reach it.", _OURS, True),
    Source(
        "actor_type", "actors", "actor_types", "Types of bodies.", "law 1096 art. 5 as read, press, TIP reports", True
    ),
    Source("region", "admin_areas", "regions", "The five regions.", "Agency on Statistics, ISO 3166-2", code_key="id"),
    Source(
        "area", "admin_areas", "units", "Cities and districts.", "Agency on Statistics; ids are ours", code_key="id"
    ),
    Source("identity_document", "admin_areas", "identity_documents", "Papers a person may hold.", _OURS, True),
    Source("dimension", "operational_indicators", "dimensions", "The six dimensions of signs.", "ILO and EC 2009"),
    Source(
        "act_question",
        "operational_indicators",
        "act_questions",
        "Was there an act?",
        "Palermo Protocol art. 3; ACT6 ours",
    ),
    Source(
        "form_status", "operational_indicators", "form_status", "When a form of exploitation happened.", _OURS, True
    ),
    Source("form_of_exploitation", "operational_indicators", "form_of_exploitation", "What was done.", _OURS, True),
    Source(
        "screening_result", "operational_indicators", "result_labels", "What the signs together suggest.", _OURS, True
    ),
    Source(
        "screening_answer", "operational_indicators", "answer_labels", "Answers; unknown is never absent.", _OURS, True
    ),
    Source("strength", "operational_indicators", "strength_labels", "How much a sign weighs.", "ILO and EC 2009"),
    Source(
        "indicator", "operational_indicators", "indicators", "Signs of trafficking.", "ILO and EC 2009, second hand"
    ),
    Source("forced_labour_sign", "operational_indicators", "ilo11", "Signs of forced labour.", "ILO 2012"),
    Source(
        "local_prompt",
        "operational_indicators",
        "local_context_prompts",
        "Prompts for here, never scored.",
        _OURS,
        True,
    ),
)


@cache
def read(file: str) -> Mapping[str, Any]:
    """One file of `lists/`, parsed once."""
    with (FOLDER / f"{file}.yaml").open(encoding="utf-8") as stream:
        loaded = yaml.load(stream, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # nosec B506 - the safe loader, in C where there is one
    if not isinstance(loaded, dict):
        raise BrokenList(f"{file}: not a mapping")
    return MappingProxyType(loaded)


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
