"""A referral as its receiver sees it: `page` and `withdraw`, to which `web.referrals` leads."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse


def page(request: HttpRequest, referral: Any, on: frozenset[str]) -> HttpResponse:
    """The receiver's page of a referral, `on` whose sides the reader stands. NotVisible: on none of the receiver's."""
    from hamkori.web.received import showing  # its forms are read when the first page is asked for

    return showing.page(request, referral, on)


def withdraw(request: HttpRequest, referral: Any) -> HttpResponse:
    """Her word, said where she is now, ends this referral. NotVisible, NotAllowed and NotNow as every step."""
    from hamkori.web.received import helping

    return helping.withdraw(request, referral)
