"""Of a yes or a no that was said on the telephone for another age: for whom it was, and what to ask now."""

from __future__ import annotations

from django.utils.translation import gettext as _

from hamkori.casework.case.queries.coordination import Call
from hamkori.casework.case.rules.age import CHILD_BANDS
from hamkori.web.words import case, lists


def whose(call: Call, sex: str) -> str:
    """For whom they said it; '' where that is not known."""
    who = lists.inside(case.person_of(sex, call.was)) if call.was else ""
    said = _("The no was for: %(person)s") if call.answer == "said_no" else _("The yes was for: %(person)s")
    return said % {"person": who} if who else ""


def ask(call: Call, age_band: str, *, expected: bool) -> str:
    """What they are asked now; nothing after a no that was for whom the person is. `expected`: they had accepted."""
    if call.answer == "said_no" and not call.was:
        return ""
    if age_band in CHILD_BANDS:
        return _("Call them: can the child come?")
    return _("Call them: do they expect the person?") if expected else _("Call them: can the person come?")


def sentences(call: Call, sex: str, age_band: str, *, expected: bool = False) -> str:
    """Both as the boxes of the pages say them."""
    said = whose(call, sex)
    return " ".join(filter(None, (f"{said}." if said else "", ask(call, age_band, expected=expected))))


def in_row(call: Call | None, sex: str, age_band: str, *, expected: bool = False) -> list[str]:
    """Both beside a row of Today; nothing where there is no such answer."""
    return [whose(call, sex), ask(call, age_band, expected=expected)] if call is not None else []
