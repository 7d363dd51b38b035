"""iCal rules turned into a weekly opening. What is not weekly is a problem, not a guess."""

import re
from datetime import date

from hamkori.directory.importing.table import Row
from hamkori.directory.importing.values import BadValue
from hamkori.directory.rules.hours import DAY, Stretch, stretches
from hamkori.vocabulary.country import ahead_of_utc

DAYS = {"MO": 1, "TU": 2, "WE": 3, "TH": 4, "FR": 5, "SA": 6, "SU": 7}
HERE = ahead_of_utc()


def weekly(row: Row, today: date) -> list[Stretch]:
    """The stretches of a schedule; none if it is over. BadValue: it is no weekly opening."""
    fields = row.fields
    if fields["valid_to"] and _day(fields["valid_to"], "valid_to") < today:
        return []
    if fields["valid_from"] and _day(fields["valid_from"], "valid_from") > today:
        return []
    if fields["freq"].upper() not in ("", "WEEKLY"):
        raise BadValue("freq", "no_week")
    for name in ("byweekno", "bymonthday", "byyearday"):
        if fields[name]:
            raise BadValue(name, "no_week")
    if fields["interval"] not in (None, 1):
        raise BadValue("interval", "no_week")
    days = [part.strip().upper() for part in fields["byday"].split(",") if part.strip()]
    if not days or not set(days) <= set(DAYS):
        raise BadValue("byday", "no_week")
    zone = None if fields["timezone"] is None else round(fields["timezone"] * 60)
    opens, closes = (_minutes(fields[name], name, zone) for name in ("opens_at", "closes_at"))
    week: list[Stretch] = []
    for day in days:
        start = DAYS[day] * DAY + opens
        length = (closes - opens) % DAY or DAY
        week += stretches((start // DAY - 1) % 7 + 1, start % DAY, (start + length) % DAY)
    return week


def _day(written: str, name: str) -> date:
    try:
        return date.fromisoformat(written[:10])
    except ValueError:
        raise BadValue(name, "no_week") from None


def _minutes(written: str, name: str, zone: int | None) -> int:
    """Minutes from our midnight; may be below 0 or beyond the day when the time was written in another zone."""
    found = re.fullmatch(r"(\d\d):(\d\d)(?::\d\d(?:\.\d+)?)?(Z|[+-]\d\d:?\d\d)?", written)
    if found is None or int(found[1]) > 24 or int(found[2]) > 59:
        raise BadValue(name, "no_week")
    minutes = int(found[1]) * 60 + int(found[2])
    if minutes > DAY:
        raise BadValue(name, "no_week")
    offset = found[3]
    if offset == "Z":
        return minutes + HERE
    if offset:
        away = int(offset[1:3]) * 60 + int(offset[-2:])
        return minutes + HERE - (away if offset[0] == "+" else -away)
    return minutes if zone is None else minutes + HERE - zone
