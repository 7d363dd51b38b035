"""Whether the person was told when and where: what the sender's page says of it, and the press that says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from hamkori.casework.case.rules.sides import Side
from hamkori.casework.referral.actions import confirm as confirming
from hamkori.casework.referral.queries import referrals as queries
from hamkori.casework.referral.queries.calls import calls_now, no_heard, says_yes
from hamkori.casework.referral.queries.meeting import (
    has_meeting,
    is_awaited,
    line_replaced,
    line_unread,
    person_told_at,
)
from hamkori.casework.referral.queries.moved import has_moved
from hamkori.casework.referral.queries.origin import case_of
from hamkori.casework.referral.queries.referrals import SenderPage
from hamkori.refusal import NotNow
from hamkori.web.kit import moments
from hamkori.web.kit.posting import actor_of, done, version_of
from hamkori.web.kit.refusals import goes_on
from hamkori.web.templatetags.kit import grouped
from hamkori.web.words import Audience, red, sections
from hamkori.web.words import referral as words
from hamkori.web.words.calls import place
from hamkori.web.words.steps import BROUGHT
from hamkori.web.words.ways import opened_reach

if TYPE_CHECKING:
    from hamkori.casework.referral.models import Referral

SAVED: Final = {
    "told": gettext_lazy(
        "Saved: you told the person (case %(code)s). If the time changes, Today asks you to tell it again."
    ),
    "not_told": gettext_lazy("Saved: the person was not told yet (case %(code)s). Today asks for it again."),
}
BACK_TO_TODAY: Final = gettext_lazy("To Today")
HEARD: Final = ("tell_person", "warn_person")
BEFORE: Final = {
    "told": gettext_lazy("The person was told an earlier time (%(when)s): tell them what is valid now."),
    "warned": gettext_lazy("The person was told not to go (%(when)s): tell them that they are expected after all."),
}
"""By what was said to the person last; which hour and place stays locked (ADR 185)."""
ASKED_THERE: Final = gettext_lazy(
    "Hour and meeting point are locked for the team: call the organisation and ask there."
)


@require_POST
def tell_person(request: HttpRequest, code: str) -> HttpResponse:
    """The person was told, or not yet after all; back to the page on which it was pressed."""
    actor = actor_of(request)
    found, answer = queries.referral(actor, code), request.POST.get("answer", "")
    here = reverse("referral", args=[code])
    goes_on(request, here)
    with words.in_words(found, actor.membership_id):
        try:
            confirming.tell_person(actor, found, version=version_of(request), answer=answer)
        except NotNow as refusal:
            raise _of_a_no(found, refusal) from None
    text, at = str(SAVED[answer]) % {"code": grouped(case_of(found).code)}, place(code)
    if (came_from := request.POST.get("from", "")) not in ("today", "sent"):
        text = format_html('{} <a href="{}">{}</a>', text, reverse("today"), BACK_TO_TODAY)
    messages.success(request, text, extra_tags=at)  # on Today it stands in the row that was pressed
    back = {"today": f"{reverse('today')}#{at}", "sent": sent_page(case_of(found).code, code)}
    return done(actor, back.get(came_from, here))


def _of_a_no(found: Referral, refusal: NotNow) -> NotNow:
    """That they said no by telephone meanwhile, or that somebody else's no has ended it, where that is why: whoever was
    told to come is told not to go, or asked.
    """
    found.refresh_from_db()
    if refusal.guard != "from_state":
        return refusal
    no = no_heard(found, calls_now(found.pk))
    brought = no is None and found.ended_at is not None and words.how_ended(found) in BROUGHT
    if no is None and not brought:
        return refusal
    told = NotNow("told_of_a_no", time=no.at) if no else NotNow("told_of_an_end", time=found.ended_at)
    told.ledger = refusal.ledger
    return told


def sent_page(case: str, referral: str) -> str:
    """What comes next after sending."""
    return reverse("first_step", args=[case]) + f"?step=sent&of={referral}"


def telling(page: SenderPage, *, early: bool) -> dict[str, Any]:
    """While somebody is on the way and not late: whether the person was told, and by whom; the team says it here."""
    if not (early and is_awaited(page.referral)) or queries.read_state(page.referral) != "accepted":
        return {}
    return _said(page)


def of_arranged(page: SenderPage) -> dict[str, Any]:
    """The same while their answer is awaited, once they said yes on the telephone and what was agreed is written."""
    stands = page.live and has_meeting(page.referral) and says_yes(page.calls)
    return _said(page) if stands else {}


def _before(page: SenderPage) -> str:
    """What the person was told last, of another time than that of now, or not to go there: they may hold on to it."""
    heard = (one for one in reversed(page.taken) if one.step in HEARD and one.reason != "not_reached")
    last = next(heard, None)
    said = BEFORE.get(last.reason) if last is not None and page.referral.state_code == "accepted" else None
    return str(said) % {"when": moments.moment(last.at, page.at)} if last is not None and said is not None else ""


def _said(page: SenderPage) -> dict[str, Any]:
    told, moved = person_told_at(page.referral), has_moved(page.referral, page.referral)
    by = next((one.name for one in reversed(page.taken) if one.step == "tell_person"), "") or _("Your team")
    said = ""
    if told is not None:
        said = _("%(by)s told the person %(when)s.") % {"by": by, "when": moments.moment(told, page.at)}
        told = None if moved else told  # what they were told may not fit any more
    elif not moved and not line_replaced(page.referral) and (before := _before(page)):
        said = before
    elif Side.SENDER not in page.sides and not moved:
        said = _("Nobody has said yet that the person was told.")
        if has_meeting(page.referral):
            said = f"{said} {ASKED_THERE}"
    return {
        "person_told": told,
        "person_told_said": said,
        "moved": moved,
        "may_tell": Side.SENDER in page.sides,
        "told_label": red.I_TOLD,
        "reach_name": sections.name("contact", Audience.SENDER),
        "reach_url": opened_reach(page.referral.code)
        if "contact" in page.holds and Side.SENDER in page.sides and told is None
        else "",
        "line_unread": line_unread(page.referral),
        "line_replaced": line_replaced(page.referral) and told is None,
    }
