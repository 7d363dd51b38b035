"""Opening and sealing the vault inside a session."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from hamkori.audit import ledger
from hamkori.people.actions import account
from hamkori.refusal import NotNow
from hamkori.vault import held
from hamkori.vault.server import keyring
from hamkori.web.account import bound
from hamkori.web.account.forms import UnlockForm
from hamkori.web.account.session import door_of
from hamkori.web.kit.appearance import came_from
from hamkori.web.kit.refusals import sentence
from hamkori.web.sessions import facts as session_facts
from hamkori.web.sessions import limits
from hamkori.web.sessions.signed_in import actor_of, user_id_of


@sensitive_post_parameters("passphrase")
@require_http_methods(["GET", "POST"])
def unlock(request: HttpRequest) -> HttpResponse:
    """The passphrase opens the vault, and counts as a fresh sign-in for five minutes."""
    form = UnlockForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        problem = _open(request, form.cleaned_data["passphrase"])
        if problem is None:
            return HttpResponseRedirect(came_from(request))
        form.add_error("passphrase", problem)
    back = request.POST.get("next") or request.GET.get("next") or "/"
    known = {"form": form, "next": back, "title": _("Give your passphrase"), "started_again": held.was_emptied()}
    return render(request, "account/unlock.html", known)


def _open(request: HttpRequest, typed: str) -> str | None:
    """None when it is open; else the sentence that says why not."""
    actor, v = actor_of(request), door_of(request).v
    if bound.is_foreign(request):  # counted apart: no stranger's tries keep the member out
        limits.foreign(request, actor.user_id)
        ledger.note(actor, "vault.unlock", "refused", reason="other_browser")
        return sentence(NotNow("other_browser"))
    limit = limits.attempt(request, f"unlock-{actor.user_id}")
    if limit is None:
        return _("Too many tries. Wait five minutes, then try again.")
    opened = account.unlock(keyring(), actor, typed)
    if opened is None or v is None or actor.session_id is None:
        return _("This is not your passphrase.")
    limit.rollback()
    held.put(v, actor.session_id, user_id_of(actor), opened.key_no, opened.key)
    session_facts.change(request.session, stepped_up_at=timezone.now())
    return None


@require_POST
def seal(request: HttpRequest) -> HttpResponse:
    """Seal now; the session goes on with codes only."""
    actor = actor_of(request)
    if actor.session_id is not None:
        held.seal(actor.session_id)
        ledger.note(actor, "vault.seal")
    messages.success(request, _("Names and stories are locked."))
    return HttpResponseRedirect(came_from(request))
