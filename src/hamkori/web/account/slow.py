"""The slow halves of sign-in, unlocking, joining and a new passphrase, each as far as its limit allows."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest

from hamkori.people import stretching
from hamkori.people.actions.welcome import token_hash
from hamkori.vault.passphrase import weakness
from hamkori.vault.server import keyring
from hamkori.web import limits
from hamkori.web.account import known
from hamkori.web.door import Door


def sign_in(request: HttpRequest) -> None:
    """The passphrase of whoever stands at the door."""
    email, typed = request.POST.get("login", "").strip(), request.POST.get("password", "")

    def may(user: UUID | None) -> bool:
        return limits.sign_in(request, email, known.name_for(request, user), dry_run=True) is not None

    if email and typed:
        stretching.at_door(keyring(), email, typed, may)


def unlock(request: HttpRequest) -> None:
    """The passphrase of whoever is signed in."""
    _own(request, request.POST.get("passphrase", ""))


def change(request: HttpRequest) -> None:
    """Her present passphrase and, if that was right, the next one."""
    typed = request.POST.get("passphrase", "")
    if typed != request.POST.get("again") or weakness(typed, ()) is not None:
        return
    if _own(request, request.POST.get("old", "")):
        stretching.new(keyring(), typed)


def join(request: HttpRequest, token: str) -> None:
    """Behind a link: the passphrase that a new person chooses, or that of somebody who has an account."""
    typed, link = request.POST.get("passphrase", ""), token_hash(token).hex()
    if not typed or not limits.left(request, f"join-{link}"):
        return
    email = stretching.by_link(keyring(), token)
    if email:
        stretching.at_door(keyring(), email, typed)
    elif email is not None and typed == request.POST.get("again") and weakness(typed, ()) is None:
        stretching.new(keyring(), typed)


def _own(request: HttpRequest, typed: str) -> bool:
    door: Door = request.door  # type: ignore[attr-defined]
    found = stretching.whose(door.token) if typed and door.token else None
    if found is None or not limits.left(request, f"unlock-{found[0]}"):
        return False
    return stretching.of_session(keyring(), found[1], typed)
