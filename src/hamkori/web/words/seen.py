"""What the summary says, as it is said to the person before it is sent: one phrase for each row about the person."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from hamkori.casework.referral.rules import summary
from hamkori.casework.referral.rules.card import NOT_ASKED, SICK_CHILD, WITH_CHILD
from hamkori.web.words import lists

if TYPE_CHECKING:
    from hamkori.casework.case.models import Case

UNSAID = (None, NOT_ASKED)
"""Of a fact: it is no part of this summary, or nobody asked."""


def seen(case: Case, service_code: str, *, police: bool) -> str:
    """What they see, in one line: no more than is sent for this help. What nobody asked is not said to be seen; the
    police see no region and no flags.
    """
    said = phrases(case, service_code, police=police)
    return lists.enumerated([_("which help you need and how soon"), *said])


def phrases(case: Case, service_code: str, *, police: bool) -> Iterator[str]:
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
    flags = summary.flags(case, service_code, police=police)
    if flags is None:
        return
    doctor, stairs, come = flags.urgent_health, flags.step_free, flags.children_with_her
    if come not in UNSAID:
        yield _("that you come alone") if come == "0" else _("how many children come with you")
    if doctor not in UNSAID:
        yield _doctor(doctor)
    if stairs not in UNSAID:
        yield (_("that you need a place without stairs") if stairs == "yes" else _("that you can use stairs"))


def _doctor(code: str | None) -> str:
    if code in SICK_CHILD:
        return _("that a child who comes with you needs a doctor, and the child's age")
    if code == WITH_CHILD:
        return _("that you and a child who comes with you need a doctor")
    return _("that you need a doctor") if code == "yes" else _("that you need no doctor")
