"""Foreign terms, areas and languages turned into our codes: by an exact code of ours, or by the mapping file.

A mapping file is JSON that the operator writes (never a part of the package):
`{"terms": {"BH-1800": "HOME-02", "PH-6500": ""}, "organizations": {"<uuid>": "ngo", "<uuid>": "body:cso-kulob"}}`.
A term is found by its code, its term_uri or its id. "" means: known, says nothing here.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from hamkori.directory.importing.limits import CODE, FILE_BYTES, Refused
from hamkori.directory.importing.table import Row
from hamkori.directory.importing.values import printable
from hamkori.directory.rules.fold import fold
from hamkori.directory.rules.suit import REGION_OF
from hamkori.vocabulary import areas, codelist, regions
from hamkori.vocabulary.country import COUNTRY, COUNTRY_NAMES

OURS = ("service", "actor_type", "admission_group", "region", "area")
BODY = "body:"
# ISO 639-2 and 639-3 codes of the languages that our list has; others count as "other".
THREE_LETTERS = {
    "tgk": "tg",
    "rus": "ru",
    "uzb": "uz",
    "uzn": "uz",
    "kir": "ky",
    "eng": "en",
    "fra": "fr",
    "fre": "fr",
    "sgn": "sign",
    "fa-af": "prs",
}
KINDS_OF_PLACE = frozenset(
    fold("ноҳияи шаҳри вилояти район город область district city region de du la le of the").split()
)


@dataclass(frozen=True)
class Said:
    """What the operator said about this package."""

    terms: Mapping[str, str] = field(default_factory=dict)
    organizations: Mapping[str, str] = field(default_factory=dict)

    def code(self, term: Row) -> tuple[str, str] | None:
        """(our list, our code) of a term; ("", "") if the operator said it means nothing; None: unknown."""
        for written in (term.fields["code"], term.fields["term_uri"], str(term.id)):
            if written and written in self.terms:
                said = self.terms[written]
                return (list_of(said) or "", said)
        own = term.fields["code"]
        listed = list_of(own)
        return (listed, own) if listed else None

    def body(self, organization: UUID) -> str:
        """What was said of a body: an actor type, `body:<slug>` or ''."""
        return self.organizations.get(str(organization), "")


def list_of(code: str) -> str | None:
    """Which of our lists has this code; they share none."""
    return next((name for name in OURS if code in codelist(name)), None)


def said(path: Path | None) -> Said:
    """The operator's file, checked. Refused: a sentence about what is wrong with it."""
    if path is None:
        return Said()
    try:
        if path.stat().st_size > FILE_BYTES:
            raise Refused("The mapping file is too large.")
        content: Any = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise Refused(f"The mapping file cannot be read: {type(error).__name__}.") from error
    parts: list[dict[str, str]] = []
    for name in ("terms", "organizations"):
        part = content.get(name, {}) if isinstance(content, dict) else None
        if not isinstance(part, dict) or not all(isinstance(v, str) and len(v) <= CODE for v in part.values()):
            raise Refused(f'The mapping file needs "{name}" to be an object of texts.')
        parts.append(part)
    for code in parts[0].values():
        if code and list_of(code) is None:
            raise Refused(f"The mapping file names {printable(code)}, which is not in our lists.")
    for code in parts[1].values():
        if not code.startswith(BODY) and code not in codelist("actor_type"):
            raise Refused(f"The mapping file names {printable(code)}, which is no type of organisation of ours.")
    return Said(parts[0], {k.lower(): code for k, code in parts[1].items()})


def language(code: str, name: str) -> str | None:
    """Our code of a language; a real one that we have no code for is `other`; None: nothing to read."""
    listed = codelist("language")
    wanted = code.lower().replace("_", "-")
    for guess in (wanted, THREE_LETTERS.get(wanted, ""), wanted.split("-", maxsplit=1)[0]):
        if guess and guess in listed:
            return guess
    if 2 <= len(wanted) <= 12 and wanted.replace("-", "").isascii() and wanted.replace("-", "").isalpha():
        return "other"
    return _languages().get(fold(name)) if name else None


@cache
def _languages() -> dict[str, str]:
    return {fold(label): entry.code for entry in codelist("language") for label in entry.labels.values()}


def area(written: str) -> str | None:
    """Our code of a region or unit that is written as its code or by a name of today or before; else None."""
    if written in codelist("region") or written in codelist("area") or written == COUNTRY:
        return written
    return _areas().get(_bare(written))


def region(written: str) -> str | None:
    """The region in which a written area lies; the whole country lies in none."""
    found = area(written)
    return REGION_OF.get(found, found) if found and found != COUNTRY else None


def _bare(name: str) -> str:
    words = [word for word in fold(name).split() if word not in KINDS_OF_PLACE]
    return " ".join(words)


@cache
def _areas() -> dict[str, str]:
    known: dict[str, str] = {}
    for entry in [*areas(), *regions()]:  # a region's name stands over a city's: Dushanbe
        former = entry.data.get("former_names") or ()
        names = [*entry.labels.values(), *(former if isinstance(former, (list, tuple)) else ())]
        known.update({_bare(name): entry.code for name in names if isinstance(name, str) and _bare(name)})
    known.update({_bare(name): COUNTRY for name in COUNTRY_NAMES})
    return known
