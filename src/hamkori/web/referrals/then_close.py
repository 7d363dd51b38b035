"""The way on to closing the case, once the last of its referrals asks nothing more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from hamkori.casework.work.queries.nothing_open import may_close
from hamkori.web.words import lists

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

    from hamkori.access.actor import Actor
    from hamkori.casework.case.models import Case


def said(actor: Actor, case: Case, saved: str) -> str | SafeString:
    """What was saved; and where nothing else of the case is open, the way to close it, for whoever may."""
    if not may_close(actor, case, lists.language()):
        return saved
    url, label = reverse("close", args=[case.code]), _("Close the case")
    return format_html('{} <a class="solo" href="{}">{}</a>', saved, url, label)
