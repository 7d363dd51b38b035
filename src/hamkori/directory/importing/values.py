"""One field at a time: its type, its length, and no characters that are not seen. What is refused is never repeated."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from uuid import UUID

from hamkori.directory.importing import limits
from hamkori.vocabulary.open_text import clean

SEEN_BREAKS = frozenset("\n\r\t")
MARKUP = re.compile(r"<[a-zA-Z!/?]")
SENTENCES = {
    "not_hsds": "is not the name of an HSDS object; the file was not read",
    "unreadable": "is not valid JSON in UTF-8",
    "twice_a_key": "an object names the same field twice",
    "no_object": "is not an object",
    "missing": "is missing",
    "no_text": "is not a text",
    "no_number": "is not a number in its range",
    "no_list": "is not a list",
    "no_uuid": "is not a UUID",
    "no_choice": "is not one of the values that HSDS allows",
    "too_long": "is too long",
    "too_many": "has too many entries",
    "invisible": "holds characters that cannot be seen",
    "markup": "holds markup where plain text is asked",
    "doubled": "this id came before with other content; the first one counts",
    "dangling": "points to a row that is not in the package or was refused",
    "unmapped": "no term of this row is a kind of help we know; name it in the mapping file",
    "no_body_type": "the kind of this organisation is not known; name it in the mapping file",
    "no_region": "in which region this is cannot be read",
    "no_area": "is no area we know",
    "no_language": "is no language we know",
    "no_week": "is not a weekly opening",
    "no_telephone": "is not a telephone number",
    "names_the_place": "tells where a shelter is",
    "same_name": "an organisation of this name is here already; link it in the mapping file",
    "no_such_body": "the mapping file names an organisation that is not here",
}


@dataclass(frozen=True)
class Problem:
    """One line of the table: where, which row, which field, what. It never holds the value."""

    file: str
    row: str
    field: str
    what: str

    @property
    def sentence(self) -> str:
        return SENTENCES[self.what]


@dataclass
class Problems:
    """All problems, of which the first are kept in words and the rest in numbers."""

    kept: list[Problem] = field(default_factory=list)
    count: int = 0

    def add(self, file: str, row: str, name: str, what: str) -> None:
        """Note one. `what` is a key of SENTENCES."""
        if what not in SENTENCES:
            raise KeyError(what)
        self.count += 1
        if len(self.kept) < limits.PROBLEMS_KEPT:
            self.kept.append(Problem(printable(file), printable(row), printable(name), what))

    def in_words(self, most: int) -> str:
        """The first of them as one sentence; '' if there are none."""
        told = [" ".join(filter(None, (one.file, one.row, one.field, one.sentence))) for one in self.kept[:most]]
        if self.count > most:
            told.append(f"and {self.count - most} more")
        return f"{', '.join(told)}." if told else ""


class BadValue(Exception):
    """A field that cannot be used."""

    def __init__(self, name: str, what: str) -> None:
        super().__init__(name, what)
        self.name = name
        self.what = what


def printable(text: str) -> str:
    """A name from outside as a terminal may show it: no control, no direction change, not long."""
    return "".join(c if c.isprintable() and unicodedata.category(c) != "Cf" else "?" for c in text[:120])


def visible(text: str) -> bool:
    """Whether every character is seen: no control, format, surrogate, private or unassigned ones."""
    return all(c in SEEN_BREAKS or not unicodedata.category(c).startswith("C") for c in text)


def text(row: Mapping[str, Any], name: str, longest: int = limits.LINE, *, needed: bool = False) -> str:
    """A plain text without surrounding blanks; absent and null are ''."""
    value = row.get(name)
    if value is None:
        value = ""
    if not isinstance(value, str):
        raise BadValue(name, "no_text")
    if len(value) > longest:
        raise BadValue(name, "too_long")
    if not visible(value):
        raise BadValue(name, "invisible")
    value = clean(value)
    if needed and not value:
        raise BadValue(name, "missing")
    return value


def plain(row: Mapping[str, Any], name: str, longest: int = limits.NAME, *, needed: bool = False) -> str:
    """One line without markup, as HSDS asks of names."""
    value = text(row, name, longest, needed=needed)
    if MARKUP.search(value):
        raise BadValue(name, "markup")
    return " ".join(value.split())


def prose(row: Mapping[str, Any], name: str) -> str:
    """A description: HSDS allows HTML in it, of which only the words are kept."""
    value = text(row, name, limits.TEXT)
    if not MARKUP.search(value) and "&" not in value:
        return value
    reader = _Words()
    reader.feed(value)
    reader.close()
    return re.sub(r"[ \t]*\n\s*", "\n", "".join(reader.words)).strip()


def uuid(row: Mapping[str, Any], name: str, *, needed: bool = False) -> UUID | None:
    """A UUID in its usual writing. HSDS asks one of every id."""
    value = row.get(name)
    if value is None or value == "":
        if needed:
            raise BadValue(name, "missing")
        return None
    if not isinstance(value, str) or not re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", value):
        raise BadValue(name, "no_uuid")
    return UUID(value)


def number(row: Mapping[str, Any], name: str, low: float, high: float) -> float | None:
    """A number in a range, written as one; true and false are none."""
    value = row.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
        raise BadValue(name, "no_number")
    return float(value)


def one_of(row: Mapping[str, Any], name: str, allowed: frozenset[str], *, needed: bool = False) -> str:
    """One of the values that the standard lists."""
    value = text(row, name, limits.CODE, needed=needed)
    if value and value not in allowed:
        raise BadValue(name, "no_choice")
    return value


class _Words(HTMLParser):
    """The words of a piece of HTML; scripts and styles say nothing."""

    SILENT = frozenset({"script", "style", "template", "iframe", "object"})
    BREAKS = frozenset({"p", "br", "li", "div", "tr", "h1", "h2", "h3", "h4"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in self.SILENT
        if tag in self.BREAKS:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in self.SILENT and self._silent:
            self._silent -= 1

    def handle_data(self, data: str) -> None:
        if not self._silent:
            # A reference may have stood for a character that is not seen.
            self.words.append("".join(c for c in data if visible(c)))
