"""Spellings made equal, and Tajik order: the rules and the database's functions say the same."""

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hamkori.directory.rules.fold import fold, words
from hamkori.directory.rules.texts import shown

ORDER = "гап Гулнора ғафс Ғаффор ид ӣ калам қалам ут ӯ хона ҳаво чой Чориев Ҷамшед ҷой шаҳр яблоко"
ALPHABET = "абвгғдеёжзиӣйкқлмнопрстуӯфхҳчҷшъэюя"
LETTERS = ALPHABET + ALPHABET.upper() + "ѓќљњўї цщыь abcdefghijklmnopqrstuvwxyz'ʼ.-3é"


def asked(function: str, text: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"select {function}(%s)", [text])
        found: str = cursor.fetchone()[0]
    return found


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("Гафурова Джамила", "Ғафурова Ҷамила Қодировна"),
        ("gafurova jamila", "Ғафурова Ҷамила Қодировна"),
        ("Чамила Гафурова", "Ғафурова Ҷамила Қодировна"),
        ("ѓафурова", "Ғафурова Ҷамила Қодировна"),
        ("ҷамила қодир", "Ғафурова Ҷамила Қодировна"),
        ("Рахманов", "Раҳмонов"),
        ("Ульджабаева", "Ӯлҷабоева"),
        ("Kholikov", "Холиқов"),
        ("ёри", "Yori"),
        ("Umed", "Умед"),
        ("sécurité", "Securite"),
    ],
)
def test_spellings_of_one_name_are_equal(typed: str, written: str) -> None:
    beginnings = [f" {word}" for word in words(typed)]
    assert all(beginning in f" {fold(written)}" for beginning in beginnings)


def test_another_name_is_another() -> None:
    assert not any(f" {word}" in f" {fold('Каримова')}" for word in words("Ғафурова"))


@pytest.mark.django_db
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet=LETTERS, max_size=30))
def test_the_database_folds_as_the_rules_do(text: str) -> None:
    assert asked("tj_fold", text) == fold(text)


@pytest.mark.django_db
def test_tajik_order() -> None:
    assert sorted(ORDER.split(), key=lambda word: asked("tj_key", word)) == ORDER.split()
    assert sorted(ALPHABET, key=lambda letter: asked("tj_key", letter)) == list(ALPHABET)


def test_a_text_falls_back_and_says_so() -> None:
    texts = {"tg": "", "ru": "Русский", "en": "English", "fr": ""}
    assert (shown(texts, "en").text, shown(texts, "en").other_language) == ("English", False)
    assert (shown(texts, "fr").text, shown(texts, "fr").language, shown(texts, "fr").other_language) == (
        "Русский",
        "ru",
        True,
    )
    assert shown({}, "tg").text == ""
