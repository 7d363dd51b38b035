"""A form that begins something carries its operation in its address: Back to it leads to what it has begun."""

from collections.abc import Callable
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from hamkori.access.actor import Actor
from hamkori.operations import AlreadyDone, first_stands
from hamkori.refusal import NotNow
from hamkori.web.kit.local import local

OF = "of"
"""The name of the operation in the address. It says nothing of anybody."""


def operation_asked(request: HttpRequest) -> UUID | None:
    """The operation in the address, if there is one."""
    try:
        return UUID(request.GET.get(OF, ""))
    except ValueError:
        return None


def with_its_own(request: HttpRequest) -> HttpResponse:
    """The same page under an operation of its own."""
    return HttpResponseRedirect(f"{request.path}?{OF}={uuid4()}")


def begun_with(actor: Actor, operation: UUID) -> str:
    """The page of what was begun with this operation, without its query; '' if nothing was."""
    try:
        first_stands(actor.doing(operation))
    except AlreadyDone as first:
        return local(first.url_path).partition("?")[0]
    return ""


def unsealed(actor: Actor) -> None:
    """Whoever writes down what they hear needs their keys: asked before the first question, not after the last."""
    if not actor.vault_open:
        raise NotNow("vault_open")


def drawn(request: HttpRequest, actor: Actor, page: Callable[[UUID], HttpResponse], query: str = "") -> HttpResponse:
    """The first page of what begins something; whoever comes Back to it comes to what it began, with this query."""
    operation = operation_asked(request)
    if operation is None:
        return with_its_own(request)
    begun = begun_with(actor, operation)
    return HttpResponseRedirect(f"{begun}{query}") if begun else page(operation)
