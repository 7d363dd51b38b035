"""Ways from a case to pages that other areas serve."""

from __future__ import annotations

from hamkori.web.templatetags.kit import address


def refer_url(code: str) -> str:
    """Where a request is written for this case; '' while nobody serves it."""
    return address("case_refer", code) or address("refer", code)
