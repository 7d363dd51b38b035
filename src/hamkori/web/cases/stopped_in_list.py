"""What the list of cases says comes next of a referral that stopped: as Today and the page of the case say it."""

from __future__ import annotations

from django.utils.text import capfirst

from hamkori.casework.work.queries.case_dots import Dot
from hamkori.web.words import lists, red


def way_on(halted: Dot) -> str:
    """The same; nobody else is named as the next to be asked before the person is."""
    if halted.asked_since and halted.stopped != "missed":
        return str(red.WITHOUT) % {"service": lists.label("service", halted.service)}
    if halted.unagreed:
        return capfirst(str(red.SAID_NO_HERE)) if halted.refused else str(red.ASK_PERSON_AGAIN)
    return str(red.CALL_COORDINATOR if halted.nobody_else else red.ASK_ANOTHER)
