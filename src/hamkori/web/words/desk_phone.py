"""Where a referral desk can be called, in words. A line of the demonstration is marked, and no number is a link."""

from django.utils.translation import gettext as _

from hamkori.people.rules.desk_phone import bare, is_invented


def said(phone: str) -> str:
    """The number of a desk as a page says it, or that there is none, and who can record it."""
    if not phone:
        return _("No number of the referral desk is recorded. Its referral officer can record it.")
    return short(phone)


def short(phone: str) -> str:
    """The same beside a row, where there is room for few words."""
    if not phone:
        return _("no number recorded")
    if is_invented(phone):
        return _("Referral desk: %(phone)s, invented, cannot be called") % {"phone": bare(phone)}
    return _("Referral desk: %(phone)s") % {"phone": phone}


def own(phone: str) -> str:
    """The number on the desk's own page, under its heading; '' where none is recorded."""
    return _("%(phone)s, invented, cannot be called") % {"phone": bare(phone)} if is_invented(phone) else phone
