"""What every form of the staff's pages does alike: the operation it carries, the answer after it was done."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from hamkori.access.actor import Actor
from hamkori.canon import canon
from hamkori.operations import answered, first_stands
from hamkori.refusal import Invalid
from hamkori.vault.bytes import h

NOT_SAID = frozenset({"csrfmiddlewaretoken", "operation", "sign_asked", "sign_given"})
"""What a form carries and nobody says with it: it may be another one in a second window."""


def actor_of(request: HttpRequest) -> Actor:
    """Who acts in this request. A POST carries its operation: done before, the first answer is given again.

    Errors: AlreadyDone (the middleware answers like the first), NotNow("sent_before") where this form says something
    else than the one that was done, Invalid for a POST without an operation.
    """
    if request.method != "POST":
        actor: Actor = request.actor  # type: ignore[attr-defined]
        return actor
    asking = asked(request)
    if asking is None:
        raise Invalid({"operation": "operation"})
    first_stands(asking)
    return asking


def asked(request: HttpRequest) -> Actor | None:
    """Who asks with this POST, and for which write; None for a POST without an operation."""
    try:
        operation = UUID(request.POST.get("operation", ""))
    except ValueError:
        return None
    if not hasattr(request, "said"):
        request.said = content(request)  # type: ignore[attr-defined]
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor.doing(operation, request.said)  # type: ignore[attr-defined]


def content(request: HttpRequest) -> bytes:
    """A digest of all that a form says, and where to: every field but those that only carry it.

    The same form sent again by a page that kept it may end its lines otherwise: that is the same content.
    """
    said = {
        canon("field", name, ["\n".join(str(value).splitlines()) for value in values])
        for name, values in request.POST.lists()
        if name not in NOT_SAID
    }
    return h(canon("sent", request.get_full_path(), said), person=b"hk.form.v1")


def done(actor: Actor, url: str) -> HttpResponse:
    """After the act: remembers where it was answered, and goes there by GET."""
    answered(actor, url)
    return HttpResponseRedirect(url, status=303)


def version_of(request: HttpRequest) -> int:
    """The version under which the form was read. Invalid if it is none."""
    text = request.POST.get("version", "")
    if not text.isdecimal() or len(text) > 9:
        raise Invalid({"version": "version"})
    return int(text)


def read_of(request: HttpRequest) -> str:
    """The digest of what the page showed to be decided on; '': its form says none, which is as good as another one."""
    return request.POST.get("summary", "")
