"""Who is not read what is said to those under 18: nobody of whom anybody could think that they are (ADR 0176)."""

from __future__ import annotations

import pytest

from hamkori.casework.case.rules.age import ADULT_BANDS, CHILD_BANDS, GROWN_BANDS, is_plainly_grown
from hamkori.casework.consent.texts import consent, read_to
from hamkori.vocabulary import codelist
from hamkori.vocabulary.country import READ_FIRST


def test_every_band_is_of_a_child_of_an_adult_or_unknown() -> None:
    assert {*CHILD_BANDS, *ADULT_BANDS, "unknown"} == {*codelist("age_band").codes}
    assert {*GROWN_BANDS} < {*ADULT_BANDS}


@pytest.mark.parametrize("confirmed", [False, True])
@pytest.mark.parametrize("band", [*CHILD_BANDS, *ADULT_BANDS, "unknown", ""])
def test_an_age_near_18_counts_once_it_was_confirmed(band: str, *, confirmed: bool) -> None:
    grown = band in GROWN_BANDS or (confirmed and band in ADULT_BANDS)
    assert is_plainly_grown(band, confirmed=confirmed, doubted=False) is grown
    assert not is_plainly_grown(band, confirmed=confirmed, doubted=True), "whoever says a child is listened to"


@pytest.mark.parametrize("language", READ_FIRST)
def test_the_grown_hear_all_but_the_last_part_and_a_child_hears_it_first(language: str) -> None:
    whole = consent(language).blocks
    last = [place for place, block in enumerate(whole) if block.kind == "heading"][-1]
    grown, child = (read_to(language, child=one, grown=True).blocks for one in (False, True))
    assert grown == whole[:last]
    assert sorted(map(str, child)) == sorted(map(str, whole)), "a child hears all of it"
    assert read_to(language, child=False) == consent(language)
