"""English: 25 November 2026."""

from hamkori.site.formats.written import *  # noqa: F403 - each language adds what is its own

DATE_FORMAT = "j F Y"
DATETIME_FORMAT = "j F Y, H:i"
YEAR_MONTH_FORMAT = "F Y"
MONTH_DAY_FORMAT = "j F"
DECIMAL_SEPARATOR = "."
