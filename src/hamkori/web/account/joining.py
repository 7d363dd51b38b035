"""The page behind an invitation: who invites, six words, the second factor, recovery codes once."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from io import BytesIO
from urllib.parse import quote, urlencode

import qrcode  # type: ignore[import-untyped]
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods
from qrcode.image.svg import SvgPathFillImage  # type: ignore[import-untyped]

from hamkori.people import totp
from hamkori.people.actions import welcome
from hamkori.people.sign_in import WrongPassphrase
from hamkori.refusal import NotVisible
from hamkori.vault.bytes import Sealed
from hamkori.vault.passphrase import offer_words
from hamkori.vault.server import keyring
from hamkori.web.account import known
from hamkori.web.account.forms import InvitationForm, UnlockForm
from hamkori.web.kit.refusals import not_found
from hamkori.web.sessions import limits
from hamkori.web.words.people import function_label, role_labels

NAME = "enrolment"


@dataclass(frozen=True)
class Kept:
    """What one page must know again when it comes back: the secret and the words offered, locked to the link."""

    secret: str
    words: str

    @classmethod
    def fresh(cls) -> Kept:
        """A new secret and six words."""
        return cls(totp.new_secret(), offer_words())

    def lock(self, bound_to: str) -> str:
        """For a hidden field."""
        text = json.dumps([self.secret, self.words]).encode()
        return keyring().lock_kept(f"{NAME}.{bound_to}", text).hex()

    @classmethod
    def unlock(cls, locked: str, bound_to: str) -> Kept | None:
        """None: not ours, or of another link."""
        try:
            secret, words = json.loads(keyring().unlock_kept(f"{NAME}.{bound_to}", bytes.fromhex(locked)))
        except (Sealed, ValueError):
            return None
        return cls(secret, words)


def qr(email: str, secret: str) -> str:
    """The picture that an authenticator reads, as an address that holds the picture itself."""
    label = quote(f"Hamkori:{email}")
    address = f"otpauth://totp/{label}?{urlencode({'secret': secret, 'issuer': 'Hamkori'})}"
    # White paper under it: on a dark page a bare picture cannot be read.
    picture = qrcode.make(address, image_factory=SvgPathFillImage)
    drawn = BytesIO()
    picture.save(drawn)
    return "data:image/svg+xml;base64," + base64.b64encode(drawn.getvalue()).decode()


def grouped(secret: str) -> str:
    """The secret for typing, in groups of four."""
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))


@login_not_required
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Accept a link. A used, old or invented one is the same page as nothing."""
    if (slow_down := limits.too_fast(request)) is not None:
        return slow_down
    try:
        invited = welcome.look(token)
    except NotVisible:
        return not_found(request)
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        translation.activate(invited.language)  # whoever invites knows; it can still be changed
    names = invited.organisation.names
    about = [invited.name, invited.email, *names.values()]
    shown = {
        "invited": invited,
        "body": names.get(translation.get_language() or "en") or next(iter(names.values())),
        "roles": role_labels(invited.roles),
        "function": function_label(invited.function),
        "title": _("Invitation"),
    }
    if invited.is_known:
        return _second_place(request, token, shown)
    return _new_person(request, token, invited, about, shown)


def _new_person(
    request: HttpRequest, token: str, invited: welcome.Invited, about: list[str], shown: dict[str, object]
) -> HttpResponse:
    bound_to = welcome.token_hash(token).hex()
    kept = Kept.unlock(request.POST.get("kept", ""), bound_to) if request.method == "POST" else Kept.fresh()
    if kept is None:
        return HttpResponseRedirect(request.path)
    form = InvitationForm(request.POST or None, about=about, initial={"kept": kept.lock(bound_to)})
    if request.method == "POST" and form.is_valid():
        if totp.right(kept.secret, form.cleaned_data["code"]):
            done = welcome.accept(
                keyring(),
                token,
                form.cleaned_data["passphrase"],
                language=translation.get_language() or invited.language,
                totp_secret=kept.secret,
            )
            known.remember(request, done.user_id)
            return render(
                request,
                "account/codes.html",
                {"codes": done.recovery_codes, "title": _("Recovery codes"), "first": True},
            )
        form.add_error("code", _("This code does not fit. Wait for the next one and type it."))
    shown |= {
        "form": form,
        "words": kept.words,
        "qr": qr(invited.email, kept.secret),
        "secret": grouped(kept.secret),
    }
    return render(request, "account/invitation.html", shown)


def _second_place(request: HttpRequest, token: str, shown: dict[str, object]) -> HttpResponse:
    form = UnlockForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        limit = limits.attempt(request, f"join-{welcome.token_hash(token).hex()}")
        if limit is None:
            form.add_error("passphrase", _("Too many tries. Wait five minutes, then try again."))
        else:
            try:
                welcome.join(keyring(), token, form.cleaned_data["passphrase"])
            except WrongPassphrase:
                form.add_error("passphrase", _("This is not your passphrase."))
            else:
                limit.rollback()
                messages.success(request, _("Done. Sign in; you can then choose for which organisation you work."))
                return HttpResponseRedirect(reverse("account_login"))
    return render(request, "account/second_place.html", shown | {"form": form})
