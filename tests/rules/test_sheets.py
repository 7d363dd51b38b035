"""A packet carries fields of the sheets, and never the ones that stay at home."""

import pytest

from hamkori.casework.case.rules import sheets
from hamkori.casework.case.rules.sections import SECTIONS
from hamkori.casework.consent.rules.packet import SECTION_FIELDS, TEXT


def test_every_section_has_a_sheet_and_a_packet_is_no_wider() -> None:
    assert tuple(sheets.SHEET_FIELDS) == SECTIONS
    for section, names in SECTION_FIELDS.items():
        if section not in (TEXT, "screening"):  # these two are made of answers, not of a sheet
            assert sheets.unknown(section, names) == ()


def test_what_never_leaves_the_file() -> None:
    carried = {name for names in SECTION_FIELDS.values() for name in names}
    assert not carried & {"own_notes", "notes", "exact_age", "district", "child_contact"}


def test_a_field_of_another_section_is_named() -> None:
    assert sheets.unknown("health", ["allergy", "safe_phone"]) == ("safe_phone",)
    with pytest.raises(KeyError):
        sheets.unknown("story", [])
