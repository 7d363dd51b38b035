"""Which kind of browser somebody uses, as coarsely as a person would say it: "Firefox on Android", nothing finer.

A code is `<browser>_<system>`. Versions, models and addresses are not read: whoever looks through the sessions needs to
tell their telephone from the computer in the office, and nobody needs more.
"""

from __future__ import annotations

from typing import Final

OTHER: Final = "other"

# Word in the browser's own line -> code. The first that is found counts: most pretend to be others as well.
_BROWSER_WORDS: Final = (
    ("YaBrowser", "yandex"),
    ("SamsungBrowser", "samsung"),
    ("OPR/", "opera"),
    ("Opera", "opera"),
    ("Edg", "edge"),
    ("Firefox", "firefox"),
    ("FxiOS", "firefox"),
    ("CriOS", "chrome"),
    ("Chrome", "chrome"),
    ("Chromium", "chrome"),
    ("Safari", "safari"),
)
_SYSTEM_WORDS: Final = (
    ("iPhone", "iphone"),
    ("iPad", "ipad"),
    ("Android", "android"),
    ("Windows", "windows"),
    ("CrOS", "chromebook"),
    ("Macintosh", "mac"),
    ("Linux", "linux"),
)

BROWSERS: Final = {
    "chrome": "Chrome",
    "edge": "Edge",
    "firefox": "Firefox",
    "opera": "Opera",
    "safari": "Safari",
    "samsung": "Samsung Internet",
    "yandex": "Yandex",
}
SYSTEMS: Final = {
    "android": "Android",
    "chromebook": "Chromebook",
    "ipad": "iPad",
    "iphone": "iPhone",
    "linux": "Linux",
    "mac": "Mac",
    "windows": "Windows",
}
"""Names as their makers write them, in every language."""


def kind_of(said: str) -> str:
    """The code of a browser by what it says of itself. What says nothing that we know is `other_other`."""
    return f"{_first(said, _BROWSER_WORDS)}_{_first(said, _SYSTEM_WORDS)}"


def names_of(code: str) -> tuple[str, str]:
    """Browser and system of a code; '' for what is not known, also of a code that is none of ours."""
    browser, _, system = code.partition("_")
    return BROWSERS.get(browser, ""), SYSTEMS.get(system, "")


def _first(said: str, words: tuple[tuple[str, str], ...]) -> str:
    return next((code for word, code in words if word in said), OTHER)
