"""A colleague's name can be read by whoever reads the page."""

import pytest
from django.utils import translation

from hamkori.people.queries import colleagues, names
from hamkori.vocabulary.letters import LATIN, in_letters_of
from tests import doors

ALPHABET = "абвгғдеёжзиӣйкқлмнопрстуӯфхҳчҷшъэюя" + "щцыь"


@pytest.mark.parametrize(
    ("written", "latin"),
    [("Зарина", "Zarina"), ("Шаҳноза", "Shahnoza"), ("Ҷамшед", "Jamshed"), ("Ғафурова Ҷамила", "Ghafurova Jamila")],
)
def test_a_name_is_latin_where_the_page_is(written: str, latin: str) -> None:
    assert in_letters_of("en", written) == latin
    assert in_letters_of("fr", written) == latin
    assert in_letters_of("tg", written) == in_letters_of("ru", written) == written


def test_what_was_written_in_latin_letters_is_not_guessed_back() -> None:
    assert in_letters_of("tg", "Anna-Marie O'Neil") == in_letters_of("en", "Anna-Marie O'Neil") == "Anna-Marie O'Neil"


def test_every_letter_of_both_alphabets_has_its_own() -> None:
    assert set(LATIN) == set(ALPHABET)
    assert all(answer.isascii() for answer in LATIN.values())


@pytest.mark.django_db
def test_pages_show_colleagues_so() -> None:
    doors.house()
    body = doors.body("umed")
    doors.custodians(body)
    person = doors.person(body, "Ҷамила", function="social_worker")
    with doors.acting(person) as actor:
        for language, name in (("tg", "Ҷамила"), ("ru", "Ҷамила"), ("fr", "Jamila"), ("en", "Jamila")):
            with translation.override(language):
                assert names([person.membership_id]) == {person.membership_id: name}
                assert name in {one.name for one in colleagues(actor)}
