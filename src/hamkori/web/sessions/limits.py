"""How often something may be tried. The rules are allauth's, the counting is ours (hamkori.web.sessions.counters)."""

from typing import Protocol

from allauth.core.internal import ratelimit
from django.http import HttpRequest, HttpResponse

OF_ITSELF = "5/300s/key"
"""As often as allauth lets an account be tried (`LOGIN_ATTEMPTS_LIMIT`), without its limit for an address."""


class Try(Protocol):
    """One counted try; taken back when it was right, so that only failures add up."""

    def rollback(self) -> None:
        """Do not count it."""


def attempt(request: HttpRequest, key: str) -> Try | None:
    """Count a try to guess something; None: too many lately."""
    return _counted(request, key)


def left(request: HttpRequest, key: str) -> bool:
    """Whether one more try would be counted; counts nothing."""
    return _counted(request, key, dry_run=True) is not None


def foreign(request: HttpRequest, user: object, *, dry_run: bool = False) -> Try | None:
    """Count a try with a session's cookies in another browser: for itself, whatever its address; None: too many."""
    return _counted(request, f"foreign-{user}", dry_run=dry_run, of_itself=True)


def sign_in(request: HttpRequest, email: str, browser: str, *, dry_run: bool = False) -> Try | None:
    """Count a try of a passphrase at the door; None: too many lately.

    `browser` names one in which this person has signed in before: it counts for itself, so that strangers keep them
    out of none of theirs. All others count together for the account, however it is spelt, and each for its address.
    The Host, which anybody may vary, is part of no counter.
    """
    account = email.strip().lower()
    key = f"known-{browser}-{account}" if browser else account
    return _counted(request, key, dry_run=dry_run, of_itself=bool(browser))


def _counted(request: HttpRequest, key: str, *, dry_run: bool = False, of_itself: bool = False) -> Try | None:
    config = {"login_failed": OF_ITSELF} if of_itself else None
    counted: Try | None = ratelimit.consume(
        request, app="allauth.account", action="login_failed", key=key, config=config, dry_run=dry_run
    )
    return counted


def is_too_fast(request: HttpRequest) -> bool:
    """Whether this address has asked for too many pages at the door; counts nothing."""
    return ratelimit.consume(request, app="allauth.account", action="login", limit_get=True, dry_run=True) is None


def too_fast(request: HttpRequest) -> HttpResponse | None:
    """429 for an address that asks for many pages at the door, GET included."""
    if ratelimit.consume(request, app="allauth.account", action="login", limit_get=True):
        return None
    answer: HttpResponse = ratelimit.respond_429(request)
    return answer
