"""Ending one referral at the person's word; and, where the person says so, that its organisation gets nothing more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hamkori.access.actor import Actor
from hamkori.casework.case.rules.sides import Side
from hamkori.casework.consent.actions import consent
from hamkori.casework.consent.rules import consent as consent_rules
from hamkori.casework.referral.actions import send as actions
from hamkori.casework.referral.queries.origin import case_of
from hamkori.casework.referral.queries.referrals import SenderPage, has_begun, is_being_closed
from hamkori.people.queries import organisations
from hamkori.web.referrals.forms import WithdrawForm
from hamkori.web.referrals.on_the_way import before
from hamkori.web.words import excluded, lists
from hamkori.web.words import referral as words
from hamkori.web.words.stays import does_not_end

if TYPE_CHECKING:
    from hamkori.casework.referral.models import Referral


NOTHING_MORE: Final = "nothing_more"
"""The button that ends it and says so of the organisation; an older page has a tick of that name."""
ONLY_THERE: Final = "only"
"""Of the address: whoever came by the way to one organisation alone reads that button first."""

BY_OTHERS: Final = gettext_lazy(
    "By telephone without the code word, by message or through somebody else it counts at once, too: the person is then"
    " asked, alone, whether it is so."
)


def ways(request: HttpRequest) -> list[dict[str, Any]]:
    """The two buttons of whoever records what the person agrees: each says what happens."""
    found = [
        {
            "label": _("End this referral only"),
            "hint": _("Other referrals there continue. Later they can be asked again."),
            "name": "",
        },
        {
            "label": _("End it: they get nothing more"),
            "hint": _("Nothing can be sent there again, and other referrals of this case there end, too."),
            "name": NOTHING_MORE,
        },
    ]
    return found[::-1] if shuts_out(request) else found


def shuts_out(request: HttpRequest) -> bool:
    """Whether that the organisation gets nothing more was pressed, or is what the reader came for."""
    return bool(request.GET.get(ONLY_THERE) or request.POST.get(NOTHING_MORE))


def beforehand(page: SenderPage, name: str) -> dict[str, str]:
    """Before the press: that a child was told to come, and that help which had begun goes on without us."""
    found = page.referral
    stays = does_not_end(found.service_code, name) if has_begun(found) else ""
    return {
        "by_others": str(BY_OTHERS) if Side.SENDER in page.sides else "",
        "alone_url": f"{reverse('consent_withdraw', args=[page.case.code])}?alone=1",
        "told_to_come": before(page, at_their_word=True),
        "stays": stays,
    }


def end(request: HttpRequest, actor: Actor, referral: Referral, form: WithdrawForm) -> None:
    """This referral, or, in one transaction, all of this case at its organisation, which gets nothing from then on."""
    how = form.cleaned_data["how_said"]
    if request.POST.get(NOTHING_MORE):
        _shut_out(request, actor, referral, how)
    elif actions.withdraw(actor, referral, how_said=how):
        _say(request, referral, how)
    else:
        messages.info(request, _("This referral had already ended. What was sent can no longer be opened."))


def _shut_out(request: HttpRequest, actor: Actor, referral: Referral, how: str) -> None:
    case, body = case_of(referral), referral.to_organisation_id
    asking = consent.Asking(how_said=how, as_child=case.is_child)
    consent.record(actor, case, answers=(), asking=asking, excluded=(body,))
    names = [one.name(lists.language()) for one in organisations() if one.id == body]
    _say(request, referral, how, *excluded.saved(names or [""], ()))


def _say(request: HttpRequest, referral: Referral, how: str, *more: str) -> None:
    if is_being_closed(referral):
        messages.info(request, " ".join((words.being_closed(), *more)))
        return
    said = _("Stopped at the person's request. Nothing that was sent can be unlocked any more; they were told.")
    if how in consent_rules.BY_OTHERS:
        said = _(
            "Stopped, and the person has not been asked: ask them, alone, whether it is so. Nothing that was sent can"
            " be unlocked any more; the organisation was told."
        )
    messages.success(request, " ".join((said, *more)))
