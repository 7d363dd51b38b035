"""A person's own page: who they are here, language, passphrase, recovery codes, other sessions, other bodies."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hamkori.access.actor import Actor
from hamkori.audit import ledger
from hamkori.casework.work.actions.key_change import change_key
from hamkori.notices import actions as notices
from hamkori.operations import AlreadyDone, first_stands
from hamkori.people import sign_in, totp
from hamkori.people.actions import account
from hamkori.people.queries import shown
from hamkori.refusal import NotNow, NotVisible
from hamkori.vault import held
from hamkori.vault.server import keyring
from hamkori.web.account import bound, known, session, slow
from hamkori.web.account.forms import AuthenticatorForm, PassphraseForm
from hamkori.web.account.joining import Kept, grouped, qr
from hamkori.web.account.session import door_of
from hamkori.web.kit import appearance, posting
from hamkori.web.kit.refusals import sentence
from hamkori.web.sessions import facts as session_facts
from hamkori.web.sessions import limits
from hamkori.web.sessions.signed_in import actor_of, user_id_of
from hamkori.web.words.people import function_label, role_labels

FRESH_SECONDS = 5 * 60


def require_fresh(request: HttpRequest) -> Actor:
    """Who acts, from their browser. NotNow("recent_sign_in") unless the passphrase was given within five minutes."""
    actor = bound.require_own(request)
    at = actor.stepped_up_at
    if at is None or (timezone.now() - at).total_seconds() > FRESH_SECONDS:
        raise NotNow("recent_sign_in")
    return actor


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """All of it on one page."""
    actor = actor_of(request)
    context = {
        "title": _("Your account"),
        "rows": [
            (_("Name"), shown(actor.name)),
            (_("Organisation"), request.signed_in.body_name(actor.language)),  # type: ignore[attr-defined]
            (_("Roles"), ", ".join(role_labels(actor.roles))),
            *([(_("Function"), function_label(actor.function))] if actor.function else []),
        ],
        "codes_left": account.recovery_codes_left(user_id_of(actor)),
        "places": [
            {
                "id": place.post.membership_id,
                "name": place.organisation.name(actor.language),
                "now": place.post.membership_id == actor.membership_id,
            }
            for place in sign_in.bodies()
        ],
    }
    return render(request, "account/page.html", context)


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def passphrase(request: HttpRequest) -> HttpResponse:
    """Another passphrase and with it another key; the other sessions end."""
    actor = actor_of(request)
    bound_to = f"{user_id_of(actor).hex}.words"
    # An error shows the same six words again: they may have been written down.
    kept = Kept.unlock(request.POST.get("kept", ""), bound_to) or Kept.fresh()
    form = PassphraseForm(request.POST or None, about=[actor.name])
    if request.method == "POST":
        sound = form.is_valid()
        if bound.is_foreign(request):  # counted apart: no stranger's tries keep the member out
            limits.foreign(request, actor.user_id)
            ledger.note(actor, "account.manage", "refused", reason="other_browser")
            form.add_error(None, sentence(NotNow("other_browser")))
        elif not slow.takes_long(request):
            pass  # nothing was worked on; the form says what is wrong
        elif (limit := limits.attempt(request, f"unlock-{actor.user_id}")) is None:
            form.add_error("old", _("Too many tries. Wait five minutes, then try again."))
        elif not sound:
            pass  # worked on, and counted
        elif _change(request, form.cleaned_data["old"], form.cleaned_data["passphrase"]):
            limit.rollback()
            session_facts.change(request.session, confirmed_at=timezone.now())
            known.forget_others(request, user_id_of(actor), bound.key_of(request))
            request.session.cycle_key()
            messages.success(request, _("Your passphrase is changed. Your other sessions have ended."))
            return redirect("account")
        else:
            form.add_error("old", _("This is not your passphrase."))
    shown = {"form": form, "words": kept.words, "kept": kept.lock(bound_to), "title": _("Change your passphrase")}
    return render(request, "account/passphrase.html", shown)


def _change(request: HttpRequest, old: str, new: str) -> bool:
    """Whether the old one was right; then this session's vault opens with the new key, if it was open."""
    actor, v = actor_of(request), door_of(request).v
    opened = change_key(actor, old, new)
    if opened is not None:
        notices.tell_of_account("passphrase")
    if opened is not None and v is not None and actor.session_id is not None:
        held.put(v, actor.session_id, opened.user_id, opened.key_no, opened.key)
    return opened is not None


