"""A code survives the telephone: a wrong digit or two swapped ones are noticed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hamkori.vocabulary import codes
from tests.code_of import code_of

seven = st.integers(0, 10**7 - 1).map(lambda number: f"{number:07d}")


def test_the_published_example_of_damm() -> None:
    assert codes.check_digit("572") == "4"
    assert codes.check_digit("5724") == "0"


@given(seven)
def test_a_code_is_right_and_can_be_read_back_as_it_is_shown(digits: str) -> None:
    code = code_of(digits)
    assert len(code) == 8
    assert code.startswith(digits)
    assert codes.shown(code) == f"{code[:4]}\xa0{code[4:]}"
    assert codes.parse(codes.shown(code)) == code
    assert codes.parse(f" {code[:2]} {code[2:4]}-{code[4:]}\n") == code


@given(seven, st.integers(0, 7), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(digits: str, place: int, shift: int) -> None:
    code = code_of(digits)
    wrong = str((int(code[place]) + shift) % 10)
    assert codes.parse(code[:place] + wrong + code[place + 1 :]) is None


@given(seven, st.integers(0, 6))
def test_two_neighbours_swapped_are_noticed(digits: str, place: int) -> None:
    code = code_of(digits)
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert (codes.parse(swapped) == code) == (code[place] == code[place + 1])


@pytest.mark.parametrize("typed", ["", "4827", "482731620", "4827316a", "４８２７３１６２", "٤٨٢٧٣١٦٢", "../../etc"])
def test_what_is_no_code_is_none(typed: str) -> None:
    assert codes.parse(typed) is None


@given(seven, st.integers(0, 5), st.integers(3, 8))
def test_a_part_of_a_code_is_three_of_its_digits_or_more(digits: str, begin: int, length: int) -> None:
    code = code_of(digits)
    part = code[begin : begin + length]
    assert codes.part(part) == part
    assert codes.part(f" {part[:2]} {part[2:]}-") == part


@pytest.mark.parametrize("typed", ["", "12", "1 - 2", "123456789", "12a", "\u0661\u0662\u0663", "Canary", "12%", "1_2"])
def test_what_is_no_part_of_a_code_is_none(typed: str) -> None:
    assert codes.part(typed) == ""
