"""What Django says under a field comes in our words, in every language, or a reader of Tajik meets English."""

from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django import conf, forms
from django.utils import translation

from hamkori.web.kit import borrowed


class Shape(forms.Form):
    name = forms.CharField(max_length=3)
    mail = forms.EmailField()
    age = forms.IntegerField(max_value=120)
    sex = forms.ChoiceField(choices=[("a", "A")])
    missing = forms.CharField()


WRONG = {"name": "12345", "mail": "nobody", "age": "121", "sex": "b"}
TAJIK = {
    "name": "Ин матн бояд на бештар аз 3 аломат бошад (ҳоло 5).",
    "mail": "Суроғаи электронии дурустро нависед.",
    "age": "Адад бояд на бештар аз 120 бошад.",
    "sex": "Яке аз ҷавобҳои пешниҳодшударо интихоб кунед. «b» дар байни онҳо нест.",
    "missing": "Ин майдон ҳатмӣ аст.",
}


def test_every_refusal_of_a_field_is_said_in_tajik() -> None:
    with translation.override("tg"):
        assert {name: said[0] for name, said in Shape(WRONG).errors.items()} == TAJIK


@pytest.mark.parametrize("language", ["ru", "fr"])
def test_no_refusal_stays_english(language: str) -> None:
    with translation.override("en"):
        english = {name: said[0] for name, said in Shape(WRONG).errors.items()}
    with translation.override(language):
        other = {name: said[0] for name, said in Shape(WRONG).errors.items()}
    assert not {name for name in english if english[name] == other[name]}


def test_the_english_is_djangos_to_the_letter() -> None:
    """A sentence that Django words otherwise one day would stay untranslated in silence."""
    path = Path(conf.__file__).parent / "locale/en/LC_MESSAGES/django.po"
    with path.open("rb") as file:
        djangos = {
            text for message in read_po(file) for text in ([message.id] if isinstance(message.id, str) else message.id)
        }
    assert set(borrowed.SENTENCES) <= djangos
    with translation.override("en"):
        lengths = {str(length % {"limit_value": 1, "show_value": 2}) for length in borrowed.LENGTHS}
    assert lengths <= {text % {"limit_value": 1, "show_value": 2} for text in djangos if "%(show_value)d" in text}
