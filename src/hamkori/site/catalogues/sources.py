"""Finds every English string of a room: gettext calls in Python, tags and constants in Django templates."""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from babel.messages.extract import extract
from django.utils.translation.template import templatize

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
    """All messages of a room. One text with and without a plural is one message, as in gettext.

    SyntaxError, which names the place: a template says what cannot be put into a catalogue.
    """
    found: dict[Key, Source] = {}
    rest = sorted(HOUSE.glob("*.py")) if room.name == WITH_THE_REST else ()
    for path in (*_files(room), *rest):
        place = path.relative_to(HOUSE).as_posix()
        if path.suffix == ".py" and "migrations" not in path.parts:
            code = path.read_bytes()
        elif path.suffix in TEMPLATE_ENDINGS and "templates" in path.parts:
            code = _in_template(path)
        else:
            continue
        for message in _said(code):
            kept = found.setdefault(message.key, message)
            kept.plural = kept.plural or message.plural
            kept.places.add(place)
            kept.notes += [note for note in message.notes if note not in kept.notes]
    return found


def _in_template(path: Path) -> bytes:
    """The same calls in Python, as Django makes them for gettext. In brackets a line may begin anywhere."""
    return f"(\n{templatize(path.read_text('utf-8'), origin=str(path))}\n)".encode()


def _said(code: bytes) -> Iterator[Source]:
    """What calls of gettext in this Python say."""
    for _line, message, notes, context in extract(
        "python", io.BytesIO(code), keywords=CALLS, comment_tags=(NOTE,), options={"encoding": "utf-8"}
    ):
        text, plural = message[:2] if isinstance(message, tuple) else (message, None)
        if text:
            yield Source(Key(text, context), plural, notes=list(notes))
