"""Where the sender's page of a referral leads on: to another organisation; where nobody is left, to the coordinator."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import BooleanField, ExpressionWrapper
from django.db.models.expressions import Combinable
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from hamkori.casework.case.rules.sides import Side
from hamkori.casework.referral.queries import left
from hamkori.casework.referral.queries.referrals import SenderPage
from hamkori.casework.work.queries.no_place import was_for_a_place, without_place
from hamkori.web.referrals.nobody import coordinator_answers
from hamkori.web.words import coordinator, directory, red

if TYPE_CHECKING:
    from hamkori.casework.case.models import Case


def beside(at: datetime) -> dict[str, Combinable]:
    """What `onward` reads beside the origin of the referral, without a query more."""
    read = left.beside_origin()
    lacks = ExpressionWrapper(without_place(at, though_asked=True), BooleanField())
    return {"offers": read["offers"], "was_sent": read["was_sent"], "lacks": lacks}


def alone(page: SenderPage) -> bool:
    """Whether nobody else is left to be asked, for the team, which alone asks."""
    return Side.SENDER in page.sides and left.nobody_else(page.origin)


def onward(page: SenderPage) -> dict[str, Any]:
    """The way on, whom to call where nobody else is left, and that the person has no place for tonight."""
    found, works = page.referral, Side.SENDER in page.sides
    lacks = page.origin.lacks and was_for_a_place(page.origin)  # type: ignore[attr-defined]
    waits = found.state_code == "sent" and page.open_question is None
    another_url, is_alone = reverse("referral_again", args=[found.code]) if works else "", alone(page)
    shown: dict[str, Any] = {
        "another_url": another_url,
        "another_unless_alone": "" if is_alone else another_url,
        # In place of the badge, whose word the box below says anyway.
        "no_place": (red.NO_PLACE_YET if waits else red.NO_PLACE) if lacks and (waits or page.waits) else "",
        "no_place_tone": "wait" if waits and found.answer_due_at and found.answer_due_at > page.at else "late",
    }
    if is_alone:
        shown |= {
            "nobody_else": coordinator.reached(),
            "coordinator_answers": coordinator_answers(),
            "gap_url": reverse("gap_record", args=[page.case.code]),
            "need": directory.group(found.service_code),
        }
    return shown


def closing_of(request: HttpRequest, case: Case) -> str:
    """The page that closes the case, for whoever came from there to a step of a referral; '' for all others."""
    return reverse("close", args=[case.code]) if request.GET.get("then") == "close" else ""


def back_of(request: HttpRequest, page: SenderPage) -> dict[str, str]:
    """Where the page of a step leads back."""
    closing = closing_of(request, page.case)
    url = closing or reverse("referral", args=[page.referral.code])
    return {"url": url, "label": _("Close the case") if closing else _("Referral")}
