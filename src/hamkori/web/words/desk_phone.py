"""Where a referral desk can be called, in words. A line of the demonstration is marked, and no number is a link."""

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hamkori.people.rules.desk_phone import bare, is_invented
from hamkori.web.words import coordinator


def said(phone: str) -> str:
    """The number of a desk as a sender's page says it, or that there is none, and whom to ask instead."""
    return short(phone) if phone else none()


def none() -> str:
    """That no number is recorded: before sending and after it in the same words, with the way to the coordinator."""
    looks = _("No number of this referral desk is recorded. The coordinator can look for one.")
    return f"{looks} {coordinator.reached()}"


def recorded(phone: str, *, by_coordinator: bool) -> str:
    """The same for the coordinator, and whether it is her own; where there is none, she can record it."""
    if not phone:
        return short(phone)
    return f"{short(phone)} {marked(by_coordinator=by_coordinator)}".strip()


def marked(*, by_coordinator: bool) -> str:
    """Who recorded it where that was not the desk itself."""
    return _("(recorded by the coordinator)") if by_coordinator else ""


def short(phone: str) -> str:
    """The same beside a row, where there is room for few words."""
    if not phone:
        return _("no number recorded")
    if is_invented(phone):
        return _("Referral desk: %(phone)s, invented, cannot be called") % {"phone": unbroken(phone)}
    return _("Referral desk: %(phone)s") % {"phone": unbroken(phone)}


def in_row(phone: str) -> str:
    """The same on Today, where many stand one under the other: a line of the demonstration has a short mark."""
    if not is_invented(phone):
        return short(phone)
    return _("Referral desk: %(phone)s (invented)") % {"phone": unbroken(phone)}


def or_office(phone: str, office: str) -> str:
    """The same to the coordinator, who calls the office that the directory lists where no number is recorded."""
    if phone or not office:
        return in_row(phone)
    return _("no number of the referral desk; their office: %(phone)s") % {"phone": own(office)}


def in_column(phone: str) -> str:
    """The number alone, where its label says whose it is."""
    if not phone:
        return short("")
    whole = unbroken(phone)
    return _("%(phone)s (invented)") % {"phone": whole} if is_invented(phone) else whole


def of_sender(name: str, phone: str) -> str:
    """Who sent it, and where that desk can be called, beside the number of the desk that is asked. That desk reads
    nothing of what its team sent: the team is asked for.
    """
    if not phone:
        return _("sender: %(body)s") % {"body": name}
    if is_invented(phone):
        values = {"body": name, "phone": unbroken(phone)}
        return _("sender: %(body)s, %(phone)s (invented), ask for its team") % values
    return _("sender: %(body)s, %(phone)s, ask for its team") % {"body": name, "phone": unbroken(phone)}


def sent_to(name: str, phone: str) -> str:
    """Which desk it was sent to, and its number, where whoever sent it is called."""
    return _("sent to: %(desk)s") % {"desk": of_body(name, phone)}


def of_sender_desk(phone: str) -> str:
    """Where whoever receives calls the sender, beside a row; '' where no number is recorded."""
    known, invented = _("sender's referral desk: %(phone)s"), _("sender's referral desk: %(phone)s (invented)")
    return (invented if is_invented(phone) else known) % {"phone": unbroken(phone)} if phone else ""


def of_body(name: str, phone: str) -> str:
    """An organisation and where it can be called, if that is known."""
    if not phone:
        return name
    said = _("%(body)s, %(phone)s (invented)") if is_invented(phone) else _("%(body)s, %(phone)s")
    return said % {"body": name, "phone": unbroken(phone)}


def or_none(name: str, phone: str) -> str:
    """The same, or in short that no number is recorded."""
    return of_body(name, phone) if phone else _("%(body)s, no number recorded") % {"body": name}


PASS_ON: Final = gettext_lazy(
    "Your colleagues may have cases that you do not see: pass a call about one on to your supervisor."
)
"""For the officer whose number others are given: she sees nothing of what her team sent."""


def unbroken(phone: str) -> str:
    """A number that does not break at the end of a line: its blanks and hyphens hold together. The demo's mark is
    English and stays away: the sentence around it says that the line is invented.
    """
    return bare(phone).replace(" ", "\u00a0").replace("-", "\u2011")


def own(phone: str) -> str:
    """The number on the desk's own page, under its heading; '' where none is recorded."""
    whole = unbroken(phone)
    return _("%(phone)s, invented, cannot be called") % {"phone": whole} if is_invented(phone) else whole
