"""A summary says what the help that is asked needs, and how soon that is, whatever else the person needs."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from hamkori.casework.referral.rules import how_soon, summary
from hamkori.casework.referral.rules.card import Flags
from hamkori.vocabulary import codelist

NEEDS = ["safe_place", "doctor", "documents", "lawyer", "someone_to_talk"]


def coded(doctor: str, stairs: str = "not_asked", come: str = "2") -> SimpleNamespace:
    return SimpleNamespace(doctor_code=doctor, stairs_code=stairs, children_code=come)


def test_a_doctor_is_told_to_doctors_and_where_the_person_sleeps() -> None:
    """Red before: the migration service and a lawyer read that the person needs a doctor."""
    told = {code for code in codelist("service").codes if "doctor_code" in summary.says(code, police=False)}
    assert told == {code for code in codelist("service").codes if code.startswith(("HEALTH-", "HOME-"))}
    assert summary.SAYS.keys() == set(codelist("service_group").codes), "of every group it is decided"
    assert all(
        summary.says(code, police=False) >= {"stairs_code", "children_code"} for code in codelist("service").codes
    )


def test_what_is_no_part_of_it_is_not_not_asked() -> None:
    assert summary.flags(coded("yes"), "DOC-01", police=False) == Flags(None, "not_asked", "2")
    assert summary.flags(coded("yes"), "HOME-02", police=False) == Flags("yes", "not_asked", "2")
    assert summary.flags(coded("not_asked"), "HEALTH-01", police=False) == Flags("not_asked", "not_asked", "2")
    assert summary.flags(coded("yes"), "SAFE-03", police=True) is None


def test_who_asks_for_a_doctor_does_not_say_that_none_is_needed() -> None:
    """Red before: after a first visit the hospital read "Needs a doctor: no", beside emergency medical care."""
    row = SimpleNamespace(**vars(coded("no")), former_ages=[])
    for asked in (summary.flags, summary.flags_sent):
        assert asked(row, "HEALTH-01", police=False) == Flags(None, "not_asked", "2")
        assert asked(row, "HOME-02", police=False) == Flags("no", "not_asked", "2"), "whoever has a bed is told"
    row.former_ages = [{"fact": "doctor_code", "was": "yes", "now": "no"}]
    assert summary.flags_sent(row, "HEALTH-01", police=False) == Flags("no", "not_asked", "2"), "it was told otherwise"


def test_what_was_sent_stays_as_it_was_sent() -> None:
    assert summary.flags_sent(coded("yes"), "DOC-01", police=False) == Flags("yes", "not_asked", "2")
    assert summary.flags_sent(coded("not_asked"), "DOC-01", police=False) == Flags(None, "not_asked", "2")
    assert summary.flags_sent(coded("yes"), "SAFE-03", police=True) is None


@pytest.mark.parametrize(
    ("service", "soon"),
    [
        ("HOME-02", "urgent"),
        ("HOME-01", "urgent"),
        ("HEALTH-01", "urgent"),
        ("HEALTH-02", "urgent"),
        ("DOC-01", "normal"),
        ("LEGAL-01", "normal"),
        ("LEGAL-02", "normal"),
        ("MHPSS-01", "normal"),
        ("MHPSS-06", "within_a_day"),
        ("MHPSS-07", "urgent"),
        ("BASIC-01", "urgent"),
    ],
)
def test_how_soon_is_that_of_the_need_which_is_answered(service: str, soon: str) -> None:
    """Red before: documents were asked for as urgent, for a place was needed tonight."""
    assert how_soon.begins(service, NEEDS, "urgent") == soon


def test_what_was_said_of_the_only_needs_is_said_of_them() -> None:
    assert how_soon.begins("DOC-01", ["documents"], "urgent") == "urgent"
    assert how_soon.begins("HOME-02", NEEDS, "within_a_day") == "within_a_day", "somebody chose it"


def test_what_other_help_waits_for_is_not_said_of_the_place() -> None:
    assert how_soon.of_needs("DOC-01", NEEDS, "normal") == "urgent"
    assert how_soon.of_needs("HOME-02", NEEDS, "normal") == "normal"
    assert how_soon.of_needs("DOC-01", ["documents"], "normal") == "normal"


def test_a_bed_of_who_has_one_for_tonight_is_no_bed_for_tonight() -> None:
    assert how_soon.suggested("HOME-02", ["doctor"]) == how_soon.WITHIN_A_DAY
    assert how_soon.suggested("HOME-02", ["nothing_now"]) == how_soon.WITHIN_A_DAY
    assert how_soon.begins("HOME-02", ["doctor"], "urgent") == how_soon.WITHIN_A_DAY
    for needs in (NEEDS, ["not_asked"], []):
        assert how_soon.suggested("HOME-02", needs) == "urgent", "nobody said that a bed can wait"
    assert how_soon.suggested("HEALTH-01", ["doctor"]) == how_soon.usual("HEALTH-01")


def person(**other: object) -> SimpleNamespace:
    said = {"sex_code": "female", "region_code": "TJ-KT", "language_code": "tg", "needs_interpreter": False}
    flags = {"children_code": "0", "doctor_code": "yes", "stairs_code": "no"}
    return SimpleNamespace(**{**said, **flags, "risk_code": "raised", **other})


def test_only_what_a_summary_says_can_differ_from_the_case() -> None:
    """A lawyer's says nothing of a doctor, the police's no region and no flag; what was told once goes on."""
    told = person(doctor_code="not_asked")
    assert summary.differing(person(), told, "LEGAL-01", police=False) == ()
    assert summary.differing(person(), person(doctor_code="no"), "LEGAL-01", police=False) == ("doctor_code",)
    assert summary.differing(person(), told, "HOME-02", police=False) == ("doctor_code",)
    moved = person(region_code="TJ-SU", children_code="2", risk_code="high")
    assert summary.differing(moved, told, "LEGAL-01", police=False) == ("region_code", "risk_code", "children_code")
    blank = {"region_code": "", **dict.fromkeys(("children_code", "doctor_code", "stairs_code"), "not_asked")}
    assert summary.differing(moved, person(**blank), "SAFE-03", police=True) == ("risk_code",)
