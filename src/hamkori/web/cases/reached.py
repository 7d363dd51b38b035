"""A locked part that was opened in the case; beside how the person is reached, whether now is an hour for that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _

from hamkori.casework.case.actions.section import open_section
from hamkori.web.words import case as words
from hamkori.web.words import safe_hours
from hamkori.web.words.ways import opened_hour

if TYPE_CHECKING:
    from hamkori.access.actor import Actor
    from hamkori.casework.work.queries.case_page import File

CONTACT: Final = "contact"
PHONE: Final = "safe_phone"


def opened(actor: Actor, file: File, section: str) -> dict[str, Any] | None:
    """The section that was asked for, opened; sections with pages of their own are not opened here."""
    if not section or section == "screening":
        return None
    sheet = open_section(actor, file.case, section=section)
    fields = sheet.fields
    if section == CONTACT and fields:
        fields = {**fields, PHONE: fields.get(PHONE, "")}
    rows = [
        (str(words.FIELD_LABELS[name]), shown)
        for name, value in fields.items()
        if name in words.FIELD_LABELS and (shown := words.field_value(name, value) or _missing(section, name))
    ]
    hours = str(fields.get("hours") or "") if section == CONTACT else ""
    return {"section": section, "rows": rows, "over": safe_hours.over(hours, file.now) if hours else ""}


def _missing(section: str, name: str) -> str:
    """Of a telephone it is said that there is none: whoever looks for it does not look twice."""
    return _("not recorded") if (section, name) == (CONTACT, PHONE) else ""


def beside(file: File, opened: dict[str, Any] | None, came: str) -> dict[str, str]:
    """That the safe hours are over; and of whoever came from a referral to tell the person its hour, the way back."""
    if opened is None or opened["section"] != CONTACT:
        return {}
    asks = (one for one in file.referrals if one.code == came and one.person_told is None)
    tells = any(one.awaited or one.says_yes for one in asks)
    back = opened_hour(came) if tells else ""
    return {"hours_over": opened["over"], "told_url": back}
