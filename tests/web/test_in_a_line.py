"""Labels that stand in one line: the first begins it, the others are written small, where the language does so."""

import pytest
from django.utils import translation

from hamkori.web.words import lists, referral


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Women, women with children"),
        ("tg", "Занон, занон бо фарзандон"),
        ("ru", "Женщины, женщины с детьми"),
        ("fr", "Femmes, femmes avec enfants"),
    ],
)
def test_only_the_first_of_a_line_begins_with_a_capital(language: str, said: str) -> None:
    with translation.override(language):
        assert lists.labels("admission_group", ["women_with_children", "women"]) == said


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Tajik, Russian, another language"),
        ("tg", "Тоҷикӣ, русӣ, забони дигар"),
        ("ru", "Таджикский, русский, другой язык"),
        ("fr", "Tadjik, russe, autre langue"),
    ],
)
def test_english_alone_writes_languages_large(language: str, said: str) -> None:
    with translation.override(language):
        assert lists.labels("language", ["tg", "ru", "other"]) == said
        assert referral.spoken(["tg", "ru", "other"], interpreter=False) == said


def test_an_abbreviation_stays_large_and_nothing_stays_nothing() -> None:
    assert lists.inside("NGO shelter") == "NGO shelter"
    assert lists.enumerated([]) == ""
    assert lists.inside("") == ""


def test_names_with_commas_inside_keep_their_capitals() -> None:
    said = "Full name and documents; Needs, risk, plan"
    assert lists.joined("packet_section", ["needs", "identity"]) == said
