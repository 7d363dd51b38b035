"""How the person is reached, opened beside the hour that they are told: one page holds both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _

from hamkori.casework.case.actions.section import open_section
from hamkori.casework.consent.rules.packet import SECTION_FIELDS
from hamkori.web.referrals.arriving import may_open
from hamkori.web.words import case as words
from hamkori.web.words import safe_hours
from hamkori.web.words.ways import REACH

if TYPE_CHECKING:
    from hamkori.access.actor import Actor
    from hamkori.casework.referral.queries.referrals import SenderPage

CONTACT: Final = "contact"
PHONE: Final = "safe_phone"


def opened(actor: Actor, page: SenderPage, part: str) -> dict[str, Any]:
    """The telephone, when it is safe to call and by which word, where `part` of the address asks for it; and whether
    now is such an hour. Of a telephone it is said that there is none.
    """
    if part != REACH or not may_open(page):
        return {}
    fields = open_section(actor.doing(None), page.case, section=CONTACT).fields
    rows = [
        (str(words.FIELD_LABELS[name]), shown or _("not recorded"))
        for name in SECTION_FIELDS[CONTACT]
        if (shown := words.field_value(name, fields.get(name))) or name == PHONE
    ]
    return {
        "reach_rows": rows,
        "hours_over": safe_hours.over(str(fields.get("hours") or ""), page.at),
    }
