"""Cancelling a referral: what follows, and what is left of another one that said yes by telephone."""

from __future__ import annotations

from django.contrib import messages
from django.utils.translation import gettext as _

from hamkori.casework.case.rules.sides import Side
from hamkori.casework.referral.actions import send as actions
from hamkori.casework.referral.queries import referrals as queries
from hamkori.casework.referral.queries.others import Other, instead_of, yes_elsewhere
from hamkori.casework.referral.queries.promised import promised
from hamkori.casework.referral.queries.referrals import SenderPage
from hamkori.web.kit.stepping import Taking
from hamkori.web.referrals.instead import said_of
from hamkori.web.words import calling_off, lists

At = Taking[SenderPage]


def recall(at: At) -> None:
    """One line says what follows: whoever works on the case can ask another, a supervisor's team is told."""
    actions.recall(at.actor, at.thing.referral, version=at.version, reason=at.said["reason"])
    said = _("Cancelled. Nothing that was sent can be unlocked any more. They read only that it ended.")
    ours = Side.SENDER in at.thing.sides
    told = "" if ours else _("The team of the case is told.")
    messages.success(at.request, " ".join(filter(None, (said, told, _afterwards(at.thing, ours=ours)))))


def _afterwards(page: SenderPage, *, ours: bool) -> str:
    """Who has the person by another one, or said yes; else that another one can be asked."""
    other = yes_elsewhere(page)
    if other is not None:
        return _unconfirmed(other)
    has = instead_of(page, lacks=False)
    if has is not None:
        return said_of(page, has)
    return _("You can ask another organisation.") if ours else ""


def _unconfirmed(other: Other) -> str:
    """That another one said yes on the telephone only: the person has no help by that yet."""
    to, said = other.referral, _("%(other)s: yes by telephone, not confirmed in Hamkori yet.")
    return said % {"other": queries.body_name(to.to_organisation, to.to_organisation_id, lists.language())}


def yes_beside(page: SenderPage) -> str:
    """The same on the page that asks whether this one is cancelled."""
    other = yes_elsewhere(page)
    return _unconfirmed(other) if other is not None else ""


def ends(at: At) -> str:
    """What follows; and, where they promised something on the telephone, that they are called."""
    found = at.thing.referral
    ends = _("It ends at once, and what was sent can no longer be opened. They read only that it ended.")
    promise = promised(found.pk) if found.state_code == "sent" else None
    if promise is None:
        return ends
    name = queries.body_name(found.to_organisation, found.to_organisation_id, lists.language())
    return f"{ends} {calling_off.sentence(name, promise, at.thing.at)}"


def yes_left(page: SenderPage) -> str:
    """The number of that other one: what is missing there stands on its page. Not where who was cancelled had said yes,
    too, and is to be called off on its own page.
    """
    other = yes_elsewhere(page) if promised(page.referral.pk) is None else None
    return other.referral.code if other is not None else ""
