"""Dates and numbers as people in each language write them."""

from datetime import datetime

import pytest
from django.utils import formats, translation

AT = datetime(2026, 4, 3, 14, 5)  # noqa: DTZ001 - only how it is written

WRITTEN = {
    "en": ("3 April 2026", "03.04.2026", "14:05", "April 2026"),
    "tg": ("3 апрели соли 2026", "03.04.2026", "14:05", "апрели соли 2026"),
    "ru": ("3 апреля 2026 г.", "03.04.2026", "14:05", "Апрель 2026 г."),
    "fr": ("3 avril 2026", "03.04.2026", "14:05", "avril 2026"),
}


@pytest.mark.parametrize("language", WRITTEN)
def test_a_date_is_written_day_first(language: str) -> None:
    kinds = ("DATE_FORMAT", "SHORT_DATE_FORMAT", "TIME_FORMAT", "YEAR_MONTH_FORMAT")
    with translation.override(language):
        assert tuple(formats.date_format(AT, kind) for kind in kinds) == WRITTEN[language]


@pytest.mark.parametrize("language", WRITTEN)
def test_the_week_begins_on_monday_and_thousands_have_a_blank(language: str) -> None:
    with translation.override(language):
        assert formats.get_format("FIRST_DAY_OF_WEEK") == 1
        assert formats.number_format(12345, force_grouping=True) == "12\u00a0345"


@pytest.mark.parametrize("language", WRITTEN)
@pytest.mark.parametrize("typed", ["03.04.2026", "03/04/2026", "2026-04-03"])
def test_what_people_type_is_the_third_of_april(language: str, typed: str) -> None:
    from django.forms import DateField

    with translation.override(language):
        assert DateField(localize=True).clean(typed) == AT.date()
