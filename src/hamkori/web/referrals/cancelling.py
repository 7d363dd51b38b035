"""Cancelling a referral: what follows, and what is left of another one that said yes by telephone."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from hamkori.casework.case.rules.sides import Side
from hamkori.casework.referral.actions import send as actions
from hamkori.casework.referral.queries import referrals as queries
from hamkori.casework.referral.queries.calls import last_no
from hamkori.casework.referral.queries.others import Other, instead_of, yes_elsewhere
from hamkori.casework.referral.queries.promised import promised
from hamkori.casework.referral.queries.referrals import SenderPage
from hamkori.casework.work.queries.no_doctor import DOCTOR
from hamkori.casework.work.queries.no_place import was_for_a_place
from hamkori.casework.work.queries.place_tonight import chose_another
from hamkori.casework.work.queries.then_unasked import then_unasked
from hamkori.web.kit import emergency, moments
from hamkori.web.kit.stepping import Taking
from hamkori.web.referrals.forms import ReasonForm
from hamkori.web.referrals.instead import ELSEWHERE, found_elsewhere, said_of
from hamkori.web.referrals.on_the_way import before
from hamkori.web.words import calling_off, lists, red

At = Taking[SenderPage]
THEY_SAID_NO: Final = "they_said_no"
"""The reason of a cancelling that a call has brought."""


def recall(at: At) -> None:
    """One line says what follows: whoever works on the case can ask another, a supervisor's team is told."""
    actions.recall(at.actor, at.thing.referral, version=at.version, reason=at.said["reason"])
    said = _("Cancelled. They read only that it ended.")
    ours = Side.SENDER in at.thing.sides
    told = "" if ours else _("The team of the case is told.")
    need = then_unasked(at.thing.case, at.thing.referral, at.thing.at)
    after = "" if need else _afterwards(at.thing, ours=ours)
    messages.success(at.request, " ".join(filter(None, (said, told, after))))
    if need:
        messages.warning(at.request, _unasked_now(at.thing, need, ours=ours))


def _unasked_now(page: SenderPage, need: str, *, ours: bool) -> SafeString:
    """What of tonight's needs nobody is asked for now, in the words of Today; where another one is asked, and for a
    doctor the ambulance.
    """
    lacks, other = (red.NO_DOCTOR if need == DOCTOR else red.NO_PLACE), yes_elsewhere(page)
    link = format_html('<a href="{}">{}</a>', _another_url(page), red.ASK_ANOTHER) if ours else ""
    yes = _unconfirmed(other) if other is not None else ""
    return format_html_join(" ", "{}", ((one,) for one in (f"{lacks}.", yes, _ambulance(need), link) if one))


def then(page: SenderPage) -> dict[str, str]:
    """The same before the press: that the person was told to come; of what nobody is asked then."""
    told = {"told_to_come": before(page), "chosen": _chosen(page)}
    need = then_unasked(page.case, page.referral, page.at)
    if not need:
        return told
    said = (
        _("A doctor is needed today: if you cancel this, nobody is asked for one.")
        if need == DOCTOR
        else _("A place for tonight is needed: if you cancel this, nobody is asked for one.")
    )
    ours = Side.SENDER in page.sides
    return told | {
        "then_unasked": said,
        "then_ambulance": _ambulance(need),
        "then_another_url": _another_url(page) if ours else "",
    }


def _chosen(page: SenderPage) -> str:
    """Of one that is ready for tonight: that it was said that the person goes there, where the place that was found is
    none by that. The page from which this was pressed may be older.
    """
    ready = page.referral.state_code in ("sent", "accepted") and was_for_a_place(page.origin)
    said = chose_another(page.case, page.at) if ready else None
    if said is None:
        return ""
    recorded = _(
        "Recorded %(when)s: the person chose another place than the one that was found, and that one has ended. If you "
        "cancel this, it ends too."
    )
    return recorded % {"when": moments.moment(said, page.at)}


def _ambulance(need: str) -> str:
    if need != DOCTOR:
        return ""
    return _("If it cannot wait, call an ambulance: %(ambulance)s.") % {"ambulance": emergency.number("ambulance")}


def _another_url(page: SenderPage) -> str:
    return reverse("referral_again", args=[page.referral.code])


def _afterwards(page: SenderPage, *, ours: bool) -> str:
    """Who has the person by another one, or said yes; else that another one can be asked."""
    other = yes_elsewhere(page)
    if other is not None:
        # The page of that one, where this leads, says it.
        return "" if yes_left(page) else _unconfirmed(other)
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


def why_cancelled(typed: Any, page: SenderPage) -> ReasonForm:
    """Why it is cancelled: that they said no, where that was heard on the telephone, is chosen; else that a place was
    found elsewhere.
    """
    known = {}
    if last_no(page.calls, page.referral.agreed_at) is not None:
        known = {"reason": THEY_SAID_NO}
    elif found_elsewhere(page) is not None:
        known = {"reason": ELSEWHERE}
    return ReasonForm(typed, reasons="recall_reason", label=_("Why is it cancelled?"), initial=known)


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
