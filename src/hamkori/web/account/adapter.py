"""What allauth asks us: who may sign in, what happens when they have, and how seeds are kept."""

import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from hamkori.audit import ledger
from hamkori.people import totp
from hamkori.people.sign_in import account_at_door
from hamkori.vault.proof import prover
from hamkori.vault.server import keyring
from hamkori.web.account import known, session
from hamkori.web.kit.local import local
from hamkori.web.sessions import limits

LONGEST_ADDRESS = 1000
log = logging.getLogger("hamkori.web")


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """No sign-up, no mail, no messages of its own; a session only after the second factor."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("This e-mail and this passphrase do not belong together."),
        "too_many_login_attempts": _(
            "Too many tries. Wait five minutes, then try again."
            " A browser in which you signed in before has its own tries."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up: people are invited."""
        return False

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """What allauth would say is not ours."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Nothing is sent: our mails say only that there is something to see."""

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """The same."""

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Counts the try, before it is looked whether it is right; allauth takes it back if it was."""
        browser = known.name_for(request, account_at_door())
        self._login_failed_rl_usage = limits.sign_in(request, str(credentials.get("email", "")), browser)
        if self._login_failed_rl_usage is None:
            raise self.validation_error("too_many_login_attempts")

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """A wrong passphrase and an unknown e-mail are written alike, without name: the database knows whose."""
        ledger.sign_in("session.begin", "failed", reason="passphrase", prove=prover(keyring()))

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """After the last step: Django's session, then ours. Without a second factor there is none."""
        if not any(record.get("method") == "mfa" for record in get_authentication_records(request, user)):
            log.error("a sign-in without a second factor was stopped")
            raise PermissionDenied
        super().login(request, user)
        session.begin(request, user.pk)

    def is_safe_url(self, url: str | None) -> bool:
        """Where a sign-in may lead, and it waits in the session until then: a page of ours, and no long text."""
        return bool(url) and len(url or "") <= LONGEST_ADDRESS and bool(local(url or "")) and super().is_safe_url(url)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Where to, if no page was asked for."""
        return reverse("today")


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Seeds of authenticators lie under a keyring key: a dump alone makes no code."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This code is not right, or it was used already. Wait for the next one."),
    }

    def encrypt(self, text: str) -> str:
        """Nothing is locked here: a seed is locked for its owner and number (people/totp.py)."""
        raise NotImplementedError

    def decrypt(self, encrypted_text: str) -> str:
        """As it is used: only for the person whose factor is asked just now."""
        return totp.unlock(keyring(), encrypted_text)

    def can_delete_authenticator(self, authenticator: Any) -> bool:
        """A second factor is replaced, never taken off."""
        return False

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """No mail."""
