"""Open text is brought into one form, and no number of a case hides in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hamkori.vocabulary.codes import check_digit
from hamkori.vocabulary.open_text import clean, no_case_code

sevens = st.text("0123456789", min_size=7, max_size=7)
between = st.sampled_from(
    ["", " ", "\n", "\xa0", "\u2009", ".", "-", "\u2011", "\u2013", "\u2014", "\u200b", "\u2060 "]
)
letters = st.text(st.characters(categories=["L", "P", "Zs"]), max_size=20)


def code(seven: str) -> str:
    return seven + check_digit(seven)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Help\tfor all \r\n\r\nby day\r", "Help for all \n\nby day"),
        ("и\u0306", "й"),
        ("soft\xadhyphen\u200b and \u202eturned\x07", "softhyphen and turned"),
        ("", ""),
    ],
)
def test_what_is_pasted_is_brought_into_one_form(typed: str, kept: str) -> None:
    assert clean(typed) == kept


@given(st.text())
def test_what_is_clean_stays_as_it_is(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(sevens, between, letters, letters)
def test_a_number_is_found_however_it_is_written(seven: str, sign: str, before: str, behind: str) -> None:
    whole = code(seven)
    first, second = whole[:4], whole[4:]
    years = 1900 <= int(first) <= 2100 and 1900 <= int(second) <= 2100 and sign not in ("", "\u200b")
    assert no_case_code(f"{before}{first}{sign}{second}{behind}") is years


@given(sevens, st.sampled_from(["٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "０１２３４５６７８９"]))
def test_other_peoples_digits_are_digits(seven: str, digits: str) -> None:
    assert not no_case_code("№ " + code(seven).translate(str.maketrans("0123456789", digits)))


@given(st.text("0123456789", min_size=4, max_size=4), sevens)
def test_a_pair_hides_no_other(four: str, seven: str) -> None:
    whole = code(seven)
    assert not no_case_code(f"{four} {whole}")
    assert not no_case_code(f"{four}-{whole[:4]}.{whole[4:]} {four}") or whole[:2] in ("19", "20", "21")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "+992 37 221 12 34",
        "992372211234",  # more digits beside
        "48273162" + "5",
        "4827  3162",  # two signs between
        "48 273 162",
        "4827 3163",  # the check digit is another
        "2019-2023 and 2024.2026",
    ],
)
def test_what_is_no_number_of_a_case_is_let_be(text: str) -> None:
    assert no_case_code(text)


def test_only_two_years_are_years() -> None:
    found = [
        f"{one}{other}" for one in range(1900, 2101) for other in range(1900, 2101) if not no_case_code(f"{one}{other}")
    ]
    assert len(found) > 4000, "without a sign between them they are a number"
    assert all(no_case_code(f"{pair[:4]}-{pair[4:]}") for pair in found)
