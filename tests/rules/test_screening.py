"""Screening by hand: each expected word was worked out from the indicator sheet, not from the code."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hamkori.casework.screening.rules import screening
from hamkori.casework.screening.rules.screening import (
    Assessment,
    Dimension,
    SetResult,
    assess,
    positive,
    sets_for,
    stage_2_adult,
    stage_2_child,
)
from hamkori.vocabulary import codelist, indicators

BUILDING = {"construction": "happened"}
FIELD = {"farm_work": "happening"}
SEXUAL = {"sexual_exploitation": "happening"}
HIRED = {"ACT1": "present"}
NO_ACT = {f"ACT{n}": "absent" for n in range(1, 7)}
EVERY_SIGN = {entry.code: "present" for entry in indicators()}


def signs(codes: str) -> dict[str, str]:
    return dict.fromkeys(codes.split(), "present")


def adult(codes: str, acts: dict[str, str] = HIRED, forms: dict[str, str] = BUILDING) -> Assessment:
    return assess(False, forms, acts, signs(codes))


def child(codes: str, acts: dict[str, str] = HIRED, forms: dict[str, str] = FIELD) -> Assessment:
    return assess(True, forms, acts, signs(codes))


def of(found: SetResult, code: str) -> Dimension:
    return next(one for one in found.dimensions if one.code == code)


@pytest.mark.parametrize(
    ("codes", "result"),
    [
        # strong and medium in DR and in EX, two strong in CD: means at both ends, and the purpose
        ("DR01 DR02 EX01 EX02 CD01 CD02", "presumed_victim_strong"),
        # the same with the dependency at the destination instead of force: three medium in VD
        ("DR01 DR02 EX01 EX02 VD01 VD02 VD03", "presumed_victim_strong"),
        # coercion and exploitation; how it began is not told
        ("EX01 EX04 CD04 CD07", "presumed_victim_forced_labour"),
        # three medium in DR, three medium in EX, nothing at the destination
        ("DR02 DR03 DR04 EX02 EX04 EX05", "possible_victim_review"),
        # two medium and a weak one in EX, the same in VD
        ("EX02 EX03 EX09 VD01 VD02 VD06", "possible_victim_review"),
        # strong and medium in CR, freed before any work
        ("CR01 CR10", "at_risk_prevented"),
        # strong and weak in EX
        ("EX01 EX09", "labour_rights_referral"),
        # coercion without any sign of exploitation
        ("CD01 CD02", "insufficient_indicators"),
        # one strong alone, two medium alone, weak ones alone make nothing positive
        ("DR01", "insufficient_indicators"),
        ("DR02 DR03", "insufficient_indicators"),
        ("DR10 RV15 RV16 EX09 CD15 VD06 VD07", "insufficient_indicators"),
        # three medium, but in three dimensions
        ("DR02 EX02 CD07", "insufficient_indicators"),
        ("", "insufficient_indicators"),
    ],
)
def test_an_adult_on_a_building_site(codes: str, result: str) -> None:
    found = adult(codes)
    assert found.result == result
    assert found.computed
    assert not found.provisional
    assert [one.code for one in found.sets] == ["AL"]


@pytest.mark.parametrize(
    ("codes", "acts", "forms", "result"),
    [
        # a child that is made to beg: the form is enough, whatever the signs
        ("", {}, {"begging": "happening"}, "presumed_victim_strong"),
        ("", NO_ACT, {"domestic_servitude": "happened"}, "presumed_victim_strong"),
        # farm work is not by itself the purpose: act and exploitation, no means
        ("EX01 EX09", HIRED, FIELD, "presumed_victim_strong"),
        # an act and one sign of how it began
        ("DR02", HIRED, FIELD, "possible_victim_review"),
        ("", HIRED, {"begging": "planned"}, "possible_victim_review"),
        # exploitation, and nobody knows yet who took the child there
        ("EX01 EX09", {"ACT1": "unknown"}, FIELD, "possible_victim_review"),
        ("EX01 EX09", NO_ACT, FIELD, "child_protection_review"),
        ("DR02", {}, FIELD, "child_protection_review"),
        ("", HIRED, FIELD, "child_protection_review"),
    ],
)
def test_a_child_needs_no_means_and_is_never_told_no(
    codes: str, acts: dict[str, str], forms: dict[str, str], result: str
) -> None:
    assert child(codes, acts, forms).result == result


def test_the_same_sign_weighs_more_for_a_child() -> None:
    # DR10 is weak for an adult and strong for a child: alone with a medium one it makes DR positive only there.
    adults, children = adult("DR10 DR02").sets[0], child("DR10 DR02").sets[0]
    assert of(adults, "DR").positive is False
    assert of(children, "DR").positive is True
    assert of(children, "DR").strong == ("DR10",)
    assert of(child("RV07").sets[0], "RV").present == (), "this sign is not in the children's set"


def test_the_result_names_the_signs_that_made_it_and_those_still_open() -> None:
    answers = {**signs("EX02 EX01 EX09"), "EX03": "absent", "EX04": "unknown", "EX05": "not_asked"}
    dimension = of(assess(False, BUILDING, HIRED, answers).sets[0], "EX")
    assert dimension.present == ("EX01", "EX02", "EX09")
    assert (dimension.strong, dimension.medium, dimension.weak) == (("EX01",), ("EX02",), ("EX09",))
    assert dimension.open == ("EX04", "EX05", "EX06", "EX07", "EX08")
    assert "EX03" not in dimension.open


def test_an_act_that_nobody_asked_about_makes_the_result_provisional() -> None:
    for acts in ({}, {"ACT1": "unknown"}, {**NO_ACT, "ACT4": "not_asked"}):
        found = adult("CR01 CR10", acts)
        assert found.act == "unknown"
        assert found.provisional
        assert found.result == "at_risk_prevented"
    assert not child("", {}, {"begging": "happening"}).provisional, "the form alone is enough"


def test_an_act_that_was_denied_asks_for_a_second_look() -> None:
    for codes in ("CR01 CR10", "DR01 DR02 EX01 EX02 CD01 CD02"):
        found = adult(codes, NO_ACT)
        assert (found.act, found.result, found.provisional) == ("absent", "possible_victim_review", False)
    assert adult("EX01 EX04 CD04 CD07", NO_ACT).result == "presumed_victim_forced_labour"
    assert adult("EX01 EX09", NO_ACT).result == "labour_rights_referral"


def test_one_act_is_enough_and_needs_no_journey() -> None:
    found = adult("", {**NO_ACT, "ACT4": "present"})
    assert (found.act, found.acts) == ("present", ("ACT4",))


@pytest.mark.parametrize("answers", [{}, signs("DR01"), EVERY_SIGN])
def test_the_unverified_sets_list_signs_and_say_nothing(answers: dict[str, str]) -> None:
    for is_child, forms in ((False, SEXUAL), (True, {"online_sexual": "planned"})):
        found = assess(is_child, forms, HIRED, answers)
        (only,) = found.sets
        assert only.code == ("CS" if is_child else "AS")
        assert not only.computed
        assert only.result is None
        assert found.result is None
        assert not found.computed
        assert all(dimension.positive is None for dimension in only.dimensions)
        listed = {code for dimension in only.dimensions for code in dimension.present}
        assert listed == {entry.code for entry in screening.signs_of(only.code) if entry.code in answers}


def test_the_sexual_form_gives_the_purpose_and_a_childs_result() -> None:
    assert assess(False, SEXUAL, HIRED, {}).purpose_by_form == ("sexual_exploitation",)
    found = assess(True, SEXUAL, {}, {})
    assert (found.result, found.by_form, found.purpose_by_form) == (
        "presumed_victim_strong",
        ("sexual_exploitation",),
        (),
    )
    assert found.sets[0].result is None


def test_of_two_sets_the_higher_result_is_kept_and_not_enough_is_not_said() -> None:
    both = {**BUILDING, **SEXUAL}
    assert sets_for(False, both) == ("AL", "AS")
    assert adult("DR01 DR02 EX01 EX02 CD01 CD02", forms=both).result == "presumed_victim_strong"
    assert adult("DR01", forms=both).result is None
    assert adult("DR01", forms={}).result is None
    assert adult("EX01 EX09", forms={}).result == "labour_rights_referral"


def test_the_set_follows_age_and_form() -> None:
    assert sets_for(False, BUILDING) == ("AL",)
    assert sets_for(True, BUILDING) == ("CL",)
    assert sets_for(False, SEXUAL) == ("AS",)
    assert sets_for(True, {"forced_marriage": "happened"}) == ("CL", "CS")
    assert sets_for(False, {"unknown": "not_known"}) == ("AL", "AS")
    assert sets_for(False, {"other": "happened"}) == ("AL", "AS")
    assert sets_for(False, {"organ_removal": "planned"}) == ()
    assert assess(False, {"organ_removal": "planned"}, HIRED, EVERY_SIGN).result is None
    assert assess(True, {"organ_removal": "happened"}, {}, {}).result == "presumed_victim_strong"
    assert screening.sets_by_age(["CL"], True, BUILDING)
    assert not screening.sets_by_age(["AL"], True, BUILDING)
    with pytest.raises(KeyError):
        sets_for(False, {"party": "happened"})
    assert [len(screening.signs_of(code)) for code in ("AL", "CL", "AS", "CS")] == [67, 65, 67, 65]
    assert [len(screening.signs_of("AL", code)) for code in screening.DIMENSIONS] == [10, 10, 16, 9, 15, 7]


@given(st.integers(0, 4), st.integers(0, 4), st.integers(0, 4))
def test_stage_1_in_words(strong: int, medium: int, weak: int) -> None:
    in_words = strong >= 2 or (strong == 1 and medium + weak > 0) or medium >= 3 or (medium == 2 and weak > 0)
    assert positive(strong, medium, weak) == in_words


found_dimensions = st.fixed_dictionaries({code: st.booleans() for code in screening.DIMENSIONS})
acts = st.sampled_from(["present", "absent", "unknown"])


@given(found_dimensions, acts, st.booleans())
def test_stage_2_for_adults_in_words(found: dict[str, bool], act: str, form: bool) -> None:
    recruited = found["DR"] or found["CR"] or found["RV"]
    exploited = found["EX"] or form
    if exploited and recruited and (found["CD"] or found["VD"]):
        expected = "presumed_victim_strong"
    elif exploited and found["CD"]:
        expected = "presumed_victim_forced_labour"
    elif exploited and (recruited or found["VD"]):
        expected = "possible_victim_review"
    elif recruited:
        expected = "at_risk_prevented"
    elif exploited:
        expected = "labour_rights_referral"
    else:
        expected = "insufficient_indicators"
    if act == "absent" and expected in ("presumed_victim_strong", "at_risk_prevented"):
        expected = "possible_victim_review"
    assert stage_2_adult(found, act, form) == expected


@given(found_dimensions, acts, st.booleans())
def test_stage_2_for_children_in_words(found: dict[str, bool], act: str, intended: bool) -> None:
    result = stage_2_child(found, act, intended)
    assert (result == "presumed_victim_strong") == (act == "present" and found["EX"])
    if act == "absent" or (act == "unknown" and not found["EX"]):
        assert result == "child_protection_review"


codes = st.sampled_from([entry.code for entry in indicators()])
answer_sheets = st.dictionaries(codes, st.sampled_from(codelist("screening_answer").codes))


@given(answer_sheets, codes, st.booleans())
def test_unknown_is_never_counted_as_absent_and_a_sign_more_never_says_less(
    sheet: dict[str, str], more: str, is_child: bool
) -> None:
    forms = {"construction": "happened"}
    before = assess(is_child, forms, HIRED, sheet)
    after = assess(is_child, forms, HIRED, {**sheet, more: "present"})
    assert before.result is not None
    assert after.result is not None
    assert screening.RANK.index(after.result) <= screening.RANK.index(before.result)
    assert after.result in codelist("screening_result")
    if is_child:
        assert after.result not in ("insufficient_indicators", "labour_rights_referral")
    open_ones = {code for one in before.sets for dimension in one.dimensions for code in dimension.open}
    asked = {entry.code for entry in screening.signs_of(before.sets[0].code)}
    assert open_ones == {code for code in asked if sheet.get(code, "not_asked") not in ("present", "absent")}


def test_danger_comes_first_and_not_asked_is_an_answer() -> None:
    asked = dict.fromkeys(codelist("danger_question").codes, "not_asked")
    assert screening.danger_answered(asked)
    assert not screening.danger_answered({**asked, "danger_now": "maybe"})
    assert not screening.danger_answered({})
    assert not screening.in_danger(asked)
    assert screening.in_danger({**asked, "held_or_watched": "yes"})
    assert not screening.in_danger({**asked, "hurt_or_ill": "yes"}), "a need of today"
    assert screening.needs_doctor({**asked, "hurt_or_ill": "yes"})
    assert not screening.needs_doctor(asked)
    assert not screening.in_danger({**asked, "safe_to_talk": "yes"})


def test_a_set_that_is_verified_later_computes_with_the_form_as_purpose(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screening, "verified", lambda _: True)
    assert adult("DR01 DR02", forms=SEXUAL).result == "possible_victim_review"
    assert adult("DR01 DR02").result == "at_risk_prevented"
    assert adult("", forms={**BUILDING, **SEXUAL}).result == "labour_rights_referral"


def test_a_page_that_is_saved_as_it_stood_says_nothing_of_danger() -> None:
    asked = {one.code: "no" for one in codelist("danger_question") if "danger_if" in one.data}
    first, other = sorted(asked)[0], {"not a question of danger": "yes"}
    assert screening.same_of_danger(asked, asked | other)
    assert not screening.same_of_danger(asked, asked | {first: "yes"})
    assert not screening.same_of_danger({}, asked), "nothing was answered before"
