"""Of a yes that was said on the telephone before the age was put right: for whom it was, and what to ask now."""

from __future__ import annotations

from django.utils.translation import gettext as _

from hamkori.casework.case.queries.coordination import Call
from hamkori.casework.case.rules.age import CHILD_BANDS
from hamkori.web.words import case, lists


def whose(call: Call, sex: str) -> str:
    """For whom they said it; '' where the age has changed more than once since."""
    who = lists.inside(case.person_of(sex, call.was)) if call.was else ""
    return _("The yes was for: %(person)s") % {"person": who} if who else ""


def ask(age_band: str) -> str:
    """What they are asked now."""
    return _("Call them: can the child come?") if age_band in CHILD_BANDS else _("Call them: can the person come?")


def sentences(call: Call, sex: str, age_band: str) -> str:
    """Both as the boxes of the pages say them."""
    return " ".join(filter(None, (f"{said}." if (said := whose(call, sex)) else "", ask(age_band))))


def in_row(call: Call | None, sex: str, age_band: str) -> list[str]:
    """Both beside a row of Today; nothing where there is no such yes."""
    return [whose(call, sex), ask(age_band)] if call is not None else []
