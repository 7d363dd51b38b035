"""Ways from a case to pages that other areas serve."""

from __future__ import annotations

from django.urls import reverse

from hamkori.web.templatetags.kit import address


def refer_url(code: str) -> str:
    """Where a request is written for this case; '' while nobody serves it."""
    return address("case_refer", code) or address("refer", code)


def ask_first_url(code: str) -> str:
    """Where she is asked, on the way to a request: nothing can leave before she was."""
    asking = address("consent", code)
    return f"{asking}?then=refer" if asking else refer_url(code)


def take_back_url(code: str) -> str:
    """Where all is taken back, also what cannot be confirmed."""
    return reverse("consent_withdraw", args=[code])
