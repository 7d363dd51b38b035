"""What a view wants done before its transaction begins: passphrases are slow, and a connection must not wait for them.

A view says so with `beforehand(plan)`. The plan runs only for a form that proves where it came from, opens short
transactions of its own, and decides nothing.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.middleware.csrf import CsrfViewMiddleware
from django.urls import Resolver404, resolve

from hamkori.vault.bytes import Sealed, Untrusted
from hamkori.vault.marks import Nameless
from hamkori.vault.person import ahead

Plan = Callable[..., None]
"""Called with the request and what its address names."""
View = TypeVar("View", bound=Callable[..., Any])


def beforehand(plan: Plan) -> Callable[[View], View]:
    """Marks a view: this is done with its POST before the transaction."""

    def mark(view: View) -> View:
        view.beforehand = plan  # type: ignore[attr-defined]
        return view

    return mark


class Quiet(CsrfViewMiddleware):
    """Says no without a page and a line in the log: the check inside says both."""

    def _reject(self, request: HttpRequest, reason: str) -> HttpResponse:
        return HttpResponse(status=403)


@contextmanager
def done(request: HttpRequest) -> Iterator[None]:
    """Runs the plan of this request's view, if it has one, and keeps what came of it until the answer is made."""
    if request.method != "POST":
        yield
        return
    try:
        match = resolve(request.path_info)
    except Resolver404:
        match = None
    plan: Plan | None = getattr(match.func, "beforehand", None) if match else None
    if match is None or plan is None:
        yield
        return
    with ahead():
        if _came_from_here(request, match.func):
            # What is not as the server knows it, the page itself will meet: there it becomes an answer and an alarm.
            with suppress(Sealed, Untrusted, Nameless):
                plan(request, **match.kwargs)
        yield


def _came_from_here(request: HttpRequest, view: Callable[..., Any]) -> bool:
    """Django's own check, early: what it refuses would be refused inside, and must cost nothing before."""
    guard = Quiet(lambda _request: HttpResponse())
    try:
        request.POST  # noqa: B018 - reading it raises where it is too large
        guard.process_request(request)
        return guard.process_view(request, view, (), {}) is None
    except (SuspiciousOperation, MultiPartParserError, OSError):
        return False  # a form that cannot be read is answered inside
