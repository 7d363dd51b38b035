"""Finds every English string of a room: gettext calls in Python, tags and constants in Django templates."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from babel.messages.extract import extract
from django.template.base import Lexer, Token, TokenType
from django.utils.translation import trim_whitespace
from django.utils.translation.template import block_re, constant_re, context_re, endblock_re, inline_re, plural_re

from hamkori.vocabulary import country

HOUSE = Path(__file__).resolve().parents[2]
LANGUAGES = tuple(language for language in country.LANGUAGES if language != country.SOURCE)

# Which argument of which call is a message; "c" marks the context.
CALLS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
WITH_THE_REST = "vocabulary"
"""The room whose catalogue also holds what the modules say that stand beside the rooms."""
TEMPLATE_ENDINGS = frozenset({".html", ".txt", ".svg"})
NOTE = "Translators:"


@dataclass(frozen=True)
class Key:
    """What makes a message one message in a catalogue."""

    text: str
    context: str | None = None


@dataclass
class Source:
    """A message as the program says it; `plural` is None where no number decides the form."""

    key: Key
    plural: str | None = None
    places: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)


class Untranslatable(Exception):
    """A template says something that cannot be put into a catalogue; the text names the place."""


def rooms() -> list[Path]:
    """The folders of the house that may speak, and the areas of the pages, in order of their names."""
    folders = (path for path in HOUSE.iterdir() if path.is_dir() and not path.name.startswith((".", "_")))
    return sorted([*folders, *(path.parent for path in HOUSE.glob("web/*/urls.py"))])


def _files(room: Path) -> list[Path]:
    """What speaks in a room: its files without those of its areas, or an area's with its templates."""
    areas = [one for one in rooms() if one.parent == room]
    elsewhere = {*areas, *(room / "templates" / area.name for area in areas)}
    folders = (room, room.parent / "templates" / room.name) if room.parent != HOUSE else (room,)
    return sorted(path for one in folders for path in one.rglob("*") if not elsewhere.intersection(path.parents))


def sources(room: Path) -> dict[Key, Source]:
    """All messages of a room. One text with and without a plural is one message, as in gettext."""
    found: dict[Key, Source] = {}
    rest = sorted(HOUSE.glob("*.py")) if room.name == WITH_THE_REST else ()
    for path in (*_files(room), *rest):
        place = path.relative_to(HOUSE).as_posix()
        if path.suffix == ".py" and "migrations" not in path.parts:
            messages = _in_python(path)
        elif path.suffix in TEMPLATE_ENDINGS and "templates" in path.parts:
            messages = _in_template(path.read_text("utf-8"), place)
        else:
            continue
        for message in messages:
            kept = found.setdefault(message.key, message)
            kept.plural = kept.plural or message.plural
            kept.places.add(place)
            kept.notes += [note for note in message.notes if note not in kept.notes]
    return found


def _in_python(path: Path) -> Iterator[Source]:
    with io.BytesIO(path.read_bytes()) as file:
        for _line, message, notes, context in extract(
            "python", file, keywords=CALLS, comment_tags=(NOTE,), options={"encoding": "utf-8"}
        ):
            text, plural = message[:2] if isinstance(message, tuple) else (message, None)
            if text:
                yield Source(Key(text, context), plural, notes=list(notes))


def _in_template(template: str, place: str) -> Iterator[Source]:
    """Walks the tags. Per cent signs are doubled, as Django doubles them before it looks a text up."""
    tokens = iter(Lexer(template).tokenize())
    note: list[str] = []
    for token in tokens:
        if token.token_type == TokenType.COMMENT:
            note = [token.contents] if token.contents.startswith(NOTE) else []
        elif token.token_type == TokenType.TEXT:
            continue
        elif token.token_type == TokenType.BLOCK and token.contents == "comment":
            _skip(tokens)
        elif token.token_type == TokenType.BLOCK and (opening := block_re.match(token.contents)):
            yield _block(token, opening, tokens, note, place)
            note = []
        else:
            yield from _inline(token, note)
            note = [] if token.token_type == TokenType.BLOCK else note


def _skip(tokens: Iterator[Token]) -> None:
    for token in tokens:
        if token.token_type == TokenType.BLOCK and token.contents == "endcomment":
            return


def _inline(token: Token, note: list[str]) -> Iterator[Source]:
    if token.token_type == TokenType.BLOCK and (tag := inline_re.match(token.contents)):
        context = context_re.match(tag[2]) if tag[2] else None
        yield Source(Key(_literal(tag[1]), context[1][1:-1] if context else None), notes=list(note))
    for constant in constant_re.findall(token.contents):
        yield Source(Key(_literal(constant)), notes=list(note))


def _literal(quoted: str) -> str:
    return quoted[1:-1].replace("%", "%%")


def _block(token: Token, opening: re.Match[str], tokens: Iterator[Token], note: list[str], place: str) -> Source:
    context = opening[2][1:-1] if opening[2] else None
    trimmed = "trimmed" in token.split_contents()
    parts: list[list[str]] = [[]]
    for inner in tokens:
        if inner.token_type == TokenType.TEXT:
            parts[-1].append(inner.contents.replace("%", "%%"))
        elif inner.token_type == TokenType.VAR:
            parts[-1].append(f"%({inner.contents})s")
        elif inner.token_type == TokenType.BLOCK and plural_re.match(inner.contents):
            parts.append([])
        elif inner.token_type == TokenType.BLOCK and endblock_re.match(inner.contents):
            break
        elif inner.token_type == TokenType.BLOCK:
            raise Untranslatable(f"{place}: {{% {inner.contents} %}} stands inside a blocktranslate.")
    texts = ["".join(part) for part in parts]
    if trimmed:
        texts = [trim_whitespace(text) for text in texts]
    return Source(Key(texts[0], context), texts[1] if len(texts) > 1 else None, notes=list(note))
