"""A child about whom the coordinator was called: whom to call back, what came of it, and what the case reads of that
(ADR 0122, ADR 0125).
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hamkori.casework.case.queries.child_calls import (
    KNOWS,
    NOT_REACHED,
    PUT_AWAY,
    PUT_BACK,
    SETTLED,
    THEY_TELL,
    ChildTold,
)
from hamkori.casework.case.queries.coordination import COORDINATOR, ME, Call
from hamkori.casework.case.queries.told_there import ToldThere
from hamkori.casework.work.queries.happened import CHILD_CALL, Step
from hamkori.web.kit import moments
from hamkori.web.words import desk_phone
from hamkori.web.words.calls import ANSWERS, called

BUTTONS: Final = {
    KNOWS: gettext_lazy("Child protection knows now"),
    THEY_TELL: gettext_lazy("The organisation tells them"),
    NOT_REACHED: ANSWERS[NOT_REACHED],
}
"""Each is what is true of the call, and acts at once."""
RECORDED: Final = {
    (ME, KNOWS): gettext_lazy("You recorded %(when)s: child protection knows"),
    (ME, THEY_TELL): gettext_lazy("You recorded %(when)s: the organisation tells child protection"),
    (ME, SETTLED): gettext_lazy("You recorded %(when)s: nothing more is to do"),
    (COORDINATOR, KNOWS): gettext_lazy("Another coordinator recorded %(when)s: child protection knows"),
    (COORDINATOR, THEY_TELL): gettext_lazy(
        "Another coordinator recorded %(when)s: the organisation tells child protection"
    ),
    (COORDINATOR, SETTLED): gettext_lazy("Another coordinator recorded %(when)s: nothing more is to do"),
}
"""What stands beside a call that was put away, while it can be put back."""
HAPPENED: Final = {
    KNOWS: gettext_lazy("Recorded after your call: child protection knows of the child"),
    THEY_TELL: gettext_lazy("Recorded after your call: your organisation tells child protection"),
    NOT_REACHED: gettext_lazy("Called back about the child, and reached nobody"),
    PUT_BACK: gettext_lazy("Cancelled what was recorded after your call about the child"),
    SETTLED: gettext_lazy("Recorded after your call about the child: nothing more is to do"),
}
"""The coordinator's answers as the history of the case says them, beside who it was."""
HEARD: Final = {
    KNOWS: gettext_lazy(
        "The coordinator recorded %(when)s: child protection knows. Ask them whether it is so, and record it here."
    ),
    THEY_TELL: gettext_lazy("The coordinator recorded %(when)s: your organisation tells child protection."),
    NOT_REACHED: gettext_lazy("The coordinator called back %(when)s and reached nobody."),
    SETTLED: gettext_lazy("The coordinator recorded %(when)s: nothing more is to do there."),
}
"""The newest of them, beside the time limit that goes on."""
SAVED: Final = {
    KNOWS: gettext_lazy(
        "Saved: child protection knows now. The organisation reads that you said so, and still has to record it itself."
    ),
    THEY_TELL: gettext_lazy("Saved: the organisation tells child protection. It reads that you said so."),
    NOT_REACHED: gettext_lazy("Saved: %(body)s was not reached. It stays where it was."),
    PUT_BACK: gettext_lazy("Put back: this call is shown under “Call now” again."),
}
"""What a press says, and who reads it."""
AWAY: Final = "away"
"""The place of the page of late answers where a call can be put back."""


def row(call: UUID, body: str, phone: str, at: datetime, now: datetime, last: Call | None = None) -> dict[str, Any]:
    """Today and the page of late answers say it alike. Of the child nothing but that it is one. `last`: that she called
    back in vain.
    """
    about = _("A child: child protection does not know yet")
    tried = called(last, now) if last is not None and last.answer == NOT_REACHED else ""
    return {
        "href": reverse("coordination_late"),
        "what": _("Call: %(body)s") % {"body": body},
        "sub": _dotted(about, _they_called(at, now), tried),
        "number": capfirst(desk_phone.in_row(phone)),
        "icon": "phone",
        "tone": "late",
        "calls": {"url": _answered_at(call), "answers": list(BUTTONS.items())},
    }


def row_of(one: ChildTold, body: str, phone: str, now: datetime) -> dict[str, Any]:
    """The same of the page of late answers; of a call that was put away who said what, and the way back."""
    answered = one.answered_at
    last = Call(side=one.side, answer=one.answer, at=answered) if answered is not None else None
    if last is None or not one.put_away:
        found = row(one.id, body, phone, one.at, now, last)
        return found | {"calls": {**found["calls"], "from": "late"}, "away": False}
    said = str(RECORDED[last.side, last.answer]) % {"when": moments.moment(last.at, now)}
    return {
        "href": reverse("coordination_late"),
        "what": body,
        "sub": _dotted(_("A child"), _they_called(one.at, now), said),
        "number": "",
        "icon": "done",
        "tone": "",
        "away": True,
        "calls": {"url": _answered_at(one.id), "answers": [(PUT_BACK, _("Undo"))], "from": "late"},
    }


def _answered_at(call: UUID) -> str:
    return reverse("coordination_child", args=[call])


def _they_called(at: datetime, now: datetime) -> str:
    return _("they called you %(when)s") % {"when": moments.moment(at, now)}


def _dotted(*parts: str) -> str:
    return "\u00a0\N{MIDDLE DOT} ".join(filter(None, parts))


def happened(answer: str) -> str:
    """What a coordinator recorded, in the history of the case."""
    return str(HAPPENED[answer])


def heard(steps: Iterable[Step], since: datetime, now: datetime) -> str:
    """Of these steps, the newest first, the last word of a coordinator about the call at `since`; '' for none."""
    last = next((one for one in steps if one.step == CHILD_CALL and one.at >= since), None)
    if last is None or last.reason not in HEARD:
        return ""
    return str(HEARD[last.reason]) % {"when": moments.moment(last.at, now)}


def there(told: ToldThere | None, now: datetime) -> str:
    """That the other side says so, on its case and on Today; '' where nobody does."""
    if told is None:
        return ""
    slots = {"organisation": told.by, "when": moments.moment(told.at, now)}
    return _("%(organisation)s says: child protection told %(when)s") % slots


def is_away(answer: str) -> bool:
    """Whether a press with this answer takes the call from her list."""
    return answer in PUT_AWAY
