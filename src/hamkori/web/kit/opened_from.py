"""Whether a page was opened from Today: then its way back leads there, also after a press on it.

The browser says from which of our own pages somebody comes; the locked session remembers it for one thing, so that no
address carries it.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from hamkori.web.kit.remembered import Remembered

OPENED: Final = Remembered("hk_opened_from")
OTHERS: Final = ("referrals", "cases", "desk")
"""Lists from which the same page is opened."""


def way_back(request: HttpRequest, code: str, otherwise: dict[str, str]) -> dict[str, str]:
    """Back to Today where the page of this code was opened there; else as it ever is."""
    home, known = reverse("today"), OPENED.of(request, code)
    said = urlsplit(request.headers.get("Referer", ""))
    path = said.path if said.netloc == request.get_host() else ""
    if path == home and not known:
        OPENED.remember(request, code, known := home)
    elif known and path in {reverse(one) for one in OTHERS}:
        OPENED.remember(request, code, known := "")
    return {"url": home, "label": _("Today")} if known else otherwise
