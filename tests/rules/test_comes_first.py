"""Which kinds of help a coordinator calls about before others."""

from __future__ import annotations

import pytest

from hamkori.casework.case.rules.comes_first import (
    AT_ONCE,
    CHILD,
    NO_DAY_LATER,
    OF_CHILDREN,
    PROTECTED,
    is_bed,
    why_first,
)
from hamkori.vocabulary import codelist

WHY = {
    "SAFE-01": PROTECTED,  # emergency police protection
    "HOME-02": AT_ONCE,  # a shelter
    "HOME-05": AT_ONCE,
    "HEALTH-01": AT_ONCE,  # emergency medical care
    "CHILD-01": CHILD,
    "MHPSS-02": "",
    "DOC-01": "",
    "LEGAL-01": "",
    "no such kind": "",
}


@pytest.mark.parametrize("kind", WHY)
def test_a_kind_of_help_comes_first_for_one_reason(kind: str) -> None:
    assert why_first(kind) == WHY[kind]


def test_the_kinds_that_come_too_late_a_day_later_are_in_the_list_and_some_are_not() -> None:
    known = codelist("service")
    assert set(known.codes) >= NO_DAY_LATER
    assert OF_CHILDREN in {entry.data["group"] for entry in known.entries}
    assert {why_first(code) for code in known.codes} == {PROTECTED, CHILD, AT_ONCE, ""}


@pytest.mark.parametrize(
    ("kind", "urgency", "waits", "bed"),
    [
        ("HOME-02", "urgent", True, True),
        ("HOME-02", "urgent", False, False),
        ("HOME-02", "normal", True, False),
        ("HEALTH-01", "urgent", True, False),
    ],
)
def test_a_bed_is_said_first_where_it_is_urgent_and_nobody_has_answered(
    kind: str, urgency: str, *, waits: bool, bed: bool
) -> None:
    assert is_bed(kind, urgency, waits=waits) is bed
