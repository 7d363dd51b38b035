"""Tajik: 25 ноябри соли 2026; the month carries its ending, which Django's month names lack."""

from hamkori.site.formats.written import *  # noqa: F403 - each language adds what is its own

DATE_FORMAT = "j Eи соли Y"
DATETIME_FORMAT = "j Eи соли Y, H:i"
YEAR_MONTH_FORMAT = "Eи соли Y"
MONTH_DAY_FORMAT = "j E"
