"""Tajik: 25 ноябри соли 2026; the month carries its ending, which Django's month names lack."""

DATE_FORMAT = "j Eи соли Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "j Eи соли Y, H:i"
YEAR_MONTH_FORMAT = "Eи соли Y"
MONTH_DAY_FORMAT = "j E"
SHORT_DATE_FORMAT = "d.m.Y"
SHORT_DATETIME_FORMAT = "d.m.Y H:i"
FIRST_DAY_OF_WEEK = 1
# What people type; the browser's own date field sends ISO, which Django accepts beside these.
DATE_INPUT_FORMATS = ["%d.%m.%Y", "%d/%m/%Y", "%d.%m.%y", "%d/%m/%y"]
TIME_INPUT_FORMATS = ["%H:%M", "%H:%M:%S"]
DATETIME_INPUT_FORMATS = ["%d.%m.%Y %H:%M", "%d/%m/%Y %H:%M"]
DECIMAL_SEPARATOR = ","
THOUSAND_SEPARATOR = "\u00a0"
NUMBER_GROUPING = 3
