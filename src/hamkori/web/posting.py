"""What every form of the staff's pages does alike: the operation it carries, the answer after it was done."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from hamkori.access.actor import Actor
from hamkori.action import answered, first_stands
from hamkori.refusal import Invalid


def actor_of(request: HttpRequest) -> Actor:
    """Who acts in this request. A POST carries its operation: done before, the first answer is given again.

    Errors: AlreadyDone (the middleware answers like the first), Invalid for a POST without an operation.
    """
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if request.method != "POST":
        return actor
    try:
        operation = UUID(request.POST.get("operation", ""))
    except ValueError:
        raise Invalid({"operation": "operation"}) from None
    actor = actor.doing(operation)
    first_stands(actor)
    return actor


def done(actor: Actor, url: str) -> HttpResponse:
    """After the act: remembers where it was answered, and goes there by GET."""
    answered(actor, url)
    response = HttpResponseRedirect(url)
    response.status_code = 303
    return response


def version_of(request: HttpRequest) -> int:
    """The version under which the form was read. Invalid if it is none."""
    text = request.POST.get("version", "")
    if not text.isdecimal() or len(text) > 9:
        raise Invalid({"version": "version"})
    return int(text)
