"""What is missing or wrong in the catalogues; each finding is one line that names file and message.

Untranslated, fuzzy or stale messages; other placeholders or tags than the source; empty plural slots; a translation
equal to English, or Tajik equal to Russian, outside `same.yaml`; a Tajik catalogue whose letters are hardly Tajik; a
Latin letter inside a Cyrillic word; one text said in two ways in two rooms.
"""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import yaml
from babel.messages.catalog import Message

from hamkori.site.catalogues.merge import catalogue_path, forms_of, messages_of, read, typeset
from hamkori.site.catalogues.sources import HOUSE, LANGUAGES, Key, Source, rooms, sources

SAME = Path(__file__).with_name("same.yaml")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}|%%")
TAG = re.compile(r"</?[a-z][^>]*>", re.IGNORECASE)
ENTITY = re.compile(r"&\w+;")
TAJIK = frozenset("ғӣқӯҳҷ")
TAJIK_SHARE = 0.03
# Below this many letters a share says nothing; the whole language is always measured.
ENOUGH_LETTERS = 600
CYRILLIC = "Ѐ-ӿ"
# Context of a message whose Latin letters are signs for day, month and year; Tajik hangs its ending on one.
DATE_FORMAT = "date format"
MIXED_WORD = re.compile(rf"\w*(?:[{CYRILLIC}][A-Za-z]|[A-Za-z][{CYRILLIC}])\w*")
WORD = re.compile(r"[^\W\d_]{2,}")


def check() -> list[str]:
    """All findings over all rooms and languages, in order; empty when the catalogues may be shipped."""
    findings: list[str] = []
    said: dict[tuple[str, Key], tuple[Path, tuple[str, ...]]] = {}
    letters: dict[Path, Counter[str]] = {}
    for room in rooms():
        wanted = sources(room)
        catalogues = {language: messages_of(read(room, language)) for language in LANGUAGES}
        for language, messages in catalogues.items():
            path = catalogue_path(room, language)
            findings += _out_of_step(path, wanted, messages)
            for key, message in messages.items():
                name = f"{path.relative_to(HOUSE)}: {key.text[:70]!r}"
                forms = forms_of(message)
                findings += [f"{name}: {fault}" for fault in faults(language, message)]
                findings += _elsewhere(said, language, key, path, forms, name)
                if language == "tg":
                    letters.setdefault(path, Counter()).update("".join(forms).lower())
        findings += _tajik_as_russian(room, catalogues)
    findings += _hardly_tajik(letters)
    return findings


def _out_of_step(path: Path, wanted: dict[Key, Source], messages: dict[Key, Message]) -> Iterator[str]:
    where = path.relative_to(HOUSE)
    for key in sorted(wanted.keys() - messages.keys(), key=str):
        yield f"{where}: {key.text[:70]!r}: not in the catalogue; run ./hamkori catalogues update"
    for key in sorted(messages.keys() - wanted.keys(), key=str):
        yield f"{where}: {key.text[:70]!r}: nobody says this any more; run ./hamkori catalogues update"
    for key in sorted(wanted.keys() & messages.keys(), key=str):
        if (wanted[key].plural is not None) != messages[key].pluralizable:
            yield f"{where}: {key.text[:70]!r}: the source changed its plural; run ./hamkori catalogues update"


def faults(language: str, message: Message) -> Iterator[str]:
    """What is wrong with one translation, each in a few words."""
    forms = forms_of(message)
    if message.fuzzy:
        yield "fuzzy"
    if not all(form.strip() for form in forms):
        yield "not translated" if not any(forms) else "a plural form is empty"
        return
    identities = message.id if isinstance(message.id, tuple | list) else (message.id,)
    for slot, form in enumerate(forms):
        # Only where the first form means exactly one may it leave the number out; in Russian it also means 21.
        models = identities if slot == 0 and language != "ru" else identities[-1:]
        if all(_marks(PLACEHOLDER, form) != _marks(PLACEHOLDER, str(model)) for model in models):
            yield f"placeholders differ: {form[:70]!r}"
        if all(_marks(TAG, form) != _marks(TAG, str(model)) for model in models):
            yield f"tags differ: {form[:70]!r}"
        if form.strip() in {str(identity).strip() for identity in identities} and not _may_equal(language, form):
            yield "equal to English; if that is right, say so in same.yaml"
        if message.context != DATE_FORMAT and (mixed := MIXED_WORD.search(_plain(form))):
            yield f"Latin inside a Cyrillic word: {mixed[0]!r}"
        if form != typeset(language, form):
            yield f"a line could end before a sign; run ./hamkori catalogues update: {form[:70]!r}"


def _marks(pattern: re.Pattern[str], text: str) -> Counter[str]:
    return Counter(pattern.findall(text))


def _plain(text: str) -> str:
    """The words alone; a placeholder or tag leaves a blank, so that what touched it is not glued together."""
    return ENTITY.sub(" ", TAG.sub(" ", PLACEHOLDER.sub(" ", text)))


@cache
def _same() -> dict[str, frozenset[str]]:
    lists = yaml.safe_load(SAME.read_text("utf-8"))
    return {name: frozenset(str(text) for text in texts or ()) for name, texts in lists.items()}


def _may_equal(language: str, text: str) -> bool:
    """Texts without a word (a number, a dash, a placeholder alone) are the same in every language."""
    if not WORD.search(_plain(text)):
        return True
    return text.strip() in _same()["everywhere"] or text.strip() in _same()[language]


def _elsewhere(
    said: dict[tuple[str, Key], tuple[Path, tuple[str, ...]]],
    language: str,
    key: Key,
    path: Path,
    forms: tuple[str, ...],
    name: str,
) -> Iterator[str]:
    first, before = said.setdefault((language, key), (path, forms))
    if before != forms and all(before) and all(forms):
        yield f"{name}: said otherwise in {first.relative_to(HOUSE)}; use a context if two meanings are meant"


def _tajik_as_russian(room: Path, catalogues: dict[str, dict[Key, Message]]) -> Iterator[str]:
    for key, message in catalogues["tg"].items():
        tajik, russian = forms_of(message)[0], catalogues["ru"].get(key)
        if not tajik or russian is None or tajik != forms_of(russian)[0] or not WORD.search(_plain(tajik)):
            continue
        if tajik.strip() not in _same()["tg_as_ru"] | _same()["everywhere"] | _same()["tg"]:
            where = catalogue_path(room, "tg").relative_to(HOUSE)
            yield f"{where}: {key.text[:70]!r}: Tajik equal to Russian: {tajik[:50]!r}; if right, say so in same.yaml"


def _hardly_tajik(letters: dict[Path, Counter[str]]) -> Iterator[str]:
    whole: Counter[str] = Counter()
    for path, counts in letters.items():
        whole += counts
        if sum(counts[c] for c in counts if c.isalpha()) >= ENOUGH_LETTERS and _share(counts) < TAJIK_SHARE:
            yield f"{path.relative_to(HOUSE)}: only {_share(counts):.1%} of the letters are ғ ӣ қ ӯ ҳ ҷ"
    if _share(whole) < TAJIK_SHARE and any(c.isalpha() for c in whole):
        yield f"Tajik as a whole: only {_share(whole):.1%} of the letters are ғ ӣ қ ӯ ҳ ҷ"


def _share(counts: Counter[str]) -> float:
    letters = sum(number for letter, number in counts.items() if letter.isalpha())
    return sum(counts[letter] for letter in TAJIK) / letters if letters else 0.0
