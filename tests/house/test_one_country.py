"""The languages, the country, its clock and its emergency numbers are said once (vocabulary/country.py)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection

from hamkori.calendar.queries import calendar
from hamkori.casework.consent import texts
from hamkori.site.catalogues.merge import PLURALS
from hamkori.vocabulary import country
from hamkori.vocabulary.loading import read
from tests.database import god
from tests.house.tree import SOURCE, python
from tests.house.tree import texts as of_the_house

HERE = Path("vocabulary/country.py")
# English is the language of the code itself: of it a line may speak.
CODES = {*country.LANGUAGES, country.ZONE, country.COUNTRY} - {country.SOURCE}
NUMBERS = re.compile(rf"(?<!\d)(?:{'|'.join(country.EMERGENCY.values())})(?!\d)")
OF_ITS_OWN = {
    "catalogues": "the grammar of each language, and what may read alike in two of them",
    "demo": "the invented people speak what they speak, where they live",
    "terms.py": "how foreign directories write the names of languages",
}


def said(path: Path, text: str, tree: ast.Module | None = None) -> Iterator[str]:
    """What a file says by itself of the country, with its line."""
    if path == HERE or set(path.parts) & OF_ITS_OWN.keys() or "migrations" in path.parts:
        return
    if path.suffix != ".py":
        yield from (f"{path}: {found[0]}" for found in NUMBERS.finditer(text))
        return
    for node in ast.walk(tree or ast.parse(text)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if node.value in CODES:
                yield f"{path}:{node.lineno}: {node.value}"
            elif found := NUMBERS.search(node.value):
                yield f"{path}:{node.lineno}: {found[0]}"


def test_nothing_else_lists_languages_or_names_country_clock_and_numbers() -> None:
    parsed = {place: tree for place, _text, tree in python()}
    found = [
        line
        for place, text in of_the_house()
        if place.startswith("src/hamkori/") and place.endswith((".py", ".html", ".po", ".js", ".sql"))
        for line in said(Path(place).relative_to("src/hamkori"), text, parsed.get(place))
    ]
    assert found == [], "ask hamkori.vocabulary.country"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("web/x.py", 'ORDER = ("tg", "en")'),
        ("calendar/x.py", 'zone = "Asia/Dushanbe"'),
        ("directory/x.py", 'if code == "TJ": pass'),
        ("casework/work/rules/guards.py", 'SAID = {"danger": "Telephone 112."}'),
        ("web/templates/x.html", "<p>Police 102</p>"),
        ("web/locale/tg/LC_MESSAGES/django.po", 'msgstr "ба 103 занг занед"'),
    ],
)
def test_a_second_source_is_found(name: str, text: str) -> None:
    assert len(list(said(Path(name), text))) == 1
    assert not list(said(HERE, text))


def test_what_must_exist_for_each_language_exists() -> None:
    """Names of bodies and services have a column for each; a further language is a migration, a catalogue, a format."""
    assert set(country.READ_FIRST) == set(country.LANGUAGES) >= country.CYRILLIC
    assert set(PLURALS) == {*country.LANGUAGES} - {country.SOURCE}
    for language in country.LANGUAGES:
        assert (SOURCE / "site/formats" / language / "formats.py").exists(), language
        assert not NUMBERS.search(str(texts.consent(language).blocks)), "nobody has confirmed it: it is not read aloud"
    wanted = {f"name_{language}" for language in country.LANGUAGES}
    columns = [{field.name for field in model._meta.get_fields()} & wanted for model in apps.get_models()]
    named = [found for found in columns if found]
    assert len(named) > 1
    assert all(found == wanted for found in named)


@pytest.mark.django_db
def test_pages_and_working_time_go_by_one_clock() -> None:
    assert dict(settings.LANGUAGES) == country.LANGUAGE_NAMES
    assert calendar().zone == settings.TIME_ZONE == country.ZONE
    with god(), connection.cursor() as cursor:
        cursor.execute("select house_zone()")
        assert cursor.fetchone() == (country.ZONE,), "and so does the database"
    assert read("working_lists")["lists"]["urgency"]["working_time"]["zone"] == country.ZONE
    assert country.ahead_of_utc() == 300


def test_the_numbers_are_those_of_the_list_of_the_country() -> None:
    assert {*country.EMERGENCY.values()} <= {*read("admin_areas")["phone"]["emergency_short_numbers"]}
