"""Russian: 25 ноября 2026 г."""

from hamkori.site.formats.written import *  # noqa: F403 - each language adds what is its own

DATE_FORMAT = "j E Y г."
DATETIME_FORMAT = "j E Y г., H:i"
YEAR_MONTH_FORMAT = "F Y г."
MONTH_DAY_FORMAT = "j E"
