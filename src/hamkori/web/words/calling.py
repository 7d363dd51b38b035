"""Whom to call, and whom not: a referral desk that is closed, the police after a no. Whole sentences."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.utils.translation import gettext as _

from hamkori.casework.consent.queries.said import newest
from hamkori.casework.consent.rules.consent import Row, RowKey
from hamkori.people.rules.desk_phone import is_invented
from hamkori.vault.bytes import Untrusted
from hamkori.vault.server import alarm
from hamkori.web.words import coordinator, desk_phone, lists

URGENT = "urgent"
"""The urgency at which nobody waits for a desk to open: the desk is called, or the coordinator is asked."""
YES = ("yes", "without_name")


def coordinator_answers() -> list[tuple[str, str]]:
    """What a call to the coordinator may have brought, where nobody else can be called."""
    return [(answer, lists.label("call_answer", answer)) for answer in ("coordinator", "no_coordinator")]


def closed(phone: str, *, urgent: bool, boxed: bool) -> list[str]:
    """Where to call a desk that is closed until the answer is due: the tag of its row says until when it is closed.
    `boxed`: a box above the list names the coordinator.

    That a number of the demonstration is invented stands once, below the lists. Where none is recorded and it can wait,
    nobody is sent to the coordinator.
    """
    if phone:
        return [at(phone)]
    if boxed:
        return [none()]
    return [_("No number is recorded: call the coordinator.")] if urgent else []


def none() -> str:
    """That nobody wrote down where it is called."""
    return _("No number is recorded.")


def at(phone: str) -> str:
    """Where a desk is called."""
    return _("Call: %(phone)s.") % {"phone": desk_phone.unbroken(phone)}


def the_sender(phone: str) -> str:
    """Where a receiver asks the sender, and what is said there; none recorded: the way to the coordinator."""
    if not phone:
        asks = _("No number of the sender's referral desk is recorded: ask the coordinator.")
        return f"{asks} {coordinator.reached()}"
    said = (
        _(
            "The sender's referral desk: %(phone)s, invented, cannot be called. Say the number of this referral, "
            "and no name."
        )
        if is_invented(phone)
        else _("The sender's referral desk: %(phone)s. Say the number of this referral, and no name.")
    )
    return said % {"phone": desk_phone.unbroken(phone)}


def sender_phone(phone: str) -> str:
    """The same where its label says whose number it is."""
    return desk_phone.own(phone) if phone else the_sender("")


def no_hour_in_row(phone: str) -> str:
    """The same beside a row of Today."""
    if not phone:
        return _("no hour written: call the sender")
    said = (
        _("no hour written: call the sender, %(phone)s (invented)")
        if is_invented(phone)
        else _("no hour written: call the sender, %(phone)s")
    )
    return said % {"phone": desk_phone.unbroken(phone)}


def no_police(rows: Mapping[RowKey, Row]) -> bool:
    """Whether the person said no to the police, and yes to no protection by them: nobody is sent there then."""
    said = {row.purpose: _police(row) for row in rows.values() if row.kind == "police"}
    return "no" in said.values() and said.get("protection") not in YES


def _police(row: Row) -> str:
    """What was taken back, and what a child said no to, counts as a no."""
    return "no" if row.answer == "withdrawn" or row.child_answer == "says_no" else row.answer


def no_police_in(case: UUID) -> bool:
    """The same of a case by what was answered last; where that is not believed, nobody is sent to the police."""
    try:
        word = newest(case)
    except Untrusted as error:
        alarm(error)
        return True
    return word is not None and no_police(word.as_rules)
