"""Before a referral is sent: whether the risk fits what was ticked of a threat."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.urls import reverse
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from hamkori.casework.case.models import Case

HIDES: Final = "keep_away"
"""Of what is needed: somebody looks for the person, or they must stay hidden."""


def asked(case: Case) -> dict[str, str]:
    """The question, and where the risk is changed. What the locked parts say of a threat is compared by nobody."""
    return {"risk_doubt": _doubt(case), "risk_url": f"{reverse('edit_case', args=[case.code])}?all=1#id_risk_code"}


def _doubt(case: Case) -> str:
    if case.risk_code != "ordinary":
        return ""
    if case.has_danger:
        return _("You said that somebody is in danger. The risk says: ordinary. Is that so?")
    if HIDES in case.need_tonight_codes:
        return _(
            "You said that somebody looks for the person, or that they must stay hidden. The risk says: ordinary."
            " Is that so?"
        )
    return ""
