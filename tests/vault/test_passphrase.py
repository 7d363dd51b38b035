"""What may be a passphrase: six offered words, or fourteen characters that are no pattern and not herself."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hamkori.vault.passphrase import OFFERED, Weakness, offer_words, weakness, words

ZARINA = ["Зарина Раҳимова", "zarina.rahimova@umed.tj", "Umed"]


def test_the_words_are_plain_many_and_told_apart() -> None:
    assert len(words()) == len(set(words())) >= 1024
    assert all(re.fullmatch(r"[a-z]{3,12}", word) for word in words())
    assert OFFERED * math.log2(len(words())) >= 60


def test_what_we_offer_is_new_each_time_and_accepted() -> None:
    offers = [offer_words() for _ in range(200)]

    assert len(set(offers)) == 200
    for offered in offers:
        assert len(set(offered.split(" "))) == 6
        assert weakness(offered, ZARINA) is None


@pytest.mark.parametrize(
    "typed",
    [
        "the kettle sings at four",
        "дарё ором мегузарад",
        "ворона летит над рекой",
        "харгӯш дар теппа хоб аст",
        "gR7#kq!Vw2^zLm9p",
        "acorn amber aspen azure beige birch",
    ],
)
def test_ordinary_sentences_and_machine_made_ones_are_right(typed: str) -> None:
    assert weakness(typed, ZARINA) is None


@pytest.mark.parametrize("typed", ["", "кӯтоҳ", "thirteen char", "и\u0304" * 13, "acorn amber"])
def test_less_than_fourteen_is_too_short(typed: str) -> None:
    assert weakness(typed) is Weakness.TOO_SHORT


def test_what_no_person_types_is_too_long() -> None:
    assert weakness("gR7#kq!Vw2^zLm9p" * 17) is Weakness.TOO_LONG


@pytest.mark.parametrize(
    "typed",
    [
        " " * 14,
        "aaaaaaaaaaaaaaaa",
        "abcabcabcabcabcabc",
        "apple apple apple apple",
        "acorn acorn acorn acorn acorn acorn",
        "qwertyuiop123456",
        "poiuytrewq654321",
        "1qaz2wsx3edc4rfv",
        "йцукенгшщзхъ12",
        "абвгдежзийклмн",
        "P4ssw0rd P4ssw0rd!",
        "hamkori2026hamkori",
        "Hamkori2026!Dushanbe",
        "ҲамкорӣҲамкорӣ2026",
        "хамкори хамкори",
        "Тоҷикистон-Душанбе 9.09.1991",
        "dushanbe 12.04.1985 abc",
        "пароль пароль пароль",
        "to be or not to be",
        "tobeornottobe!!",
        "Мороз и солнце, день чудесный!",
        "Бӯи Ҷӯи Мӯлиён ояд ҳаме",
        "correct horse battery staple",
    ],
)
def test_what_guessers_try_first_is_common(typed: str) -> None:
    assert weakness(typed) is Weakness.COMMON


@pytest.mark.parametrize(
    "typed", ["Зарина Раҳимова 1990", "зарина рахимова.", "zarina.rahimova@umed.tj", "Z4rina-R4himova-Umed"]
)
def test_herself_is_no_passphrase(typed: str) -> None:
    assert weakness(typed) is None
    assert weakness(typed, ZARINA) is Weakness.ABOUT_YOU


def test_two_letters_of_her_name_are_no_word() -> None:
    assert weakness("the kettle sings at four", ["at ke"]) is None


@given(st.text(max_size=300), st.text(max_size=40))
def test_adding_what_we_know_of_her_never_makes_a_passphrase_better(typed: str, about: str) -> None:
    if weakness(typed) is not None:
        assert weakness(typed, [about]) is weakness(typed)
