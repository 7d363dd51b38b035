"""Who suits whom: distance in words, reasons in the desk's own codes, hours of a week. No database."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from hamkori.directory.rules import hours, suit
from hamkori.directory.rules.hours import Stretch
from hamkori.directory.rules.shelter import body_shelters, shelters
from hamkori.directory.rules.suit import Offer, Person
from hamkori.vocabulary import codelist

HERE = ZoneInfo("Asia/Dushanbe")
KULOB = next(area.code for area in codelist("area") if area.labels["en"] == "Kulob")
KHUJAND = next(area.code for area in codelist("area") if area.labels["en"] == "Khujand")


def offer(*areas: str, region: str = "TJ-KT", admits: str = "", languages: str = "", full: bool = False) -> Offer:
    return Offer(region, frozenset(areas), frozenset(admits.split()), frozenset(languages.split()), full)


@pytest.mark.parametrize(
    ("given", "person", "distance"),
    [
        (offer(KULOB), Person(district=KULOB), "same_district"),
        (offer("TJ-KT"), Person(district=KULOB), "same_region"),
        (offer(), Person(district=KULOB), "same_region"),
        (offer(), Person(region="TJ-KT"), "same_region"),
        (offer(), Person(district=KHUJAND), "other_region"),
        (offer("TJ", region="TJ-DU"), Person(district=KHUJAND), "other_region"),
        (offer(KHUJAND, region="TJ-DU"), Person(region="TJ-SU"), "same_region"),
        (offer(), Person(), "other_region"),
    ],
)
def test_distance(given: Offer, person: Person, distance: str) -> None:
    assert suit.distance(given, person) == distance


def test_the_country_and_the_own_area_are_inside_and_another_is_outside() -> None:
    assert not suit.outside_area(offer("TJ"), Person(district=KHUJAND))
    assert not suit.outside_area(offer(), Person(district=KHUJAND)), "it does not say where it works"
    assert not suit.outside_area(offer("TJ-SU"), Person(district=KHUJAND))
    assert not suit.outside_area(offer(KHUJAND), Person(region="TJ-SU"))
    assert suit.outside_area(offer("TJ-KT"), Person(district=KHUJAND))
    assert suit.outside_area(offer(KULOB), Person(region="TJ-SU"))


@pytest.mark.parametrize(
    ("admits", "sex", "age", "may"),
    [
        ("women", "female", "a18_29", True),
        ("women", "male", "a18_29", False),
        ("women", "female", "a9_17", False),
        ("women", None, None, True),
        ("women", "female", "unknown", True),
        ("men women", "male", "a48_plus", True),
        ("girls", "female", "child_age_unknown", True),
        ("girls", "male", "a0_8", False),
        ("children", "other_or_not_said", "a0_8", True),
        ("adults", "other_or_not_said", "a30_47", True),
        ("anyone", "male", "a0_8", True),
        ("", "male", "a0_8", True),
        ("women_with_children", "female", "a18_29", True),
        ("no_such_group", "female", "a18_29", False),
    ],
)
def test_admission(admits: str, sex: str | None, age: str | None, may: bool) -> None:
    assert suit.admitted(offer(admits=admits), Person(sex=sex, age_band=age)) is may


def test_what_was_asked_for_answers_a_need_by_its_kind_and_not_by_its_group() -> None:
    """Red before: a case manager hid "somebody who speaks the language", and family mediation a psychologist."""
    assert suit.answering("language") == {"COORD-02"}
    assert {"MHPSS-01", "MHPSS-03"} <= suit.answering("someone_to_talk")
    assert "MHPSS-05" not in suit.answering("someone_to_talk"), "with people who may have harmed the person"
    assert suit.answering("nothing_now") == frozenset()
    for need in codelist("need_tonight").codes:
        assert set(suit.kinds([need])) <= suit.answering(need), "what is looked for answers it"


def test_care_of_a_sick_child_is_held_against_a_child_and_not_against_the_mother() -> None:
    """Other care, and all other help, is the mother's own."""
    mother = Person(region="TJ-KT", sex="female", age_band="a30_47", language="tg")
    taken = {code: suit.held_against(mother, code, of_a_child=True) for code in ("HEALTH-01", "HEALTH-03", "HOME-02")}
    clinic, ward = offer(admits="girls boys"), offer(admits="women")
    assert suit.admitted(clinic, taken["HEALTH-01"])
    assert not suit.admitted(ward, taken["HEALTH-01"])
    assert not suit.other_sex(offer(admits="men boys"), taken["HEALTH-01"]), "whether it is a boy nobody has said"
    assert taken["HEALTH-01"].language == "tg", "she speaks for the child"
    assert taken["HEALTH-03"] == taken["HOME-02"] == mother
    assert suit.held_against(mother, "HEALTH-01", of_a_child=False) == mother


