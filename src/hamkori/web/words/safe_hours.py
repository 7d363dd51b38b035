"""The hours in which the person may be called safely, held against the clock.

They are written in free words. Only what is nothing but times is read ("10:00–12:00", "from 18 to 20"): of all else,
whose sense a machine may turn round ("not before 18:00"), nothing is said.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _

HOUR: Final = r"([01]?\d|2[0-4])(?:[:.]([0-5]\d))?"
SPAN: Final = re.compile(rf"(?:from|аз|с|de)?\s*{HOUR}\s*(?:-|–|—|to|то|до|à)\s*{HOUR}", re.I)
NOON: Final = 12
BETWEEN: Final = re.compile(r"\s*(?:,|;|and|ва|и|et)\s*", re.I)


def spans(written: str) -> list[tuple[int, int]]:
    """The times as minutes of the day, from and to; none where anything else is written."""
    found = []
    for part in BETWEEN.split(written.strip().rstrip(".")):
        if (one := SPAN.fullmatch(part.strip())) is None:
            return []
        if not (one[2] or one[4] or max(int(one[1]), int(one[3])) > NOON):
            return []  # "6-8" may be the evening
        begins, ends = (int(hour) * 60 + int(minute or 0) for hour, minute in (one.group(1, 2), one.group(3, 4)))
        found.append((begins, ends))
    return found


def over(written: str, at: datetime) -> str:
    """That it is outside these hours now, in the local time of the day; '' within them, and where that is not certain.
    A time that ends before it begins goes over midnight.
    """
    local = timezone.localtime(at)
    minute = local.hour * 60 + local.minute
    times = spans(written)
    if not times or any(_holds(minute, *one) for one in times):
        return ""
    return _("Now is outside the safe hours (%(hours)s).") % {"hours": written.strip().rstrip(".")}


def _holds(minute: int, begins: int, ends: int) -> bool:
    if begins < ends:
        return begins <= minute < ends
    return minute >= begins or minute < ends
