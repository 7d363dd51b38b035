"""What a referral asks for is one whole phrase: for every kind of help and every person, in every language."""

from __future__ import annotations

import pytest
from django.utils import translation

from hamkori.vocabulary import codelist
from hamkori.web.words import asked, case


def test_a_girl_or_a_boy_is_under_eighteen_and_a_woman_or_a_man_is_not() -> None:
    assert asked.asked("HOME-02", "female", "a18_29") == "A place for a woman, 18\u201129"
    assert asked.asked("HOME-02", "male", "a9_17", "2") == "A place for a boy, 9\u201117, with 2 children"
    assert asked.asked("HOME-02", "female", "unknown") == "A place for a person, age not known"
    assert asked.person("female", "a48_plus") == "Woman, 48+"
    assert asked.person("female", "unknown") == "Woman or girl, age not known"
    assert case.person_of("female", "a18_29") == "Woman, 18\u201129", "on Today, in the list of cases, at their head"
    assert case.person_of("other_or_not_said", "unknown") == "", "nothing is known of them"


@pytest.mark.parametrize("language", ["en", "tg", "ru", "fr"])
def test_every_kind_of_help_has_its_phrase(language: str) -> None:
    with translation.override(language):
        said = {
            asked.asked(service.code, sex, age)
            for service in codelist("service")
            for sex in codelist("sex").codes
            for age in codelist("age_band").codes
        }
        assert not any("%" in one for one in said)
        groups = {str(service.data["group"]) for service in codelist("service")}
        assert groups <= set(asked.ASKED)
        assert len({str(one) for phrases in asked.ASKED.values() for one in phrases}) == 6 * len(asked.ASKED)
