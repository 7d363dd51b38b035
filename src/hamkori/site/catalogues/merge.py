"""Keeps the catalogues in step with the sources, and compiles them for Django."""

import re
from io import BytesIO
from pathlib import Path
from tempfile import NamedTemporaryFile

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from hamkori.site.catalogues.sources import HOUSE, LANGUAGES, Key, Source, rooms, sources

# Forms that fill every slot of Django's own catalogues of the language.
PLURALS = {
    "tg": "nplurals=2; plural=(n != 1);",
    "ru": "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);",
    "fr": "nplurals=2; plural=(n > 1);",
}

BEFORE_A_SIGN = re.compile(r" (?=[:;?!»])")
NO_BREAK = "\u00a0"


def typeset(language: str, text: str) -> str:
    """French as it is printed: no line ends before one of its signs, and one kind of apostrophe."""
    if language != "fr":
        return text
    return (
        BEFORE_A_SIGN.sub(NO_BREAK, text).replace("« ", f"«{NO_BREAK}").replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    )


def catalogue_path(room: Path, language: str) -> Path:
    """Where the room's catalogue of a language lies, whether or not it exists."""
    return room / "locale" / language / "LC_MESSAGES" / "django.po"


def key_of(message: Message) -> Key:
    """The same key that the sources use."""
    text = message.id[0] if isinstance(message.id, tuple | list) else message.id
    return Key(str(text), message.context or None)


def forms_of(message: Message) -> tuple[str, ...]:
    """The translation's forms, one for a message without plural; empty strings where nothing is written yet."""
    written = message.string
    return tuple(str(form) for form in written) if isinstance(written, tuple | list) else (str(written or ""),)


def header(language: str) -> str:
    """What a reader of the file needs; the rest of Babel's own header is template and dates."""
    return (
        f'# Hamkori: {language}\nmsgid ""\nmsgstr ""\n"Language: {language}\\n"\n"MIME-Version: 1.0\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n'
        f'"Plural-Forms: {PLURALS[language]}\\n"\n'
    )


def empty(language: str) -> Catalog:
    """A catalogue with nothing but its header."""
    return read_po(BytesIO(header(language).encode()), locale=language)


def read(room: Path, language: str) -> Catalog:
    """The room's catalogue as it is on disk, or an empty one."""
    path = catalogue_path(room, language)
    if not path.exists():
        return empty(language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def messages_of(catalogue: Catalog) -> dict[Key, Message]:
    """The messages without the header."""
    return {key_of(message): message for message in catalogue if message.id}


def write(room: Path, language: str, wanted: dict[Key, Source], said: dict[Key, tuple[str, ...]]) -> bool:
    """Writes the catalogue with exactly the wanted messages and what was said for them. True when the file changed."""
    fresh = empty(language)
    slots = fresh.num_plurals
    for key in sorted(wanted, key=lambda key: (key.text, key.context or "")):
        source = wanted[key]
        forms = tuple(typeset(language, form) for form in said.get(key, ("",)))
        string: str | tuple[str, ...] = forms[0]
        identity: str | tuple[str, str] = key.text
        if source.plural is not None:
            identity = (key.text, source.plural)
            string = forms if len(forms) == slots else (forms[0],) + ("",) * (slots - 1)
        fresh.add(
            identity, string, locations=[(place, 1) for place in sorted(source.places)], context=key.context,
            auto_comments=source.notes,
        )  # fmt: skip
    buffer = BytesIO()
    write_po(buffer, fresh, width=120, omit_header=True, include_lineno=False)
    body = buffer.getvalue().decode().strip("\n")
    text = header(language) + (f"\n{body}\n" if body else "")
    path = catalogue_path(room, language)
    if path.exists() and path.read_text("utf-8") == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return True


def update() -> list[Path]:
    """Brings every catalogue in step: new messages enter empty, or as another room already says them; stale ones leave.

    Returns the files that changed. A room without strings has no catalogue.
    """
    changed = []
    for language in LANGUAGES:
        elsewhere: dict[Key, tuple[str, ...]] = {}
        own: dict[Path, dict[Key, tuple[str, ...]]] = {}
        for room in rooms():
            own[room] = {key: forms_of(m) for key, m in messages_of(read(room, language)).items() if all(forms_of(m))}
            elsewhere |= own[room]
        for room in rooms():
            wanted = sources(room)
            path = catalogue_path(room, language)
            if wanted:
                if write(room, language, wanted, elsewhere | own[room]):
                    changed.append(path)
            elif path.exists():
                path.unlink()
                changed.append(path)
    return changed


def compile_all() -> int:
    """Compiles every catalogue whose .mo is missing or older than its .po; safe when several processes do it at once.

    Returns how many were compiled.
    """
    count = 0
    for source in HOUSE.rglob("locale/*/LC_MESSAGES/django.po"):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        catalogue = read_po(BytesIO(source.read_bytes()), locale=source.parents[1].name)
        with NamedTemporaryFile(dir=source.parent, suffix=".tmp", delete=False) as file:
            write_mo(file, catalogue)
        Path(file.name).chmod(0o644)
        Path(file.name).replace(target)
        count += 1
    return count
