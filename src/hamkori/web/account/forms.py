"""Forms of sign-in, unlock, invitation and a person's own page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from allauth.account.forms import LoginForm
from allauth.mfa import app_settings as mfa_settings
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.models import Authenticator
from django import forms
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from hamkori.people import totp
from hamkori.people.sign_in import knock
from hamkori.vault.passphrase import Weakness, weakness
from hamkori.vault.server import keyring
from hamkori.web.account import session
from hamkori.web.kit.forms import KitForm, Look, TextField, name_in_error

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

WEAK = {
    Weakness.TOO_SHORT: _("Too short: at least 14 characters, or the six words offered."),
    Weakness.TOO_LONG: _("Too long: at most 256 characters."),
    Weakness.COMMON: _("This is guessed quickly. Take the six words offered, or another sentence."),
    Weakness.ABOUT_YOU: _("This is about you or your work. Take the six words offered, or another sentence."),
}


def passphrase_field(label: StrOrPromise, autocomplete: str, **more: Any) -> forms.CharField:
    """What is typed stays as it is typed: spaces count."""
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return TextField(label=label, strip=False, max_length=1024, widget=widget, **more)


def code_field(label: StrOrPromise) -> forms.CharField:
    """A one-time code, or a recovery code."""
    attrs = {"autocomplete": "one-time-code", "inputmode": "numeric", "class": "short"}
    return TextField(label=label, max_length=20, widget=forms.TextInput(attrs=attrs))


class SignInForm(Look, LoginForm):  # type: ignore[misc]
    """E-mail and passphrase. One answer for whoever is unknown and whatever is wrong."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        login, typed = self.fields["login"], self.fields["password"]
        login.label, typed.label, typed.help_text = _("E-mail"), _("Passphrase"), ""
        for field in (login, typed):
            name_in_error(field)  # the mixin has seen allauth's labels, not ours
        login.widget.attrs.pop("placeholder", None)
        typed.widget.attrs.pop("placeholder", None)
        login.widget.attrs["autocomplete"] = "username"

    def clean(self) -> Any:
        """The account named is at the door from here on."""
        if self.cleaned_data.get("login"):
            knock(keyring(), self.cleaned_data["login"])
        return super().clean()

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> HttpResponse:
        """The key waits for the second factor; the passphrase itself goes no further."""
        if self.user.opened is not None:
            session.hold(request, self.user.opened)
        answer: HttpResponse = super().login(request, redirect_url=redirect_url)
        return answer


class SecondStepForm(Look, AuthenticateForm):  # type: ignore[misc]
    """A code of the authenticator, or one of the recovery codes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = code_field(_("Code"))
        name_in_error(self.fields["code"])

    def clean_code(self) -> str:
        """A code is right for longer than allauth remembers that it was used (30 seconds): we remember it as long."""
        user: UUID = self.user.pk
        for row in Authenticator.objects.filter(user=self.user):
            totp.require_own(keyring(), user, row.type, row.data)
        with totp.factor_of(user):
            code: str = super().clean_code()
        if self.authenticator.type == Authenticator.Type.TOTP and not first_use(self.user.pk, code):
            raise get_mfa_adapter().validation_error("incorrect_code")
        if self.authenticator.type == Authenticator.Type.RECOVERY_CODES and not totp.use_code(
            user, self.authenticator.data, code
        ):
            raise get_mfa_adapter().validation_error("incorrect_code")
        return code


def first_use(user_id: object, code: str) -> bool:
    """Whether this one-time code was not used before in the time in which it is right; it is used from now on."""
    lasts = mfa_settings.TOTP_PERIOD * (2 * mfa_settings.TOTP_TOLERANCE + 1)
    return bool(cache.add(_used(user_id, code), True, timeout=lasts))


def was_used(user_id: object, code: str) -> bool:
    """Whether this code was used, without using it."""
    return cache.get(_used(user_id, code)) is not None


def _used(user_id: object, code: str) -> str:
    digits = "".join(sign for sign in code if sign.isdigit())
    return f"hk.totp.used:{user_id}:{digits}"


class UnlockForm(KitForm):
    """The passphrase, once more."""

    passphrase = passphrase_field(_("Passphrase"), "current-password")


class ChosenPassphrase(KitForm):
    """A new passphrase, typed twice."""

    passphrase = passphrase_field(_("Your passphrase"), "new-password")
    again = passphrase_field(_("The same once more"), "new-password")

    def __init__(self, *args: Any, about: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._about = about

    def clean(self) -> dict[str, Any]:
        """Strong enough, and typed as it was meant."""
        cleaned = super().clean() or {}
        typed, again = cleaned.get("passphrase"), cleaned.get("again")
        weak = weakness(typed, self._about) if typed else None
        if weak is not None:
            self.add_error("passphrase", WEAK[weak])
        elif typed and again and typed != again:
            self.add_error("again", _("The two are not the same. Type it once more."))
        return cleaned


class InvitationForm(ChosenPassphrase):
    """What a new person gives: passphrase and the first code of the authenticator."""

    code = code_field(_("The code that your telephone shows now"))
    kept = forms.CharField(widget=forms.HiddenInput)


class PassphraseForm(ChosenPassphrase):
    """Another passphrase in place of the present one."""

    old = passphrase_field(_("Your present passphrase"), "current-password")
    passphrase = passphrase_field(_("Your new passphrase"), "new-password")
    field_order = ("old", "passphrase", "again")

    def clean(self) -> dict[str, Any]:
        """Another one: whoever changes it fears that the present one is known."""
        cleaned = super().clean()
        if cleaned.get("passphrase") and cleaned["passphrase"] == cleaned.get("old"):
            self.add_error("passphrase", _("This is your present passphrase. Choose another one."))
        return cleaned


class AuthenticatorForm(KitForm):
    """Another authenticator in place of the present one."""

    code = code_field(_("The code that your new telephone shows now"))
    kept = forms.CharField(widget=forms.HiddenInput)