@require_http_methods(["GET", "POST"])
def codes(request: HttpRequest) -> HttpResponse:
    """New recovery codes, shown once. Who comes back to their address, or sends the same press again, is told so."""
    asking = posting.asked(request) if request.method == "POST" else None
    try:
        if asking is not None:
            first_stands(asking)  # a page that is loaded again is asked for no fresh sign-in either
        if request.method == "GET":
            return _shown_once(request)
        actor = require_fresh(request)
        shown = account.new_recovery_codes(asking or actor, keyring())
    except AlreadyDone:
        return _shown_once(request)
    notices.tell_of_account("recovery_codes")
    return render(request, "account/codes.html", {"codes": shown, "title": _("Recovery codes"), "first": False})


def _shown_once(request: HttpRequest) -> HttpResponse:
    messages.info(request, _("Recovery codes are shown only once. If you do not have them, make new ones here."))
    return redirect("account")


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def authenticator(request: HttpRequest) -> HttpResponse:
    """Another telephone in place of the old one."""
    actor = require_fresh(request)
    bound_to = user_id_of(actor).hex
    kept = Kept.unlock(request.POST.get("kept", ""), bound_to) if request.method == "POST" else Kept.fresh()
    if kept is None:
        return HttpResponseRedirect(request.path)
    form = AuthenticatorForm(request.POST or None, initial={"kept": kept.lock(bound_to)})
    if request.method == "POST" and form.is_valid():
        if totp.right(kept.secret, form.cleaned_data["code"]):
            account.new_authenticator(keyring(), actor, kept.secret)
            notices.tell_of_account("authenticator")
            messages.success(request, _("From now on your new telephone shows the codes."))
            return redirect("account")
        form.add_error("code", _("This code does not fit. Wait for the next one and type it."))
    shown = {
        "form": form,
        "qr": qr(actor.name, kept.secret),
        "secret": grouped(kept.secret),
        "title": _("New telephone"),
        "back": {"url": reverse("account"), "label": _("Account")},
    }
    return render(request, "account/authenticator.html", shown)


@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    """A lost telephone, a computer left on: all other sessions end."""
    actor = bound.require_own(request)  # what follows makes this browser a known one, and each other unknown
    ended = account.end_other_sessions(actor)
    session_facts.change(request.session, confirmed_at=timezone.now())
    known.forget_others(request, user_id_of(actor), bound.key_of(request))
    messages.success(
        request,
        ngettext("%(n)d other session has ended.", "%(n)d other sessions have ended.", ended) % {"n": ended},
    )
    return redirect("account_devices")


@require_POST
def body(request: HttpRequest) -> HttpResponse:
    """Work for another of one's bodies."""
    bound.require_own(request)
    try:
        wanted = UUID(request.POST.get("membership", ""))
    except ValueError:
        raise NotVisible from None
    session.change_body(request, request.signed_in, wanted)  # type: ignore[attr-defined]
    return redirect("today")


@login_not_required
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """The language of this browser; a member's is stored with them too, if they chose it on a page of theirs.

    A page that a stranger had open may be pressed when somebody has signed in beside it: that says nothing of theirs.
    """
    answer = appearance.language(request)
    actor, wanted = getattr(request, "actor", None), request.POST.get("language", "")
    if actor is not None and "browser" not in request.POST and wanted in dict(settings.LANGUAGES):
        if not settings.LANGUAGE_OF_BROWSER:
            account.set_language(actor, wanted)
        translation.activate(wanted)
    return answer