@pytest.mark.parametrize(
    ("admits", "sex", "other"),
    [
        ("men", "female", True),
        ("men boys", "female", True),
        ("women women_with_children girls", "male", True),
        ("girls", "female", False),
        ("men adults", "female", False),
        ("men children", "female", False),
        ("anyone", "female", False),
        ("no_such_group", "female", False),
        ("", "female", False),
        ("men", "other_or_not_said", False),
        ("men", None, False),
    ],
)
def test_the_other_sex_alone_is_certain_or_it_is_not(admits: str, sex: str | None, other: bool) -> None:
    assert suit.other_sex(offer(admits=admits), Person(sex=sex, age_band="a9_17")) is other


@pytest.mark.parametrize(
    ("code", "admits", "alone"),
    [
        ("HOME-02", "girls children", True),
        ("HOME-02", "girls women", False),
        ("HOME-02", "", False),
        ("HOME-02", "families", False),
        ("HOME-04", "anyone", True),
        ("CHILD-01", "", True),
    ],
)
def test_help_is_for_children_alone_by_its_kind_or_by_whom_it_takes(code: str, admits: str, alone: bool) -> None:
    assert suit.for_children(code, admits.split()) is alone


def test_reasons_are_what_a_desk_would_answer() -> None:
    given = offer("TJ-KT", admits="women", languages="tg ru", full=True)
    person = Person(district=KHUJAND, sex="male", age_band="a18_29", language="ky")
    assert suit.reasons(given, person) == ("full", "not_admitted", "outside_area", "no_language")
    assert set(suit.reasons(given, person)) <= set(codelist("decline_reason").codes)
    assert suit.reasons(offer(), Person(language="ky")) == (), "what it does not say is no reason"
    assert suit.reasons(offer(languages="tg"), Person(language="unknown")) == ()


def test_needs_lead_to_kinds_of_help() -> None:
    assert suit.kinds(["safe_place", "doctor", "safe_place"])[:2] == ("HOME-01", "HOME-02")
    assert len(suit.kinds(["safe_place", "safe_place"])) == len(suit.kinds(["safe_place"]))
    with pytest.raises(KeyError):
        suit.kinds(["a pony"])


def test_the_walls_know_the_same_shelters_as_the_vocabulary() -> None:
    from hamkori.site.rooms import HOUSE

    wall = (HOUSE / "directory" / "walls" / "20_directory.sql").read_text()
    types = [entry.code for entry in codelist("actor_type") if body_shelters(entry.code, [])]
    assert types == ["state_shelter", "ngo_shelter"]
    assert "in ('state_shelter', 'ngo_shelter')" in wall
    assert {code for code in codelist("service").codes if shelters(code)} == {
        code for code in codelist("service").codes if code.startswith("HOME-")
    }


# --- hours --------------------------------------------------------------------------------------------------------


def test_an_evening_that_ends_in_the_morning_is_two_stretches() -> None:
    assert hours.stretches(7, 20 * 60, 8 * 60) == [Stretch(7, 1200, 1440), Stretch(1, 0, 480)]
    assert hours.stretches(1, 0, 0) == [Stretch(1, 0, 1440)]
    assert hours.stretches(1, 480, 0) == [Stretch(1, 480, 1440)]


