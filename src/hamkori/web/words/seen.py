"""What the summary says, as it is said to the person before it is sent: one phrase for each row about the person."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from hamkori.casework.referral.rules.card import FLAGS, NOT_ASKED
from hamkori.web.words import lists

if TYPE_CHECKING:
    from hamkori.casework.case.models import Case


def seen(case: Case, *, police: bool) -> str:
    """What they see, in one line. What nobody asked is not said to be seen; the police see no region and no flags."""
    return lists.enumerated([_("which help you need and how soon"), *phrases(case, police=police)])


def phrases(case: Case, *, police: bool) -> Iterator[str]:
    """A phrase for each row about the person that says something (`referral.person_rows`)."""
    if (case.sex_code, case.age_band_code) != ("other_or_not_said", "unknown"):
        yield _("your sex and age group")
    if case.region_code and not police:
        yield _("your region")
    if case.language_code != "unknown":
        yield _("your language")
    if case.needs_interpreter:
        yield _("that you need an interpreter")
    if case.risk_code != NOT_ASKED:
        yield _("how high the risk is")
    if police:
        return
    doctor, stairs, come = (getattr(case, name) for name in FLAGS)
    if come != NOT_ASKED:
        yield _("how many children come with you")
    if doctor != NOT_ASKED:
        yield _("that you need a doctor") if doctor == "yes" else _("that you need no doctor")
    if stairs != NOT_ASKED:
        yield (_("that you need a place without stairs") if stairs == "yes" else _("that you can use stairs"))
