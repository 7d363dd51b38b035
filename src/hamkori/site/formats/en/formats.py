"""English: 25 November 2026. The short form names the month, so that 3 and 4 cannot be mistaken."""

from hamkori.site.formats.written import *  # noqa: F403 - each language adds what is its own

DATE_FORMAT = "j F Y"
DATETIME_FORMAT = "j F Y, H:i"
YEAR_MONTH_FORMAT = "F Y"
MONTH_DAY_FORMAT = "j F"
SHORT_DATE_FORMAT = "j M Y"
SHORT_DATETIME_FORMAT = "j M Y H:i"
DECIMAL_SEPARATOR = "."
