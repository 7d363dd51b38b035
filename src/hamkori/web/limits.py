"""How often something may be tried. The rules are allauth's, the counting is ours (hamkori.web.counters)."""

from __future__ import annotations

from typing import Protocol

from allauth.core.internal import ratelimit
from django.http import HttpRequest, HttpResponse


class Try(Protocol):
    """One counted try; taken back when it was right, so that only failures add up."""

    def rollback(self) -> None:
        """Do not count it."""


def attempt(request: HttpRequest, key: str) -> Try | None:
    """Count a try to guess something; None: too many lately."""
    counted: Try | None = ratelimit.consume(request, app="allauth.account", action="login_failed", key=key)
    return counted


def left(request: HttpRequest, key: str) -> bool:
    """Whether one more try would be counted; counts nothing."""
    asked = ratelimit.consume(request, app="allauth.account", action="login_failed", key=key, dry_run=True)
    return asked is not None


def too_fast(request: HttpRequest) -> HttpResponse | None:
    """429 for an address that asks for many pages at the door, GET included."""
    if ratelimit.consume(request, app="allauth.account", action="login", limit_get=True):
        return None
    answer: HttpResponse = ratelimit.respond_429(request)
    return answer
