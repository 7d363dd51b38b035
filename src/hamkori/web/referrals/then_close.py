"""The way on to closing the case, once the last of its referrals asks nothing more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from hamkori.casework.work.queries.nothing_open import what_is_left
from hamkori.web.words import lists

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

    from hamkori.access.actor import Actor
    from hamkori.casework.case.models import Case


def said(actor: Actor, case: Case, saved: str) -> str | SafeString:
    """What was saved; and where nothing else of the case is open, the way to close it, for whoever may. Where nobody
    has said where the person sleeps, the way to say it: a note that said so may be deleted by then.
    """
    closes, sleeps = what_is_left(actor, case, lists.language())
    if sleeps:
        url, label = f"{reverse('case', args=[case.code])}#tonight", _("Say where the person sleeps")
        return format_html('{} <a href="{}">{}</a>', saved, url, label)
    if not closes:
        return saved
    url, label = reverse("close", args=[case.code]), _("Close the case")
    return format_html('{} <a href="{}">{}</a>', saved, url, label)
