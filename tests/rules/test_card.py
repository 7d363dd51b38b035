"""The card says what a desk needs to say yes, in codes, and the police get less."""

from dataclasses import fields, replace
from datetime import UTC, date, datetime
from itertools import combinations

import pytest

from hamkori.casework.case.rules.age import CHILD_BANDS, by_confirming
from hamkori.casework.referral.rules import card as cards
from hamkori.casework.referral.rules.card import (
    NEEDED,
    OF_A_CHILD,
    SICK_CHILD,
    WHO_NEEDS,
    Card,
    Flags,
    build,
    no_is_for,
)
from hamkori.vocabulary import codelist
from tests.code_of import code_of

CARD = Card(
    referral_code=code_of("4827316"),
    kind_code="service",
    service_code="HOME-02",
    needed_from_on=date(2026, 11, 25),
    urgency_code="urgent",
    answer_due_at=datetime(2026, 11, 25, 12, 0, tzinfo=UTC),
    sex_code="female",
    age_band_code="a18_29",
    region_code="TJ-KT",
    language_codes=("tg", "uz"),
    interpreter=False,
    risk_level_code="raised",
    flags=Flags(step_free="yes", children_with_her="2"),
    answers=(("can_travel", ("with_help",)), ("children_ages", ("children_0_6", "children_7_13"))),
)


def test_a_helping_desk_sees_all_of_it() -> None:
    assert build(CARD, police=False) == CARD


def test_a_police_card_has_no_region_and_no_flags() -> None:
    seen = build(CARD, police=True)
    assert seen == replace(CARD, region_code=None, flags=None)
    assert build(seen, police=True) == seen


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("referral_code", "12345678"),
        ("kind_code", "Firuza, 24, with a child"),
        ("service_code", "HOME-99"),
        ("urgency_code", "soon"),
        ("sex_code", "F"),
        ("age_band_code", "24"),
        ("region_code", "TJ-KT-03"),
        ("language_codes", ("tg", "Firuza")),
        ("risk_level_code", "her brother looks for her"),
        ("flags", Flags(children_with_her="two sons")),
        ("flags", Flags(urgent_health="her kidney")),
        ("flags", Flags(urgent_health="a boy of four")),
        ("flags", Flags(step_free="child_0_6")),
        ("answers", (("can_travel", ("from Kulob by bus",)),)),
        ("answers", (("where_is_she", ("yes",)),)),
        ("answers", (("can_travel", ("yes", "no")),)),
    ],
)
def test_no_text_gets_onto_a_card(field: str, value: object) -> None:
    with pytest.raises(ValueError, match=field):
        build(replace(CARD, **{field: value}), police=False)  # type: ignore[arg-type]


@pytest.mark.parametrize("code", WHO_NEEDS)
def test_who_needs_a_doctor_is_a_code_and_a_child_is_said_with_an_age_of_the_list(code: str) -> None:
    assert build(replace(CARD, flags=Flags(urgent_health=code)), police=False).flags == Flags(urgent_health=code)
    assert (code in NEEDED) is (code not in ("no", "not_asked"))
    assert len(code) <= 12, "as wide as its column"
    assert SICK_CHILD.get(code, "children_0_6") in codelist("answer_code")
    assert codelist("card_flag").entry("urgent_health").data["values"] == [*WHO_NEEDS]


def test_the_card_holds_no_name_no_district_and_no_case() -> None:
    names = {field.name for field in fields(Card)}
    assert not names & {"name", "call_name", "case", "case_code", "district", "district_code", "text", "age"}


@pytest.mark.parametrize(
    ("question", "answers", "fits"),
    [
        ("can_travel", ("yes",), True),
        ("can_travel", (), False),
        ("can_travel", ("no_children",), False),
        ("children_ages", ("children_0_6", "children_0_6"), False),
        ("children_ages", ("children_0_6", "children_14_17"), True),
        ("needs_escort", ("yes", "no"), False),
    ],
)
def test_an_answer_is_one_that_the_question_allows(question: str, answers: tuple[str, ...], fits: bool) -> None:
    assert cards.answer_fits(question, answers) == fits


def test_who_may_be_under_eighteen_is_written_as_a_child_of_unknown_age() -> None:
    assert "child_age_unknown" in CHILD_BANDS
    assert not {"adult_age_unknown", "unknown"} & set(CHILD_BANDS)


def test_children_are_a_number_only() -> None:
    flag = codelist("card_flag").entry("children_with_her").data["values"]
    assert tuple(flag) == cards.CHILDREN  # type: ignore[arg-type]


def test_the_bands_of_children_are_those_of_the_list() -> None:
    for entry in codelist("age_band"):
        assert (entry.code in CHILD_BANDS) == (entry.data["child"] is True)


@pytest.mark.parametrize(
    ("was_child", "child", "settled", "asked"),
    [
        (True, False, False, True),
        (False, True, False, False),
        (False, True, True, True),
        (True, True, True, False),
        (False, False, True, False),
    ],
)
def test_a_child_is_made_an_adult_by_the_act_that_asks_why(
    *, was_child: bool, child: bool, settled: bool, asked: bool
) -> None:
    assert by_confirming(was_child=was_child, child=child, settled=settled) is asked


def test_several_ages_are_kept_as_one_code_that_names_them() -> None:
    ages = codelist("question_code").entry("children_ages").data["answers"]
    assert isinstance(ages, list)
    several = [one for one in ages if one.startswith("children_")]
    for count in range(1, len(several) + 1):
        for ticked in combinations(several, count):
            kept = cards.as_kept(reversed(ticked))
            assert kept, ticked
            assert cards.parts_of(kept) == ticked
            assert len(kept) <= 30, "the column"
    assert cards.as_kept(["no_children", "children_0_6"]) == ""
    assert cards.as_kept([]) == ""
    assert cards.parts_of("no code") == ()
    said = (("children_ages", ("not_known",)), ("has_papers", ("yes",)), ("children_ages", ("children_7_13",)))
    assert cards.children_said(said) == "children_7_13", "what was said last"


def test_a_no_to_doctors_is_for_the_person_and_not_for_a_child_who_comes_along() -> None:
    assert [one for one in WHO_NEEDS if not no_is_for(one)] == list(OF_A_CHILD)
