"""The first page, and behind it the two steps of sign-in, on allauth's views."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from allauth.account.internal.stagekit import LOGIN_SESSION_KEY, clear_login
from allauth.account.views import LoginView
from allauth.mfa.base.views import AuthenticateView
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from hamkori.people.sign_in import knock
from hamkori.vault.server import keyring
from hamkori.web.account import known, session
from hamkori.web.account.forms import SecondStepForm, SignInForm
from hamkori.web.kit import refusals
from hamkori.web.sessions.signed_in import actor_of


def doors_or(inside: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """A view for `/`: members get `inside`, strangers the page with the way in."""

    @login_not_required
    def first_page(request: HttpRequest) -> HttpResponse:
        if getattr(request, "actor", None) is not None:
            return inside(request)
        if getattr(request, "session_over", False):
            return refusals.ended(request)
        return render(request, "account/front.html")

    return first_page


def half_way(request: HttpRequest) -> None:
    """Who has given the passphrase and not yet the code stands at the door again in this request."""
    waiting = request.session.get(LOGIN_SESSION_KEY)
    if isinstance(waiting, dict) and waiting.get("user_pk"):
        knock(keyring(), UUID(waiting["user_pk"]))


@method_decorator(login_not_required, name="dispatch")
class SignInView(LoginView):  # type: ignore[misc]
    """First step: e-mail and passphrase."""

    form_class = SignInForm
    template_name = "account/sign_in.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """A new passphrase begins anew, whatever was half done."""
        if request.method == "POST":
            clear_login(request)
        else:
            half_way(request)
        answer: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return answer

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With what a browser that is known by its key signs."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"sign_asked": known.ask(self.request)}


@method_decorator(login_not_required, name="dispatch")
class SecondStepView(AuthenticateView):  # type: ignore[misc]
    """Second step: a code."""

    form_class = SecondStepForm
    template_name = "account/second_step.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Only behind a right passphrase, that still stands, and only with a code."""
        if request.method == "POST" and "code" not in request.POST:
            return HttpResponseRedirect(reverse("mfa_authenticate"))
        if session.is_by_former(request):
            return anew(request)
        half_way(request)
        answer: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return answer


def anew(request: HttpRequest) -> HttpResponse:
    """The first step, with nothing half done."""
    clear_login(request)
    request.session.pop(session.WAITING, None)
    return HttpResponseRedirect(reverse("account_login"))


again = require_POST(login_not_required(anew))
"""The button that starts sign-in anew, perhaps as somebody else."""


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends the session and forgets the key."""
    session.end(request, actor_of(request))
    return HttpResponseRedirect(reverse("account_login"))
