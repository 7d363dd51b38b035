"""A button fits on a phone in every language: two words within 22 letters, and no button is longer than 30.

It has one form, too: an infinitive in Tajik, Russian and French, as a link that acts has (docs/languages.md).
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from hamkori.site.catalogues.merge import forms_of, messages_of, read
from hamkori.site.catalogues.sources import HOUSE, LANGUAGES, rooms

TWO_WORDS, ANY = 22, 30
TODAY = HOUSE / "web/today/buttons.py"
SAID = re.compile(r'{%\s*(?:button|post)\s+_\("((?:[^"\\]|\\.)*)"\)')
DRAWN = re.compile(r'{%\s*(?:button|post)\s+"((?:[^"\\]|\\.)*)"')
NAMED = re.compile(r"{%\s*(?:button|post)\s+([a-z_]+)\b")
TRANSLATED = re.compile(r'{%\s*translate\s+"([^"]+)"(?:\s+context\s+"[^"]*")?\s+as\s+(\w+)')
LINKED = re.compile(r"<(?:a|button)\b[^>]*>.{0,400}?</(?:a|button)>", re.DOTALL)
WORDS = re.compile(r'{%\s*translate\s+"([^"]+)"')
GETTEXT = {"_", "gettext", "gettext_lazy"}


def _in_templates() -> Iterator[str]:
    for path in HOUSE.glob("**/templates/**/*.html"):
        text = path.read_text("utf-8")
        named = {name: said for said, name in TRANSLATED.findall(text)}
        yield from SAID.findall(text)
        yield from (named[name] for name in NAMED.findall(text) if name in named)


def _said(node: ast.expr) -> str:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in GETTEXT:
        word = node.args[0]
        return word.value if isinstance(word, ast.Constant) and isinstance(word.value, str) else ""
    return ""


def _in_links() -> Iterator[str]:
    """The words of what is pressed and is no button of the kit; a whole sentence is none."""
    for path in HOUSE.glob("**/templates/**/*.html"):
        for pressed in LINKED.findall(path.read_text("utf-8")):
            yield from (text for text in WORDS.findall(pressed) if not text.endswith("."))


def _in_code() -> Iterator[str]:
    """What pages are given as the word of their button."""
    yield from (_said(node) for node in ast.walk(ast.parse(TODAY.read_text("utf-8"))) if isinstance(node, ast.expr))
    for path in HOUSE.glob("web/**/*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Dict):
                pairs = zip(node.keys, node.values, strict=True)
                yield from (_said(value) for key, value in pairs if _is_button(key))
            elif isinstance(node, ast.keyword) and node.arg == "button":
                yield _said(node.value)


def _is_button(key: ast.expr | None) -> bool:
    return isinstance(key, ast.Constant) and key.value == "button"


BUTTONS = sorted({text for text in (*_in_templates(), *_in_code()) if text})


def _translations() -> dict[str, dict[str, list[str]]]:
    """English -> language -> what any room says for it."""
    found: dict[str, dict[str, list[str]]] = {}
    for room in rooms():
        for language in LANGUAGES:
            for key, message in messages_of(read(room, language)).items():
                found.setdefault(key.text, {}).setdefault(language, []).extend(forms_of(message))
    return found


TRANSLATIONS = _translations()


def too_long(english: str, language: str, text: str) -> str:
    most = TWO_WORDS if len(english.split()) <= 2 else ANY
    return f"{language}: {text!r} has {len(text)} letters, not {most}" if len(text) > most else ""


def test_a_button_of_the_drawing_fits_too() -> None:
    """The page of all components is English in every language: its buttons are not translated."""
    texts = [path.read_text("utf-8") for path in HOUSE.glob("web/templates/styleguide*/*.html")]
    texts.append((HOUSE / "web/templates/styleguide.html").read_text("utf-8"))
    said = [button for text in texts for button in DRAWN.findall(text)]
    assert len(said) > 20
    assert not [fault for button in said if (fault := too_long(button, "en", button))]


@pytest.mark.parametrize("button", BUTTONS)
def test_a_button_fits_on_a_phone(button: str) -> None:
    said = [("en", button)]
    said += [(language, text) for language in LANGUAGES for text in TRANSLATIONS[button][language]]
    assert not [fault for language, text in said if (fault := too_long(button, language, text))]


# --- one form ------------------------------------------------------------------------------------------------------
INFINITIVE = {
    "tg": re.compile(r"(?:дан|тан)и?\b"),
    "ru": re.compile(r"(?:ть|ти|чь|ться|тись)\b"),
    "fr": re.compile(r"(?:er|ir|re)\b"),
}
IMPERATIVE = {
    "tg": re.compile(r"^(?:(?!, ки| чӣ | он чи ).)*\w{2}ед\b"),
    "ru": re.compile(r"[иый]те(?:сь)?\b"),
    "fr": re.compile(r"(?<!vous )\b\w+ez\b"),
}
SAID_BY_THE_PRESS = frozenset(
    {
        "A doctor saw both",
        "A doctor saw the child",
        "A doctor saw the person",
        "A place was found",
        "An adult answers now",
        "Another one, not listed here",
        "Answer: not shared",
        "Done, set the next step",
        "I have them",
        "No doctor is needed",
        "No place tonight",
        "Not now",
        "Not reached",
        "Put back: not told yet",
        "Nothing more to do",
        "The person did not get there",
        "The person wants it ended",
        "The person withdraws something",
        "There is room again",
        "Yes, for now",
        "Yes, the person is there",
    }
)
"""Buttons that say what is so: whoever presses says it."""
PLACES = frozenset(
    {
        "All cases",
        "Another referral",
        "Back",
        "Back to the case",
        "Back to the consent",
        "Go back to the answers",
        "New recovery codes",
        "New telephone",
        "Previous part",
        "The version that was not kept",
    }
)
"""Buttons that name where they lead, or what comes."""


def another_form(language: str, text: str, *, acts: bool = True) -> str:
    """What is wrong with the form of a button; of a link that may be a noun only that it commands."""
    if IMPERATIVE[language].search(text):
        return f"{language}: {text!r} is an imperative"
    return f"{language}: {text!r} has no infinitive" if acts and not INFINITIVE[language].search(text) else ""


def test_a_button_is_an_infinitive() -> None:
    acting = set(BUTTONS) - SAID_BY_THE_PRESS - PLACES
    found = [
        fault
        for english in sorted({*BUTTONS, *_in_links()} & TRANSLATIONS.keys())
        for language in LANGUAGES
        for text in set(TRANSLATIONS[english][language])
        if (fault := another_form(language, text, acts=english in acting))
    ]
    assert not found, "\n".join(found)
    assert set(BUTTONS) >= SAID_BY_THE_PRESS | PLACES, "an exception that is no button any more"


@pytest.mark.parametrize(
    ("language", "text", "right"),
    [
        ("tg", "Ибораи махфиро нависед", False),
        ("tg", "Сабти ҷавобҳо", False),
        ("tg", "Гуфтан, ки чӣ медонед", True),
        ("tg", "Розигӣ бозпас гирифтан", True),
        ("ru", "Выберите следующий шаг", False),
        ("ru", "Выбрать следующий шаг", True),
        ("fr", "Choisissez", False),
        ("fr", "Dire ce que vous savez", True),
    ],
)
def test_another_form_is_seen(language: str, text: str, *, right: bool) -> None:
    assert bool(another_form(language, text)) is not right


def test_the_buttons_are_found() -> None:
    assert len(BUTTONS) > 100
    assert {"Save the decision", "Withdraw consent", "Dispute it"} <= set(BUTTONS)


@pytest.mark.parametrize(
    ("english", "text", "fits"),
    [
        ("Withdraw consent", "Бозпас гирифтани розигӣ", False),
        ("Withdraw consent", "Отозвать согласие", True),
        ("Ask another organisation", "Demander à une autre organisation", False),
        ("Ask another organisation", "Спросить другую организацию", True),
    ],
)
def test_a_long_one_is_seen(english: str, text: str, fits: bool) -> None:
    assert bool(too_long(english, "xx", text)) is not fits


def test_every_place_is_read() -> None:
    assert Path(HOUSE / "web" / "templates").is_dir()
    assert set(_in_code()) - {""}
