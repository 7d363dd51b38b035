"""The slow halves of sign-in, unlocking, joining and a new passphrase, each as far as its limit allows."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest

from hamkori.people import stretching
from hamkori.people.actions.welcome import token_hash
from hamkori.vault.passphrase import weakness
from hamkori.vault.person import stretch_new
from hamkori.vault.server import keyring
from hamkori.web.account import known
from hamkori.web.sessions import limits
from hamkori.web.sessions.door import Door


def sign_in(request: HttpRequest) -> None:
    """The passphrase of whoever stands at the door."""
    email, typed = request.POST.get("login", "").strip(), request.POST.get("password", "")

    def may(user: UUID | None) -> bool:
        return limits.sign_in(request, email, known.name_for(request, user), dry_run=True) is not None

    # What is no e-mail is answered without a look, and counted nowhere.
    if typed and _is_email(email) and not limits.is_too_fast(request):
        stretching.at_door(keyring(), email, typed, may)


def unlock(request: HttpRequest) -> None:
    """The passphrase of whoever is signed in."""
    _own(request, request.POST.get("passphrase", ""))


def change(request: HttpRequest) -> None:
    """The present passphrase and the next one: both, whether the first was right or not, so that no clock tells it."""
    if takes_long(request) and _own(request, request.POST.get("old", "")):
        stretch_new(keyring(), request.POST.get("passphrase", ""))


def takes_long(request: HttpRequest) -> bool:
    """Whether this form of a new passphrase is worked on: it then counts as a try, whatever else is wrong with it."""
    typed = request.POST.get("passphrase", "")
    return typed == request.POST.get("again") and weakness(typed, ()) is None


def join(request: HttpRequest, token: str) -> None:
    """Behind a link: the passphrase that a new person chooses, or that of somebody who has an account."""
    typed, link = request.POST.get("passphrase", ""), token_hash(token).hex()
    if not typed or not limits.left(request, f"join-{link}"):
        return
    email = stretching.by_link(keyring(), token)
    if email:
        stretching.at_door(keyring(), email, typed)
    elif email is not None and typed == request.POST.get("again") and weakness(typed, ()) is None:
        stretch_new(keyring(), typed)


def _own(request: HttpRequest, typed: str) -> bool:
    """Whether it was worked on. Forms of other browsers are counted apart, and when they are too many nobody's is."""
    door: Door = request.door  # type: ignore[attr-defined]
    found = stretching.whose(door.token) if typed and door.token else None
    if found is None or not limits.left(request, f"unlock-{found[0]}"):
        return False
    if limits.foreign(request, found[0], dry_run=True) is None:
        return False
    stretching.of_session(keyring(), found[1], typed)
    return True


def _is_email(typed: str) -> bool:
    try:
        validate_email(typed)
    except ValidationError:
        return False
    return True
