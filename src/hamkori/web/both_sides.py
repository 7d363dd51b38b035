"""A referral has one address: whoever stands on the sender's side sees its pages, everybody else the receiver's."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_safe

from hamkori.casework.referral.queries import referrals as queries
from hamkori.casework.referral.queries.referrals import SENDER
from hamkori.web.kit.posting import actor_of
from hamkori.web.received import helping, showing, still
from hamkori.web.referrals import page, steps


@require_safe
def referral(request: HttpRequest, code: str) -> HttpResponse:
    """The page of a referral; or, for script of an opened one, whether what it shows may still be shown."""
    actor = actor_of(request)
    if still.ASKED in request.GET and request.headers.get("HX-Request") == "true":
        return still.answer(request, actor, code)
    found = queries.referral(actor, code)
    on = queries.sides(found)
    side = page.show if on & SENDER else showing.page
    return side(request, actor, found, on)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    """Her word, said where she is now, ends this referral."""
    actor = actor_of(request)
    found = queries.referral(actor, code)
    if queries.sides(found) & SENDER:
        return steps.withdraw(request, actor, found)
    return helping.withdraw(request, actor, found.code)
