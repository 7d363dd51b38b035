"""A translator's spreadsheet: what is missing goes out as CSV, what was written comes back into the catalogues.

One row a message: context, English, English plural, a note, then a column a language. Plural forms stand in one
cell, with ` || ` between them, in the order of the language's plural rule.
"""

import csv
from pathlib import Path
from typing import TextIO

from hamkori.site.catalogues.merge import forms_of, messages_of, read, write
from hamkori.site.catalogues.sources import LANGUAGES, Key, Source, rooms, sources

BETWEEN = " || "
HEAD = ["context", "english", "plural", "note", *LANGUAGES]


def missing(out: TextIO) -> int:
    """Writes every message that lacks a language, once, with what the other languages say. Returns how many rows."""
    rows: dict[Key, list[str]] = {}
    for room in rooms():
        said = {language: messages_of(read(room, language)) for language in LANGUAGES}
        for key, source in sources(room).items():
            forms = [forms_of(said[language][key]) if key in said[language] else ("",) for language in LANGUAGES]
            if not all(all(cell) for cell in forms):
                rows[key] = [*_about(key, source), *(BETWEEN.join(cell) if all(cell) else "" for cell in forms)]
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEAD)
    writer.writerows(rows.values())
    return len(rows)


def _about(key: Key, source: Source) -> list[str]:
    note = " ".join([*source.notes, *sorted(source.places)])
    return [key.context or "", key.text, source.plural or "", note]


def fill(path: Path) -> int:
    """Takes a sheet back in and returns how many catalogues changed. An empty cell changes nothing."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        table = list(csv.DictReader(file))
    changed = 0
    for language in LANGUAGES:
        answers = {
            Key(row["english"], row["context"] or None): tuple(row[language].split(BETWEEN))
            for row in table
            if row[language].strip()
        }
        for room in rooms():
            wanted = sources(room)
            if not wanted:
                continue
            said = {key: forms_of(message) for key, message in messages_of(read(room, language)).items()}
            changed += write(room, language, wanted, said | {key: answers[key] for key in answers if key in wanted})
    return changed
