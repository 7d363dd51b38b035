"""Ending one referral at the person's word; and, where the person says so, that its organisation gets nothing more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from hamkori.access.actor import Actor
from hamkori.casework.consent.actions import consent
from hamkori.casework.referral.actions import send as actions
from hamkori.casework.referral.queries.origin import case_of
from hamkori.casework.referral.queries.referrals import is_being_closed
from hamkori.people.queries import organisations
from hamkori.web.referrals.forms import WithdrawForm
from hamkori.web.words import excluded, lists
from hamkori.web.words import referral as words

if TYPE_CHECKING:
    from hamkori.casework.referral.models import Referral


def draw(form: WithdrawForm, organisation: str) -> None:
    """The tick with the name of the organisation; '': whoever reads the page does not record what the person agrees."""
    if not organisation:
        del form.fields["nothing_more"]
        return
    form.fields["nothing_more"].label = excluded.gets_nothing(organisation)


def end(request: HttpRequest, actor: Actor, referral: Referral, form: WithdrawForm) -> None:
    """This referral, or, in one transaction, all of this case at its organisation, which gets nothing from then on."""
    how = form.cleaned_data["how_said"]
    if form.cleaned_data.get("nothing_more"):
        _shut_out(request, actor, referral, how)
    elif actions.withdraw(actor, referral, how_said=how):
        _say(request, referral)
    else:
        messages.info(request, _("This referral had already ended. What was sent can no longer be opened."))


def _shut_out(request: HttpRequest, actor: Actor, referral: Referral, how: str) -> None:
    case, body = case_of(referral), referral.to_organisation_id
    asking = consent.Asking(how_said=how, as_child=case.is_child)
    consent.record(actor, case, answers=(), asking=asking, excluded=(body,))
    names = [one.name(lists.language()) for one in organisations() if one.id == body]
    _say(request, referral, *excluded.saved(names or [""], ()))


def _say(request: HttpRequest, referral: Referral, *more: str) -> None:
    if is_being_closed(referral):
        messages.info(request, " ".join((words.being_closed(), *more)))
        return
    said = _("Stopped at the person's request. Nothing that was sent can be unlocked any more; they were told.")
    messages.success(request, " ".join((said, *more)))
