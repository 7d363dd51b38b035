"""Tajik: 25 ноябри соли 2026; the month carries its ending, which Django's month names lack."""

from hamkori.site.formats import written

DATE_FORMAT = "j Eи соли Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "j Eи соли Y, H:i"
YEAR_MONTH_FORMAT = "Eи соли Y"
MONTH_DAY_FORMAT = "j E"
SHORT_DATE_FORMAT = "d.m.Y"
SHORT_DATETIME_FORMAT = "d.m.Y H:i"
FIRST_DAY_OF_WEEK = 1
DATE_INPUT_FORMATS, TIME_INPUT_FORMATS, DATETIME_INPUT_FORMATS = written.DATES, written.TIMES, written.MOMENTS
DECIMAL_SEPARATOR, THOUSAND_SEPARATOR, NUMBER_GROUPING = ",", "\u00a0", 3
