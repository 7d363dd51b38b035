"""The country in which this house stands: its languages, its clock, whom one telephones. Whoever needs one of these
asks here.

Emergency numbers are provisional, as the list of areas says.
"""

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

COUNTRY: Final = "TJ"
"""As it stands among the areas (ISO 3166-1)."""

COUNTRY_NAMES: Final = ("Tajikistan", "Тоҷикистон", "Таджикистан", "Tadjikistan")
"""How a foreign directory may write it."""

ZONE: Final = "Asia/Dushanbe"

LANGUAGE_NAMES: Final = {"en": "English", "tg": "Тоҷикӣ", "ru": "Русский", "fr": "Français"}
"""The languages of pages and lists, each as its readers call it."""

LANGUAGES: Final = tuple(LANGUAGE_NAMES)

SOURCE: Final = "en"
"""The language in which sentences are written; the catalogues hold the others."""

READ_FIRST: Final = ("tg", "ru", "en", "fr")
"""The same in the order in which a reader is helped who finds nothing in their own."""

FALLBACK: Final = READ_FIRST[0]

CYRILLIC: Final = frozenset({"tg", "ru"})

EMERGENCY: Final = {"life": "112", "police": "102", "ambulance": "103"}
"""Whom one calls in danger, where the installation names no other. A sentence names it: `{life}` in a guard's,
`"life"|telephone` in a template; both ask `hamkori.web.kit.emergency`."""


def ahead_of_utc() -> int:
    """Minutes by which the country's clock is ahead; it has no summer time."""
    ahead = ZoneInfo(ZONE).utcoffset(datetime(2026, 1, 1))  # noqa: DTZ001
    assert ahead is not None
    return int(ahead.total_seconds()) // 60