def test_a_week_without_a_gap_is_day_and_night() -> None:
    week = [part for day in range(1, 8) for part in hours.stretches(day, 300, 300)]
    assert hours.day_and_night(week)
    assert not hours.day_and_night(week[1:])
    assert hours.merged([Stretch(1, 480, 720), Stretch(1, 600, 1020), Stretch(2, 0, 60)]) == [
        Stretch(1, 480, 1020),
        Stretch(2, 0, 60),
    ]


def test_a_desk_that_is_closed_for_the_whole_target() -> None:
    week = [Stretch(day, 480, 1020) for day in range(1, 6)]
    friday = datetime(2026, 11, 27, 18, 0, tzinfo=HERE)
    assert hours.closed_throughout(week, friday, friday + timedelta(hours=24))
    assert hours.closed_throughout(week, friday, friday + timedelta(hours=62))
    assert not hours.closed_throughout(week, friday, friday + timedelta(hours=62, minutes=1)), "Monday 08:00"
    assert not hours.closed_throughout(week, friday - timedelta(hours=2), friday)
    assert not hours.closed_throughout([], friday, friday + timedelta(hours=24)), "not known is not closed"


def test_a_closed_desk_opens_at_its_next_stretch() -> None:
    week = [Stretch(day, 480, 1020) for day in range(1, 6)]
    friday = datetime(2026, 11, 27, 18, 0, tzinfo=HERE)
    assert hours.opens_next(week, friday) == datetime(2026, 11, 30, 8, 0, tzinfo=HERE)
    assert hours.opens_next(week, friday.replace(hour=7)) == friday.replace(hour=8)
    assert hours.opens_next([Stretch(5, 480, 1020)], friday) == datetime(2026, 12, 4, 8, 0, tzinfo=HERE), "a week later"
    assert hours.opens_next([], friday) is None, "not known"


@pytest.mark.parametrize(("minutes", "written"), [(0, "00:00"), (485, "08:05"), (1020, "17:00"), (1440, "24:00")])
def test_a_time_of_opening_is_written_with_two_figures_each(minutes: int, written: str) -> None:
    assert hours.clock(minutes) == written


def test_what_stands_last_is_known_help_and_never_all_of_its_group() -> None:
    services = codelist("service")
    assert {"MHPSS-05"} == suit.STANDS_LAST, "family mediation or counselling"
    for code in suit.STANDS_LAST:
        group = services.entry(code).data["group"]
        assert suit.stands_last(code)
        assert any(one.data["group"] == group and not suit.stands_last(one.code) for one in services)
        assert all(code not in suit.kinds([need.code]) for need in codelist("need_tonight")), "no need leads there"


@pytest.mark.parametrize(
    ("band", "adult"),
    [
        ("a30_47", True),
        ("a18_29", True),
        ("a9_17", False),
        ("adult_age_unknown", False),
        ("unknown", False),
        ("", False),
    ],
)
def test_an_adult_is_somebody_whose_age_is_said(band: str, adult: bool) -> None:
    assert suit.is_adult(band) is adult


@pytest.mark.parametrize(
    ("beds", "sex", "age_band", "says"),
    [
        ([], "female", "a18_29", ""),
        ([("HOME-02", [])], "female", "a18_29", "fits"),
        ([("HOME-02", ["men"])], "female", "a18_29", ""),
        ([("HOME-02", ["men"]), ("HOME-02", ["women"])], "female", "a18_29", "fits"),
        ([("HOME-04", [])], "female", "a18_29", "children"),
        ([("HOME-04", []), ("HOME-02", [])], "female", "a18_29", "fits"),
        ([("HOME-04", [])], "female", "a9_17", "fits"),
        ([("HOME-04", [])], "female", "adult_age_unknown", "fits"),
        ([("HOME-02", ["adults"])], "male", "child_age_unknown", "adults"),
        ([("HOME-02", ["adults"])], "male", "unknown", "fits"),
        ([("HOME-02", ["adults"])], None, None, "fits"),
    ],
)
def test_whether_the_own_beds_may_take_somebody(
    beds: list[tuple[str, list[str]]], sex: str | None, age_band: str | None, says: str
) -> None:
    assert suit.bed_for(beds, Person(sex=sex, age_band=age_band)) == says
