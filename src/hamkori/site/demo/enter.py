"""Enter as one of the invented people: a robot types their e-mail, passphrase and code into the ordinary sign-in."""

from __future__ import annotations

from allauth.account.stages import LoginStageController
from allauth.mfa import app_settings as mfa_settings
from allauth.mfa.stages import AuthenticateStage
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hamkori.people import totp
from hamkori.refusal import NotVisible
from hamkori.site.demo.cast import PERSONAS, Persona
from hamkori.site.demo.secret import passphrase_for, totp_secret_for
from hamkori.web.account import known, session
from hamkori.web.account.forms import SecondStepForm, SignInForm, was_used
from hamkori.web.kit.appearance import put_cookie
from hamkori.web.kit.local import local


@login_not_required
@require_POST
def enter(request: HttpRequest) -> HttpResponse:
    """Both steps of sign-in, with everything they check; whoever was signed in before is signed out first."""
    actor = getattr(request, "actor", None)
    persona = PERSONAS.get(request.POST.get("persona", "")) or _same(request)
    if persona is None:
        raise NotVisible
    if actor is not None:
        session.end(request, actor)
    closed = _(
        "The demonstration's passphrase does not open this account: it was changed here, or tried too often."
        " Sign in with the new one, or wait five minutes."
    )
    form = SignInForm({"login": persona.email, "password": passphrase_for(persona.email)}, request=request)
    if not form.is_valid():
        return _failed(request, closed)
    form.login(request, redirect_url=local(request.POST.get("next", "")) or "/")
    stage = LoginStageController.enter(request, AuthenticateStage.key)
    if stage is None:
        return _failed(request, closed)
    code = _unused_code(str(stage.login.user.pk), totp_secret_for(persona.email))
    second = SecondStepForm({"code": code}, user=stage.login.user)
    if not second.is_valid():
        return _failed(request, _("This door was used very often just now. Press again in half a minute."))
    second.save()
    known.remember(request, stage.login.user.pk)  # these people are everybody's: no visitor is a new device to them
    answer: HttpResponse = stage.exit()
    language = translation.get_language()
    if language in dict(settings.LANGUAGES):
        # A visitor goes on in the language in which they chose a door; whoever else is in there, in their own.
        put_cookie(answer, settings.LANGUAGE_COOKIE_NAME, language)
    return answer


def _same(request: HttpRequest) -> Persona | None:
    """The door by which whoever is signed in came: they have locked, and know no passphrase."""
    if request.POST.get("persona") != "again" or not request.user.is_authenticated:
        return None
    return next((one for one in PERSONAS.values() if one.email == request.user.email), None)


def _unused_code(user_id: str, secret: str) -> str:
    """A code is good once. The demonstration's settings take codes of some minutes, so that many visitors can enter.

    The robot takes the farthest one that is left: those around now are for who types a code beside the doors. The very
    oldest comes last: the clock may go on before it is checked.
    """
    around = range(mfa_settings.TOTP_TOLERANCE, -1, -1)
    steps = sorted((step for at in around for step in (-at, at)), key=lambda step: step == -mfa_settings.TOTP_TOLERANCE)
    codes = (totp.code(secret, step) for step in steps)
    return next((code for code in codes if not was_used(user_id, code)), "")


def _failed(request: HttpRequest, sentence: str) -> HttpResponse:
    messages.warning(request, sentence)
    return HttpResponseRedirect(reverse("front"))
